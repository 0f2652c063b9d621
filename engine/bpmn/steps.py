"""A step: one instance goes from one wait to the next, in one transaction.

The executor plays the tokens and says what the world must do (`engine.bpmn.net.effects`); a step does it: it opens user
tasks, timers and subscriptions as rows, performs operations and decisions at once, and puts on the agenda what happens
in other instances.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Table
from sqlalchemy.orm import Session

from engine import calendars, clock, feel, identity, keys
from engine.bpmn import decisions, definitions, element_types, history, operations, store
from engine.bpmn.models import DecisionDefinition, ElementState, FormDefinition, InstanceState, JobState, TaskState
from engine.bpmn.net import Execution, Net, effects
from engine.bpmn.net.failures import BudgetExceeded, ElementFailed
from engine.bpmn.net.work import Boundary, Call, Catch, Job, Message, Signal, Start, Throw, Timer, UserTask
from engine.calendars import WorkingCalendar
from engine.errors import ErrorType, Incident, NotFound, Refusal
from engine.sentences import Sentence


@dataclass(slots=True)
class Step:
    """One instance on its way to its next wait.

    Attributes:
        causes: what is to happen in other instances once this one is saved, in order.
        details: what the history row of this step will tell.
        paused: whether it goes on once what it has thrown is heard: that may end it.
    """

    session: Session
    instance: store.Instance
    net: Net
    now: datetime
    by: str
    execution: Execution
    changes: store.Changes = field(default_factory=store.Changes)
    causes: list[effects.Effect] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    paused: bool = False

    def carry_on(self) -> None:
        """Run to the next wait, doing what the process asks for on the way; a called one to what its caller may hear.

        Raises:
            Incident: the process cannot go on.
        """
        is_called = self.instance.parent_key is not None
        try:
            self.paused = self.execution.run(until_heard=is_called)
            while self.take_note():
                self.paused = self.paused or self.execution.run(until_heard=is_called)
        except (ElementFailed, BudgetExceeded) as failure:
            raise self.incident(failure.element_id, str(failure), failure.kind) from failure

    def take_note(self) -> bool:
        """Do what the process has asked for so far; whether it was anything."""
        asked = self.execution.take_effects()
        for effect in asked:
            _HANDLERS[type(effect)](self, effect)
        return bool(asked)

    def history_row(self, event: history.Event, element_id: str | None) -> store.Row:
        """Return the row that tells what this step did."""
        return history.row(
            self.instance, at=self.now, by=self.by, event=event, element_id=element_id, details=self.details
        )

    def settle_state(self) -> None:
        """Take the executor's state over into the instance."""
        self.instance.state = InstanceState[self.execution.state.name]
        self.instance.state_blob = self.execution.dump()
        if self.instance.state is not InstanceState.ACTIVE:
            self.instance.ended_at = self.now

    def incident(self, element_id: str, reason: str, kind: ErrorType) -> Incident:
        """Return why the process cannot go on from an element."""
        sentence = Sentence(
            "Expected to carry process instance {key} on at {element_id}, but {reason}",
            key=self.instance.key,
            element_id=element_id,
            reason=reason,
        )
        return Incident(sentence, element_id=element_id, kind=kind)

    def trace(self, element_id: str, what: str, token: int) -> None:
        """Note for the history that a token came to an element, or left it."""
        self.details.setdefault("trace", []).append([element_id, what, token])

    # ---- what the process asks for
    def entered(self, effect: effects.ElementEntered) -> None:
        """Note it, and plan the row of the element instance."""
        self.trace(effect.element_id, "entered", effect.token)
        instance, node = self.instance, self.net.by_id[effect.element_id]
        known = definitions.elements(self.session, instance.definition_key)
        self.changes.entered[effect.token] = {
            "key": keys.issue() if effect.parent else instance.key,
            "instance_key": instance.key,
            "token": effect.token,
            "parent": effect.parent,
            "element_key": known[node.id, element_types.of(node, effect.loop_counter)],
            "state": ElementState.ACTIVE,
        }

    def left(self, effect: effects.ElementLeft) -> None:
        """Note it; what the process leaves unfinished ends with it."""
        self.trace(effect.element_id, effect.outcome, effect.token)
        if self.instance.incidents:
            self.changes.gone.append(effect.token)
        self.changes.leave(effect.token, ElementState[effect.outcome.upper()])
        if effect.outcome == "terminated":
            work = self.net.by_id[effect.element_id].work
            if isinstance(work, UserTask):
                self.changes.cancel_task(effect.token)
            elif isinstance(work, Job):
                self.changes.cancel_job(effect.token)
            elif isinstance(work, Call):
                self.causes.append(effect)

    def open_task(self, effect: effects.TaskOpened) -> None:
        """Plan the row of a user task, and of those who may claim it."""
        instance, key = self.instance, keys.issue()
        form = self.form(effect.element_id, effect.form_id)
        self.changes.tasks.append(
            {
                "key": key,
                "instance_key": instance.key,
                "root_key": instance.root_key,
                "definition_key": instance.definition_key,
                "process_id": instance.process_id,
                "process_version": instance.process_version,
                "token": effect.token,
                "element_id": effect.element_id,
                "name": effect.name or None,
                "form_key": form.key if form else None,
                "assignee": effect.assignee or None,
                "priority": effect.priority,
                "due_at": effect.due,
                "follow_up_at": effect.follow_up,
                "state": TaskState.CREATED,
                "created_at": self.now,
            }
        )
        for kind, names in (("group", effect.candidate_groups), ("user", effect.candidate_users)):
            rows = [{"task_key": key, "kind": kind, "name": name} for name in dict.fromkeys(names)]
            self.changes.candidates.extend(rows)

    def open_job(self, effect: effects.JobOpened) -> None:
        """Perform an operation at once, or plan the row of a job for an external worker (D20)."""
        if effect.type.startswith(operations.PREFIX):
            self.perform(effect)
            return
        if effect.retries < 1:
            raise self.incident(
                effect.element_id, Sentence("its retries must be at least 1"), ErrorType.EXTRACT_VALUE_ERROR
            )
        instance = self.instance
        self.changes.jobs.append(
            {
                "key": keys.issue(),
                "instance_key": instance.key,
                "root_key": instance.root_key,
                "definition_key": instance.definition_key,
                "process_id": instance.process_id,
                "process_version": instance.process_version,
                "token": effect.token,
                "element_id": effect.element_id,
                "type": effect.type,
                "headers": dict(effect.headers),
                "retries": effect.retries,
                "state": JobState.CREATED,
                "available_at": self.now,
                "created_at": self.now,
                "updated_at": self.now,
            }
        )

    def form(self, element_id: str, form_id: str | None) -> FormDefinition | None:
        """Return the latest version of the form that an element names, if it names one.

        Raises:
            Incident: there is no such form.
        """
        form = definitions.latest(self.session, FormDefinition, form_id) if form_id else None
        if form_id and form is None:
            raise self.incident(
                element_id, Sentence("there is no form {form_id}", form_id=form_id), ErrorType.FORM_NOT_FOUND
            )
        return form

    def perform(self, effect: effects.JobOpened) -> None:
        """Perform an operation, and hand its result or its BPMN error to the process."""
        execution = self.execution
        if not operations.exists(effect.type):
            reason = Sentence("there is no operation {type}", type=effect.type)
            raise self.incident(effect.element_id, reason, ErrorType.EXTRACT_VALUE_ERROR)
        call = self.call(effect.element_id, execution.variables(effect.token), effect.headers)
        try:
            result = operations.perform(effect.type, call)
        except operations.BpmnError as error:
            execution.fail(effect.token, error.code, {})
        except Refusal as refusal:
            raise _stopping(refusal, effect.element_id) from refusal
        else:
            execution.complete(effect.token, result)

    def call(self, element_id: str, variables: Mapping[str, object], headers: Mapping[str, str]) -> operations.Call:
        """Return what an operation is called with at this point."""
        return operations.Call(
            session=self.session,
            instance_key=self.instance.key,
            business_id=self.instance.business_id,
            element_id=element_id,
            variables=variables,
            headers=headers,
            now=self.now,
            by=self.by,
        )

    def decide(self, effect: effects.DecisionCalled) -> None:
        """Evaluate a decision; the history keeps why it came out as it did."""
        try:
            definition = definitions.find(self.session, DecisionDefinition, effect.decision_id)
        except NotFound as missing:
            reason = Sentence("there is no decision {decision_id}", decision_id=effect.decision_id)
            raise self.incident(effect.element_id, reason, ErrorType.CALLED_DECISION_ERROR) from missing
        decision = definitions.decision(self.session, definition)
        variables = self.execution.variables(effect.token)
        try:
            evaluation = decision.evaluate(variables, environment(self.session, self.instance, self.now))
            record = decisions.record(effect.element_id, definition, evaluation)
        except feel.FeelError as error:
            reason = Sentence(
                "decision {decision_id} failed: {error}", decision_id=effect.decision_id, error=str(error)
            )
            raise self.incident(effect.element_id, reason, ErrorType.DECISION_EVALUATION_ERROR) from error
        told = self.details.setdefault("decisions", [])
        rows = decisions.rows(self.session, definition, evaluation, token=effect.token, place=len(told))
        self.changes.decided.extend(rows)
        told.append(record)
        self.execution.complete(effect.token, {effect.result_variable: record["output"]})

    def arm(self, effect: effects.TimerArmed) -> None:
        """Plan the row of a timer."""
        self.changes.open(
            store.TIMERS, {**self._wait(effect), "due_at": effect.due, "first_due_at": effect.due, "failures": 0}
        )

    def await_message(self, effect: effects.MessageAwaited) -> None:
        """Plan the row of a message subscription; one that was published before may answer it at once."""
        names = {"message_name": effect.message_name, "correlation_key": effect.correlation_key}
        own = {"key": keys.issue(), "process_id": self.instance.process_id}
        self.changes.open(store.MESSAGES, {**self._wait(effect), **names, **own})
        self.causes.append(effect)

    def await_signal(self, effect: effects.SignalAwaited) -> None:
        """Plan the row of a signal subscription."""
        self.changes.open(store.SIGNALS, {**self._wait(effect), "signal_name": effect.signal_name})

    def close(self, effect: effects.WaitClosed) -> None:
        """Plan the end of the row of an event's wait; an element's own work ends where it is left."""
        if effect.event_id is not None:
            event = self.net.by_id[effect.event_id].work
            if isinstance(event, Catch | Boundary | Start):
                self.changes.close(WAITS[type(event.event)], effect.token, effect.event_id)

    def cause(self, effect: effects.Effect) -> None:
        """Leave it to what comes after this step."""
        self.causes.append(effect)

    def fail(self, effect: effects.ErrorUncaught) -> None:
        """Hand an error on to the process that called this one.

        Where there is none, an error end event has ended the process as it was drawn (13.5.7); another error is no end.
        """
        if self.instance.parent_key is None and isinstance(self.net.by_id[effect.element_id].work, Throw):
            self.details["uncaught"] = [effect.element_id, effect.code]
            return
        if self.instance.parent_key is None:
            reason = Sentence("nothing catches the error {code}", code=effect.code)
            raise self.incident(effect.element_id, reason, ErrorType.UNHANDLED_ERROR_EVENT)
        self.causes.append(effect)

    def escalate(self, effect: effects.EscalationUncaught) -> None:
        """Note it, and hand it on to the process that called this one; one that nobody catches changes nothing."""
        self.details.setdefault("escalations", []).append([effect.element_id, effect.code])
        if self.instance.parent_key is not None:
            self.causes.append(effect)

    def _wait(self, effect: effects.TimerArmed | effects.MessageAwaited | effects.SignalAwaited) -> store.Row:
        return {"instance_key": self.instance.key, "token": effect.token, "event_id": effect.event_id}


