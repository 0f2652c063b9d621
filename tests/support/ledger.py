"""Whether an instance's rows say what its state says: tasks, timers, subscriptions and a history without gaps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import feel
from engine.bpmn import definitions, history, moves
from engine.bpmn.models import (
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
from engine.bpmn.net import codec, work
from engine.bpmn.net.nodes import Node
from engine.bpmn.net.tokens import State, Token

Waits = set[tuple[int, str]]

_KINDS = {work.Timer: Timer, work.Message: MessageSubscription, work.Signal: SignalSubscription}


def discrepancies(session: Session) -> Iterator[str]:
    """Yield a sentence for all that does not fit together, of every instance."""
    for instance in session.scalars(select(ProcessInstance).order_by(ProcessInstance.key)):
        state = _state(session, instance)
        wanted = _waits(state) if instance.state is InstanceState.ACTIVE else {}
        if (instance.state is InstanceState.ACTIVE) != (state.status.value == "active"):
            yield f"{instance.key}: its row is {instance.state} and its state {state.status}"
        parked = _parked(session, instance)
        for kind in (UserTask, Job, *_KINDS.values()):
            found, waits = _rows(session, instance, kind) - parked, wanted.get(kind, set()) - parked
            if found != waits:
                yield f"{instance.key}: {kind.__tablename__} {sorted(found)}, waits {sorted(waits)}"
        numbers = select(HistoryRow.sequence).where(HistoryRow.instance_key == instance.key)
        told = session.scalars(numbers.order_by(HistoryRow.sequence)).all()
        if list(told) != list(range(1, instance.sequence + 1)):
            yield f"{instance.key}: its history is {told}, and it counts {instance.sequence}"
    yield from history.verify(session)


def _state(session: Session, instance: ProcessInstance) -> State:
    net = definitions.net(session, instance.definition_key)
    blob = select(ProcessInstance.state_blob).where(ProcessInstance.key == instance.key)
    state = codec.load(net, session.scalars(blob).one(), feel.Environment(now=datetime.now(UTC)))
    for shelf in list(state.shelves):
        state._open(shelf)
    return state


def _waits(state: State) -> dict[type, Waits]:
    found: dict[type, Waits] = {}
    for token in state.tokens.values():
        for index in token.waits:
            node = state.net.nodes[index]
            kind = _kind(token, node)
            if kind is not None:
                found.setdefault(kind, set()).add((token.id, node.id))
    return found


def _kind(token: Token, node: Node) -> type | None:
    if isinstance(node.work, work.UserTask):
        return UserTask
    if isinstance(node.work, work.Job):
        return Job
    return _KINDS.get(type(getattr(node.work, "event", None)))


def _parked(session: Session, instance: ProcessInstance) -> Waits:
    """Return the waits that something came to which failed: an incident keeps what is to happen."""
    mine = select(IncidentRecord).where(IncidentRecord.instance_key == instance.key)
    found = session.scalars(mine.where(IncidentRecord.resolved_at.is_(None)))
    return {(move.token, move.element_id) for incident in found if (move := moves.parked(incident))}


def _rows(session: Session, instance: ProcessInstance, kind: type) -> Waits:
    if kind is UserTask:
        tasks = select(UserTask.token, UserTask.element_id).where(
            UserTask.instance_key == instance.key, UserTask.state == TaskState.CREATED
        )
        return set(map(tuple, session.execute(tasks)))
    if kind is Job:
        jobs = select(Job.token, Job.element_id).where(Job.instance_key == instance.key, Job.ended_at.is_(None))
        return set(map(tuple, session.execute(jobs)))
    waits = select(kind.token, kind.event_id).where(kind.instance_key == instance.key)
    return set(map(tuple, session.execute(waits)))
