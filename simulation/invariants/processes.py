"""No task is lost, and the history tells the same as the rows."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import history
from engine.bpmn.chores import DeferredChore
from engine.bpmn.models import (
    ElementInstance,
    ElementState,
    HistoryRow,
    IncidentRecord,
    InstanceState,
    Job,
    MessageSubscription,
    ProcessInstance,
    SignalSubscription,
    TaskState,
    Timer,
    UserTask,
)
from engine.reviews.models import Review, ReviewState
from simulation.almanac import day_of
from simulation.invariants import diagrams
from simulation.invariants.evidence import Evidence, Violation

OVER = (ReviewState.SIGNED, ReviewState.CLOSED)

ENDED_AS = {"completed": TaskState.COMPLETED, "terminated": TaskState.CANCELED, "entered": TaskState.CREATED}
"""The state of a user task whose token the history last saw do this."""


def nothing_is_lost(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """No task is lost: each process has ended, or waits for something that is there; each review is over."""
    waiting = set(session.scalars(select(UserTask.instance_key).where(UserTask.state == TaskState.CREATED)))
    for kind in (Timer, MessageSubscription, SignalSubscription):
        waiting |= set(session.scalars(select(kind.instance_key)))
    waiting |= set(session.scalars(select(Job.instance_key).where(Job.ended_at.is_(None))))
    waiting |= set(session.scalars(select(IncidentRecord.instance_key).where(IncidentRecord.resolved_at.is_(None))))
    running = session.scalars(select(ProcessInstance).where(ProcessInstance.state == InstanceState.ACTIVE)).all()
    waiting |= {one.parent_key for one in running if one.parent_key}
    for one in running:
        if one.key not in waiting:
            yield Violation(_case(one, evidence), day_of(one.started_at), f"{one.process_id} waits for nothing")
    for review in session.scalars(select(Review).where(Review.state.not_in(OVER))):
        yield Violation(evidence.case(str(review.key)), None, f"the review is not over but {review.state.value}")


def history_replays(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Played again from the history alone, each process stands where its rows say."""
    tasks = {(one.instance_key, one.token): one for one in session.scalars(select(UserTask))}
    stays: dict[int, dict[int, ElementInstance]] = defaultdict(dict)
    for stay in session.scalars(select(ElementInstance)):
        stays[stay.instance_key][stay.token] = stay
    rows: dict[int, list[HistoryRow]] = defaultdict(list)
    for row in session.scalars(select(HistoryRow).order_by(HistoryRow.instance_key, HistoryRow.sequence)):
        rows[row.instance_key].append(row)
    for instance in session.scalars(select(ProcessInstance)):
        for sentence in _replayed(instance, rows[instance.key], stays[instance.key], tasks, evidence):
            yield Violation(_case(instance, evidence), day_of(instance.started_at), sentence)


def _replayed(
    instance: ProcessInstance,
    rows: Iterable[HistoryRow],
    stays: dict[int, ElementInstance],
    tasks: dict[tuple[int, int], UserTask],
    evidence: Evidence,
) -> Iterator[str]:
    """Say where an instance's tokens are not as its history leaves them."""
    last = _last_seen(rows)
    bodies = {stay.parent for stay in stays.values()}
    drawn = diagrams.user_tasks(evidence.diagrams, instance.process_id)
    many = diagrams.for_many(evidence.diagrams, instance.process_id)
    for token, (element, what) in last.items():
        state = stays[token].state.value.lower() if token in stays else "unknown"
        if state != {"entered": "active"}.get(what, what):
            yield f"{instance.process_id} {element} is {what} by its history, but {state} by its row"
        task = tasks.get((instance.key, token))
        if task is not None and task.state is not ENDED_AS[what]:
            yield f"the task {element} is {what} by its history, but {task.state.value} by its row"
        elif task is None and element in drawn and token not in bodies and element not in many:
            yield f"the task {element} was entered, but there is no such task"
    active = any(stay.state is ElementState.ACTIVE for stay in stays.values())
    if active != (instance.state is InstanceState.ACTIVE):
        yield f"{instance.process_id} is {instance.state.value}, but its tokens {'stand' if active else 'are gone'}"
    if strangers := set(stays) - set(last):
        yield f"{instance.process_id} has {len(strangers)} tokens that its history does not know"


def _last_seen(rows: Iterable[HistoryRow]) -> dict[int, tuple[str, str]]:
    """Tell where each token was last, and whether it was entered, completed or terminated there."""
    last: dict[int, tuple[str, str]] = {}
    for row in rows:
        for element, what, token in json.loads(row.details).get("trace", ()):
            last[token] = (element, what)
    return last


def history_is_complete(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """No transition is missing, none was altered, and every seal is unbroken."""
    counted = Counter(session.scalars(select(HistoryRow.instance_key)))
    for instance in session.scalars(select(ProcessInstance)):
        if counted[instance.key] != instance.sequence:
            sentence = f"{instance.process_id} moved {instance.sequence} times, but {counted[instance.key]} are told"
            yield Violation(_case(instance, evidence), day_of(instance.started_at), sentence)
    for sentence in history.verify(session):
        yield Violation("history", None, sentence)


def nothing_failed(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Nothing failed in the background: no incident was raised, no chore failed or is left behind."""
    for incident in session.scalars(select(IncidentRecord)):
        instance = session.get_one(ProcessInstance, incident.instance_key)
        sentence = f"{incident.element_id} failed: {incident.message}"
        yield Violation(_case(instance, evidence), day_of(incident.created_at), sentence)
    left = DeferredChore.failed_at.is_not(None) | (DeferredChore.run_at <= clock.now(session))
    for chore in session.scalars(select(DeferredChore).where(left)):
        yield Violation(chore.name, day_of(chore.run_at), f"the chore is left undone: {chore.error or 'never begun'}")


def _case(instance: ProcessInstance, evidence: Evidence) -> str:
    return evidence.case(instance.business_id or str(instance.key))