def _stopping(refusal: Refusal, element_id: str) -> Incident:
    """Return what an operation's refusal is for its process: a service task has nobody who could mend it."""
    if isinstance(refusal, Incident):
        return Incident(refusal.message, element_id=refusal.element_id or element_id, kind=refusal.kind)
    return Incident(refusal.message, element_id=element_id, kind=ErrorType.JOB_NO_RETRIES)


class _Calendar:
    """The working days of an instance, or of a person in it, read from the database when they are first asked for."""

    def __init__(self, session: Session, name: str, username: str | None = None) -> None:
        self._session, self._name, self._username = session, name, username
        self._others: dict[str, _Calendar] = {}

    @cached_property
    def _days(self) -> WorkingCalendar:
        if self._username is None:
            return calendars.calendar(self._session, self._name)
        return identity.calendar_of(self._session, self._username, self._name)

    def is_working_day(self, day: date) -> bool:
        return self._days.is_working_day(day)

    def add_working_days(self, day: date, count: int) -> date:
        return self._days.add_working_days(day, count)

    def working_days_between(self, start: date, end: date) -> int:
        return self._days.working_days_between(start, end)

    def closing_day(self, day: date) -> date:
        return self._days.closing_day(day)

    def of(self, username: str) -> feel.Calendar:
        return self._others.setdefault(username, _Calendar(self._session, self._name, username))

    def as_it_stands(self) -> feel.Calendar:
        return self._days


