"""User tasks: listed, claimed, assigned, completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import (
    candidates,
    definitions,
    documents,
    forms,
    history,
    holders,
    instances,
    operations,
    standstills,
    steps,
    store,
)
from engine.bpmn.models import FormDefinition, ProcessInstance, TaskState, UserTask, Variables
from engine.bpmn.net import work as net
from engine.bpmn.net.nodes import Node
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity, identity_of
from engine.sentences import Sentence


class Changes(TypedDict, total=False):
    """What of a task is changed; what is not named stays as it is."""

    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int


@dataclass(frozen=True, slots=True)
class Paper:
    """What lies before the person who opens a task: its form, and what fills it."""

    form: FormDefinition | None
    variables: Variables
    """What the task sees, and what the operation its header `prefill` names adds to it."""


def visible_to(identity: Identity) -> ColumnElement[bool]:
    """Return the condition for the tasks an account may know of: its own, those it may claim, for an operator all."""
    if identity.operator:
        return true()
    return or_(UserTask.assignee == identity.username, candidates.may_claim(identity))


def get(session: Session, key: int, *, by: Identity) -> UserTask:
    """Return the task of a key.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    found = session.scalars(select(UserTask).where(UserTask.key == key, visible_to(by))).first()
    if found is None:
        raise NotFound(
            "Expected to find user task {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    return found


def paper(session: Session, key: int, *, by: Identity) -> Paper:
    """Return the form of a task and the variables that fill it.

    Raises:
        NotFound: there is no such task, or none that `by` may know of.
        Standstill: what fills the form failed.
    """
    task = get(session, key, by=by)
    if task.state is not TaskState.CREATED:
        return Paper(_form(session, task), {})
    step = steps.load(session, store.read(session, task.instance_key), by=by.username)
    with standstills.named(task, by):
        return Paper(_form(session, task), _filled(step, task))


def assign(session: Session, key: int, assignee: str, *, by: Identity, allow_override: bool = True) -> UserTask:
    """Give an open task to somebody.

    Raises:
        NotFound: there is no such task, or none that `by` may know of.
        Forbidden: `by` neither holds the task nor operates the engine, and does not claim it for itself.
        Conflict: the task is not open, or somebody holds it and may not be overridden.
        Invalid: there is no such account, it is disabled, or never could complete the task.
        Refusal: a listener of the task refuses that person.
    """
    task = _locked(session, key, by)
    _expect_open(task, Sentence("assign"))
    claiming = assignee == by.username and candidates.is_one(session, task, by)
    if not (by.operator or task.assignee == by.username or claiming):
        raise Forbidden(
            "Expected to assign user task {key}, but {username} neither holds it nor operates the engine",
            key=key,
            username=by.username,
        )
    taken = task.assignee not in (None, assignee)
    if taken and not (allow_override and (by.operator or task.assignee == by.username)):
        raise Conflict("Expected to assign user task {key}, but {assignee} holds it", key=key, assignee=task.assignee)
    if assignee != by.username:
        _expect_account(session, task, assignee)
    if assignee != task.assignee:
        _announce(session, task, assignee, by)
    return _hand_over(session, task, assignee, by)


def hand_on(session: Session, key: int, assignee: str, *, by: Identity) -> bool:
    """Give an open task to who follows its holder, and tell whether it was; one that they could not complete stays.

    Raises:
        NotFound, Forbidden, Conflict, Invalid: as `assign`.
    """
    try:
        assign(session, key, assignee, by=by)
    except Invalid as refused:
        if any(problem.code != holders.UNFIT for problem in refused.problems):
            raise
        return False
    return True


def claim(session: Session, key: int, *, by: Identity) -> UserTask:
    """Take an open task that `by` is a candidate for.

    Raises:
        NotFound: there is no such task, or none that `by` may know of.
        Forbidden: `by` is no candidate.
        Conflict: the task is not open, or somebody else holds it.
    """
    return assign(session, key, by.username, by=by, allow_override=False)


def unassign(session: Session, key: int, *, by: Identity) -> UserTask:
    """Put an open task back to its candidates.

    Raises:
        NotFound: there is no such task, or none that `by` may know of.
        Forbidden: `by` neither holds the task nor operates the engine.
        Conflict: the task is not open, or is nobody's to claim: its holder cannot leave it to nobody.
    """
    task = _locked(session, key, by)
    _expect_open(task, Sentence("unassign"))
    if not (by.operator or task.assignee == by.username):
        raise Forbidden(
            "Expected to unassign user task {key}, but {username} does not hold it", key=key, username=by.username
        )
    if not (by.operator or any(candidates.of_task(session, key))):
        raise Conflict("Expected to unassign user task {key}, but nobody else could claim it", key=key)
    return _hand_over(session, task, None, by)


def update(session: Session, key: int, changes: Changes, *, by: Identity) -> UserTask:
    """Move an open task's due date or follow-up date, or change its priority.

    A timer of the diagram that is armed for the due date is a time of its own and stays.

    Raises:
        NotFound: there is no such task, or none that `by` may know of.
        Forbidden: `by` does not operate the engine: nobody moves the own deadline.
        Conflict: the task is not open.
    """
    task = _locked(session, key, by)
    _expect_open(task, Sentence("update"))
    if not by.operator:
        raise Forbidden(
            "Expected to update user task {key}, but {username} does not operate the engine",
            key=key,
            username=by.username,
        )
    before = {name: getattr(task, name) for name in changes}
    for name, value in changes.items():
        setattr(task, name, value)
    told = {name: {"from": _told(before[name]), "to": _told(value)} for name, value in changes.items()}
    _note(session, task, history.Event.UPDATED, {**told, "task": str(key)}, by)
    return task


def complete(session: Session, key: int, *, by: Identity, variables: Mapping[str, Any]) -> UserTask:
    """Complete a user task and carry its process instance on to the next wait.

    Whatever the process does on the way joins the caller's transaction: the rating recorded, the next tasks created, or
    none of it.

    Raises:
        NotFound: there is no such task, or none that `by` may know of.
        Forbidden: the task is somebody else's.
        Conflict: the task is not open.
        Invalid: the answers do not fit the task's form.
        Standstill: the process cannot go on.
    """
    task = get(session, key, by=by)
    _expect_open(task, Sentence("complete"))
    event, at = history.Event.COMPLETED, task.element_id
    moved = instances.moved(session, task.instance_key, task.root_key, by=by.username, event=event, element_id=at)
    with standstills.named(task, by), moved as step:
        session.refresh(task)  # as it is under the lock: somebody may have been faster
        _expect_open(task, Sentence("complete"))
        _expect_holder(session, task, by)
        answers = _answers(session, step, task, variables, by)
        step.execution.complete(task.token, _heard(step, task, answers))
        if handed_in := documents.named(answers):
            documents.share(session, task, handed_in, step.execution.scopes().values())
        task.state, task.ended_at, task.completed_by = TaskState.COMPLETED, step.now, by.username
        session.flush()  # before the rows of the next tasks
    return task


def _answers(session: Session, step: steps.Step, task: UserTask, given: Mapping[str, Any], by: Identity) -> Variables:
    """Return what of the answers the task declares, checked (D6)."""
    form = _form(session, task)
    offered = documents.offered(session, given, by=by)
    if form is not None:
        known = _filled(step, task)
        environment = steps.environment(session, step.instance, step.now)
        answers = forms.accept(form.schema, given, known=known, environment=environment, documents=offered)
    else:
        _expect_declared(step, task, given)
        answers = dict(given)
    documents.hand_in_with(session, task, answers, offered)
    return answers


def _expect_declared(step: steps.Step, task: UserTask, given: Mapping[str, Any]) -> None:
    """Refuse what a task without a form does not declare."""
    declared = {name for mapping in step.net.by_id[task.element_id].outputs for name in mapping.source.names}
    strangers = sorted(set(given) - declared)
    if strangers:
        problems = [
            Problem(Sentence("the task declares no such variable"), name, "undeclared-variable") for name in strangers
        ]
        raise Invalid(
            "Expected to complete user task {key}, but it takes no {strangers}",
            problems,
            key=task.key,
            strangers=", ".join(strangers),
        )


def _heard(step: steps.Step, task: UserTask, answers: Variables) -> Variables:
    """Hand the answers to the task's completing listeners; return them with what the listeners add."""
    for name in listeners(step.net.by_id[task.element_id]):
        seen = {**step.execution.variables(task.token), **answers}
        answers = {**answers, **operations.perform(name, step.call(task.element_id, seen, _headers(step, task)))}
    return answers


def _announce(session: Session, task: UserTask, assignee: str, by: Identity) -> None:
    """Tell the task's assigning listeners whom it is given to, and who held it: as `assignee` and `holder`.

    Then its completing listeners must be ones that the new holder could call.
    """
    step = steps.load(session, store.read(session, task.instance_key), by=by.username)
    at = step.net.by_id[task.element_id]
    for name in at.work.assigning if isinstance(at.work, net.UserTask) else ():
        seen = {**step.execution.variables(task.token), "assignee": assignee, "holder": task.assignee}
        operations.perform(name, step.call(task.element_id, seen, _headers(step, task)))
    who = by if assignee == by.username else identity_of(session, assignee)
    expect_fit(step, task, at, who)


def expect_fit(step: steps.Step, task: UserTask, at: Node, who: Identity) -> None:
    """Let a task that operations hear at an element be held only by who could complete it there.

    Raises:
        Invalid: `who` could not, or is no candidate of a task that has some.
    """
    if not (heard := listeners(at)):
        return
    if any(candidates.of_task(step.session, task.key)) and not (
        who.operator or candidates.is_one(step.session, task, who)
    ):
        raise holders.refusal(task.key, who, Sentence("{username} is no candidate for it", username=who.username))
    call = step.call(at.id, step.execution.variables(task.token), _headers_at(at))
    for name in heard:
        holders.expect(name, call, who, key=task.key)


def listeners(at: Node) -> tuple[str, ...]:
    """Return the operations that hear the completion of the task at an element."""
    return at.work.completing if isinstance(at.work, net.UserTask) else ()


def _filled(step: steps.Step, task: UserTask) -> Variables:
    """Return what the task sees, and what the operation its header names adds."""
    seen = dict(step.execution.variables(task.token))
    headers = _headers(step, task)
    if name := headers.get(operations.PREFILL):
        seen.update(operations.perform(name, step.call(task.element_id, seen, headers)))
    return seen


def _headers(step: steps.Step, task: UserTask) -> dict[str, str]:
    return _headers_at(step.net.by_id[task.element_id])


def _headers_at(at: Node) -> dict[str, str]:
    return dict(at.work.headers) if isinstance(at.work, net.UserTask) else {}


def _form(session: Session, task: UserTask) -> FormDefinition | None:
    return definitions.form(session, task.form_key) if task.form_key is not None else None


def _locked(session: Session, key: int, by: Identity) -> UserTask:
    """Lock a task's instance, then load the task as it now is."""
    task = get(session, key, by=by)
    store.lock(session, task.instance_key, task.root_key)
    session.refresh(task)
    return task


def _expect_open(task: UserTask, verb: str) -> None:
    if task.state is not TaskState.CREATED:
        raise Conflict(
            "Expected to {verb} user task {key}, but it is already {state}",
            verb=verb,
            key=task.key,
            state=task.state.value.lower(),
        )


def _expect_holder(session: Session, task: UserTask, by: Identity) -> None:
    """Refuse whoever does not hold the task; nobody acts for another."""
    if task.assignee == by.username:
        return
    if task.assignee is not None:
        raise Forbidden(
            "Expected to complete user task {key}, but it is assigned to {assignee}",
            key=task.key,
            assignee=task.assignee,
        )
    users, groups = candidates.of_task(session, task.key)
    if not (candidates.is_one(session, task, by) or (by.operator and not users and not groups)):
        raise Forbidden(
            "Expected to complete user task {key}, but {username} is no candidate for it",
            key=task.key,
            username=by.username,
        )


def _expect_account(session: Session, task: UserTask, username: str) -> None:
    """Refuse an assignee who is nobody: the task would wait for ever."""
    try:
        identity_of(session, username)
    except NotFound as nobody:
        problem = Problem(Sentence("there is no such account that is enabled"), "assignee", "unknown-account")
        raise Invalid(
            "Expected to assign user task {key}, but {username} has no account",
            [problem],
            key=task.key,
            username=username,
        ) from nobody


def _hand_over(session: Session, task: UserTask, assignee: str | None, by: Identity) -> UserTask:
    details = {"from": task.assignee, "to": assignee, "task": str(task.key)}
    task.assignee = assignee
    _note(session, task, history.Event.ASSIGNED, details, by)
    return task


def _note(session: Session, task: UserTask, event: history.Event, details: dict[str, Any], by: Identity) -> None:
    """Write what moves no token into the history."""
    history.append(
        session,
        session.get_one(ProcessInstance, task.instance_key),
        at=clock.now(session),
        by=by.username,
        event=event,
        element_id=task.element_id,
        details=details,
    )


def _told(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
