"""Activities: what is opened for people, operations, decisions and called processes to do, and what is done at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from engine import feel
from engine.bpmn.net import lifecycle, listening, scopes, timers
from engine.bpmn.net.effects import DecisionCalled, JobOpened, ProcessCalled, TaskOpened
from engine.bpmn.net.failures import ElementFailed, kind_of
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import Assignments, Call, Decision, Formula, Job, Script, UserTask

HIGHEST_PRIORITY = 100


class TaskDates(NamedTuple):
    """When a user task is due and when it is to be followed up; the end of a day where it was a date."""

    due: datetime | None
    follow_up: datetime | None


def task_dates(state: State, token: Token, work: UserTask) -> TaskDates:
    """Tell the dates of a user task, counted from now."""
    due = _instant(state, token, work.due, "due date")
    return TaskDates(due, _instant(state, token, work.follow_up, "follow-up date"))


def open_user_task(state: State, token: Token, work: UserTask) -> None:
    """Open a task for a person."""
    dates = task_dates(state, token, work)
    state.open_wait(token, token.node)
    state.effects.append(
        TaskOpened(
            token=token.id,
            element_id=token.node.id,
            name=token.node.name or token.node.id,
            form_id=form_id(state, token, work),
            assignee=_text(state, token, work.assignee, "assignee"),
            candidate_groups=_names(state, token, work.candidate_groups, "candidate groups"),
            candidate_users=_names(state, token, work.candidate_users, "candidate users"),
            due=dates.due,
            follow_up=dates.follow_up,
            priority=_priority(state, token, work.priority),
            headers=dict(work.headers),
            outputs=tuple(sorted({name for mapping in token.node.outputs for name in mapping.source.names})),
        )
    )


def form_id(state: State, token: Token, work: UserTask) -> str | None:
    """Return the id of a task's form, or None if it has none."""
    return _text(state, token, work.form_id, "form")


def open_job(state: State, token: Token, work: Job) -> None:
    """Open a job for an operation or a worker."""
    retries = _number(state, token, work.retries, "retries")
    job_type = listening.text_of(state, token, work.type, "job type")
    state.open_wait(token, token.node)
    state.effects.append(
        JobOpened(token=token.id, element_id=token.node.id, type=job_type, headers=dict(work.headers), retries=retries)
    )


def call_decision(state: State, token: Token, work: Decision) -> None:
    """Ask for a decision."""
    decision_id = listening.text_of(state, token, work.decision_id, "decision id")
    state.open_wait(token, token.node)
    state.effects.append(
        DecisionCalled(
            token=token.id,
            element_id=token.node.id,
            decision_id=decision_id,
            result_variable=work.result_variable,
            binding=work.binding,
            version_tag=work.version_tag,
        )
    )


def call_process(state: State, token: Token, work: Call) -> None:
    """Ask for another process, with all that is visible here or only what the input mappings give."""
    process_id = listening.text_of(state, token, work.process_id, "called process")
    state.open_wait(token, token.node)
    state.effects.append(
        ProcessCalled(
            token=token.id,
            element_id=token.node.id,
            process_id=process_id,
            binding=work.binding,
            version_tag=work.version_tag,
            variables=dict(scopes.visible(token) if work.send_all else scopes.own(token)),
        )
    )


def run_script(state: State, token: Token, work: Script) -> None:
    """Evaluate a script's expression and set its result."""
    value = scopes.evaluate_to_json(state, token, work.formula)
    scopes.receive(state, token, {work.result_variable: value})
    lifecycle.complete(state, token)


def assign(state: State, token: Token, work: Assignments) -> None:
    """Set one variable after the other; what has no name must be a context, whose entries become variables."""
    for name, formula in work.steps:
        value = scopes.evaluate_to_json(state, token, formula)
        if name:
            path = name.partition(".")[0]
            scopes.receive(state, token, {path: scopes.with_value(scopes.visible(token), name, value)[path]})
        elif isinstance(value, dict):
            scopes.receive(state, token, value)
        else:
            raise ElementFailed(
                token.node.id, f"its script {formula.text!r} sets no variable: it gives {kind_of(value)}"
            )
    lifecycle.complete(state, token)


def open_subprocess(state: State, token: Token) -> None:
    """Open a subprocess: a scope of its own, what it reacts to, and a token on its start event.

    The process itself, which began with its start event, only learns what it reacts to.
    """
    if token.variables is None:
        token.variables = {}
    listening.arm_reactions(state, token)
    if token.parent is not None:
        for start in state.net.starts[token.node.index]:
            state.start(start, token)


def _text(state: State, token: Token, formula: Formula | None, what: str) -> str | None:
    """Return text, or None where there is none to be had."""
    if formula is None:
        return None
    value = scopes.evaluate(state, token, formula)
    return None if value is None or value == "" else listening.as_text(value, token, formula, what)


def _names(state: State, token: Token, formula: Formula | None, what: str) -> tuple[str, ...]:
    """Return a list of names, which may be text with commas."""
    if formula is None:
        return ()
    value = scopes.evaluate_to_json(state, token, formula)
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(name.strip() for name in value.split(",") if name.strip())
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ElementFailed(
            token.node.id, f"its {what} {formula.text!r} must be a list of text, but it is {kind_of(value)}"
        )
    return tuple(_unique(value))


def _unique(names: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(names)


def _instant(state: State, token: Token, formula: Formula | None, what: str) -> datetime | None:
    """Return a point in time, the end of the day where it is a date, or None where there is none."""
    if formula is None:
        return None
    environment = listening.surroundings(state, token)
    value = scopes.evaluate(state, token, formula, environment=environment)
    if value is None or value == "":
        return None
    try:
        return timers.instant(value, environment)
    except (feel.FeelError, ValueError, OverflowError) as error:
        raise ElementFailed(token.node.id, f"its {what} cannot be told: {error}") from error


def _priority(state: State, token: Token, formula: Formula | None) -> int:
    priority = 50 if formula is None else _number(state, token, formula, "priority")
    if priority > HIGHEST_PRIORITY:
        raise ElementFailed(token.node.id, f"its priority must be at most {HIGHEST_PRIORITY}, but it is {priority}")
    return priority


def _number(state: State, token: Token, formula: Formula, what: str) -> int:
    value = scopes.evaluate(state, token, formula)
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and value == int(value) and value >= 0:
        return int(value)
    raise ElementFailed(
        token.node.id, f"its {what} {formula.text!r} must be a whole number from 0 on, but it is {kind_of(value)}"
    )
