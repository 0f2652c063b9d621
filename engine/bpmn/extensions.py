"""Extensions: the deadline of one open task moves, and with it the timers on its border; a closed one is reopened.

Each timer keeps its distance in working days from the deadline: a reminder of the day before comes on the day before
the new one, even if it has come before. Where several have a task of one activity, its timers are for all of them: they
move only as far as the latest deadline needs, and never back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from engine import calendars, identity
from engine.bpmn import history, instances, steps, store
from engine.bpmn.models import ElementInstance, TaskState, Timer, UserTask
from engine.bpmn.net import Execution
from engine.bpmn.net.failures import ElementFailed
from engine.bpmn.net.reopening import BorderTimer
from engine.bpmn.net.timers import end_of
from engine.calendars import WorkingCalendar
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.feel import Environment
from engine.identity import Identity
from engine.sentences import Sentence

MOST_AHEAD = 400
"""The most days from now that a deadline may lie after an extension."""


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """By what the deadlines of a task are counted."""

    environment: Environment
    calendar: WorkingCalendar

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its days."""
        return self.environment.zone

    def shifted(self, timer: datetime, due: datetime, until: date) -> datetime:
        """Tell when a timer comes that kept its distance in working days from a deadline that moves to a day."""
        days = self.calendar.working_days_between(
            calendars.last_day(due, self.zone), calendars.last_day(timer, self.zone)
        )
        return end_of(self.calendar.add_working_days(until, days) if days else until, self.environment)


def extend(session: Session, key: int, until: date, *, by: Identity) -> UserTask:
    """Let an open task be due at the end of a day, and the timers on its border with it.

    Raises:
        NotFound: there is no such task.
        Forbidden: `by` is no operator: nobody moves the own deadline.
        Conflict: the task is not open.
        Invalid: the day does not lie after now and after the deadline, or too far away.
    """
    task = _found(session, key, by, Sentence("extend"))
    with instances.moved(
        session, task.instance_key, task.root_key, by=by.username, event=history.Event.EXTENDED,
        element_id=task.element_id,
    ) as step:  # fmt: skip
        session.refresh(task)  # as it is under the lock
        if task.state is not TaskState.CREATED:
            raise Conflict(
                "Expected to extend user task {key}, but it is already {state}", key=key, state=task.state.value.lower()
            )
        around = _around(session, step.instance, task, step.now)
        due = end_of(until, around.environment)
        _expect_later(task, due, step.now)
        moved = [[task.element_id, task.token, task.due_at.isoformat() if task.due_at else None, due.isoformat()]]
        moved += _move_timers(session, step, task, around, until)
        step.details["deadlines"] = moved
        task.due_at = due
        session.flush()  # before the rows of the timers
    return task


def reopen(session: Session, key: int, until: date, *, by: Identity) -> UserTask:
    """Open a task again that its deadline closed, due at the end of a day; return the new one.

    Raises:
        NotFound: there is no such task.
        Forbidden: `by` is no operator.
        Conflict: it was not closed, somebody has it again, or the process has gone on and cannot go back.
        Invalid: the day does not lie ahead, or too far away.
    """
    task = _found(session, key, by, Sentence("reopen"))
    _expect_closed(session, task)
    scope = session.scalars(
        select(ElementInstance.parent).where(
            ElementInstance.instance_key == task.instance_key, ElementInstance.token == task.token
        )
    ).one()
    with instances.moved(
        session, task.instance_key, task.root_key, by=by.username, event=history.Event.REOPENED,
        element_id=task.element_id,
    ) as step:  # fmt: skip
        token = step.execution.reopen(task.element_id, scope)
        step.details["task"] = str(key)
    opened = select(UserTask).where(UserTask.instance_key == task.instance_key, UserTask.token == token)
    return _due_on(session, session.scalars(opened).one(), until, by)


def _due_on(session: Session, task: UserTask, until: date, by: Identity) -> UserTask:
    """Let a task that was opened just now be due on a day, be it before or after the diagram's own."""
    task.due_at = None
    session.flush()  # what `extend` reads under the lock
    return extend(session, task.key, until, by=by)


def _move_timers(
    session: Session, step: steps.Step, task: UserTask, around: _Surroundings, until: date
) -> Iterator[list[object]]:
    """Move the timers on the border of a task's activity; say from when to when."""
    opened = replace(around.environment, now=task.created_at)
    then = Execution.load(step.net, step.instance.state_blob, opened)
    try:
        planned, timers = then.task_dates(task.token).due or task.due_at, then.border_timers(task.token)
    except ElementFailed:  # an expression that has no value any more says nothing of the timers
        return
    for timer in timers:
        if planned is None:
            return
        due = around.shifted(timer.due, planned, until)
        before = _armed(session, step.instance.key, timer)
        if due > step.now and not (timer.shared and before is not None and before >= due):
            step.execution.arm(timer.token, timer.event_id, due)
            yield [timer.event_id, timer.token, before.isoformat() if before else None, due.isoformat()]


def _armed(session: Session, key: int, timer: BorderTimer) -> datetime | None:
    armed = select(Timer.due_at).where(Timer.instance_key == key, Timer.token == timer.token)
    return session.scalar(armed.where(Timer.event_id == timer.event_id))


def _around(session: Session, instance: store.Instance, task: UserTask, now: datetime) -> _Surroundings:
    environment = steps.environment(session, instance, now).of(task.assignee)
    if task.assignee is None:
        return _Surroundings(environment, calendars.calendar(session, instance.calendar))
    return _Surroundings(environment, identity.calendar_of(session, task.assignee, instance.calendar))


def _found(session: Session, key: int, by: Identity, verb: str) -> UserTask:
    task = session.get(UserTask, key, populate_existing=True)  # a step may have written it
    if task is None:
        raise NotFound("Expected to find user task {key}, but there is none", key=key)
    if not by.operator:
        raise Forbidden(
            "Expected to {verb} user task {key}, but {username} does not operate the engine",
            verb=verb,
            key=key,
            username=by.username,
        )
    return task


def _expect_later(task: UserTask, due: datetime, now: datetime) -> None:
    reason = ""
    if due <= now:
        reason = Sentence("it does not lie ahead")
    elif task.due_at is not None and due <= task.due_at:
        reason = Sentence("it is due no earlier already")
    elif (due - now).days > MOST_AHEAD:
        reason = Sentence("it lies more than {most_ahead} days ahead", most_ahead=MOST_AHEAD)
    if reason:
        problem = Problem(Sentence("The day will not do: {reason}", reason=reason), "until", "day")
        raise Invalid("Expected to extend user task {key}, but {reason}", [problem], key=task.key, reason=reason)


def _expect_closed(session: Session, task: UserTask) -> None:
    if task.state is not TaskState.CANCELED:
        raise Conflict(
            "Expected to reopen user task {key}, but it is {state}", key=task.key, state=task.state.value.lower()
        )
    again = exists().where(
        UserTask.instance_key == task.instance_key,
        UserTask.element_id == task.element_id,
        UserTask.created_at > task.created_at,
    )
    if session.scalar(select(again)):
        raise Conflict(
            "Expected to reopen user task {key}, but there is a newer one of {element_id}",
            key=task.key,
            element_id=task.element_id,
        )