class Placed(Protocol):
    """Something that has a zone, a working-day calendar and a cut-off."""

    @property
    def zone(self) -> str:
        """The name of its zone."""

    @property
    def calendar(self) -> str:
        """The name of its calendar."""

    @property
    def cut_off(self) -> time | None:
        """When its last days end; None means 24:00."""


def environment(session: Session, place: Placed, now: datetime) -> feel.Environment:
    """Return what the expressions of an instance know of time: its instant, zone, working days and cut-off."""
    zone, calendar = ZoneInfo(place.zone), _Calendar(session, place.calendar)
    return feel.Environment(now=now, zone=zone, calendar=calendar, cut_off=place.cut_off)


def load(session: Session, instance: store.Instance, *, by: str) -> Step:
    """Return the step of an instance that has been locked."""
    now = clock.now(session)
    net = definitions.net(session, instance.definition_key)
    execution = Execution.load(net, instance.state_blob, environment(session, instance, now))
    return Step(session, instance, net, now, by, execution)


WAITS: dict[type, Table] = {Timer: store.TIMERS, Message: store.MESSAGES, Signal: store.SIGNALS}
"""The table that holds the waits for an event."""

_HANDLERS: dict[type[effects.Effect], Callable[[Step, Any], None]] = {
    effects.ElementEntered: Step.entered,
    effects.ElementLeft: Step.left,
    effects.TaskOpened: Step.open_task,
    effects.JobOpened: Step.open_job,
    effects.DecisionCalled: Step.decide,
    effects.ProcessCalled: Step.cause,
    effects.TimerArmed: Step.arm,
    effects.MessageAwaited: Step.await_message,
    effects.SignalAwaited: Step.await_signal,
    effects.WaitClosed: Step.close,
    effects.MessageThrown: Step.cause,
    effects.SignalThrown: Step.cause,
    effects.ErrorUncaught: Step.fail,
    effects.EscalationUncaught: Step.escalate,
}
