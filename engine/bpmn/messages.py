"""Messages: published, kept for a while, and correlated with what waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock, exact_json, keys
from engine.bpmn import agenda, definitions, instances, moves, store
from engine.bpmn.history import Event
from engine.bpmn.models import (
    Message,
    MessageSubscription,
    ProcessDefinition,
    StartSubscription,
)
from engine.bpmn.net import effects
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Identity

Wait = tuple[int, int, str]
"""What waits: the instance's key, its token and the event's element id."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A message on its way.

    Attributes:
        correlation_key: what it is about; a subscription with the same name and key takes it.
        time_to_live: how long it is kept for those who begin to wait later.
        message_id: the publisher's id, unique among the kept messages of that name and key.
    """

    name: str
    correlation_key: str = ""
    variables: Mapping[str, object] = field(default_factory=dict)
    time_to_live: timedelta = timedelta(0)
    message_id: str | None = None


def publish(session: Session, message: Publication, *, by: Identity) -> int:
    """Publish a message; return its key. Each process takes it once: a waiting instance, or a new one it starts.

    Raises:
        Forbidden: `by` is no operator.
        Conflict: a message with this name, correlation key and message id is kept already.
    """
    _expect_operator(by, message.name)
    key, _ = _publish(session, message, by=by.username)
    agenda.settle(session)
    return key


def correlate(session: Session, message: Publication, *, by: Identity) -> tuple[int, int]:
    """Give a message to one who waits for it now; return its key and the key of that instance.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: nobody waits for it.
    """
    _expect_operator(by, message.name)
    key, taken = _publish(session, message, by=by.username)
    if not taken:
        reason = "nobody waits for it"
        raise NotFound(f"Expected to correlate message {message.name} ({message.correlation_key}), but {reason}")
    agenda.settle(session)
    return key, next(iter(taken.values()))


def expire(session: Session) -> int:
    """Drop the kept messages whose time is over; return how many."""
    over = delete(Message).where(Message.expires_at <= clock.now(session)).returning(Message.key)
    return len(session.scalars(over).all())


@agenda.handles(effects.MessageThrown, elsewhere=True)
def throw(session: Session, cause: agenda.Cause) -> None:
    """Publish what a process sends."""
    effect = cause.effect
    assert isinstance(effect, effects.MessageThrown)  # noqa: S101 - the agenda dispatches by type
    _publish(session, Publication(effect.message_name, effect.correlation_key, effect.variables), by=cause.by)


@agenda.handles(effects.MessageAwaited, elsewhere=True)
def take_kept(session: Session, cause: agenda.Cause) -> None:
    """Give an instance that begins to wait the oldest kept message that its process has not taken yet."""
    effect, instance = cause.effect, cause.instance
    assert isinstance(effect, effects.MessageAwaited)  # noqa: S101 - the agenda dispatches by type
    kept = select(Message).where(
        Message.name == effect.message_name,
        Message.correlation_key == effect.correlation_key,
        Message.expires_at > clock.now(session),
    )
    wait = (instance.key, effect.token, effect.event_id)
    for message in session.scalars(kept.order_by(Message.key)).all():
        if instance.process_id not in message.correlated:
            if _deliver(session, wait, exact_json.loads(message.variables), by=cause.by):
                message.correlated = [*message.correlated, instance.process_id]
            return


def _publish(session: Session, message: Publication, *, by: str) -> tuple[int, dict[str, int]]:
    """Hand a message to each process once; return its key and who took it, instance keys by process id."""
    now = clock.now(session)
    _expect_new(session, message, now)
    taken = _start(session, message, by=by)
    for wait in _waiting(session, message.name, message.correlation_key):
        place = (wait.instance_key, wait.token, wait.event_id)
        if wait.process_id not in taken and _deliver(session, place, message.variables, by=by):
            taken[wait.process_id] = wait.instance_key
    key = keys.issue()
    if message.time_to_live > timedelta(0):
        session.add(
            Message(
                key=key,
                name=message.name,
                correlation_key=message.correlation_key,
                message_id=message.message_id,
                variables=exact_json.dumps(dict(message.variables)),
                expires_at=now + message.time_to_live,
                correlated=sorted(taken),
            )
        )
        session.flush()  # one that begins to wait in this very transaction takes it
    return key, taken


def _start(session: Session, message: Publication, *, by: str) -> dict[str, int]:
    """Start the processes that begin with this message."""
    taken = {}
    for wanted in session.scalars(select(StartSubscription).where(StartSubscription.message_name == message.name)):
        definition = definitions.get(session, ProcessDefinition, wanted.definition_key)
        origin = instances.Origin(business_id=message.correlation_key or None, start_event=wanted.element_id)
        taken[wanted.process_id] = moves.begin(session, definition, message.variables, by=by, origin=origin)
    return taken


def _waiting(session: Session, name: str, correlation_key: str) -> list[MessageSubscription]:
    """Return who waits for a message, the oldest first."""
    query = select(MessageSubscription).where(
        MessageSubscription.message_name == name, MessageSubscription.correlation_key == correlation_key
    )
    return list(session.scalars(query.order_by(MessageSubscription.instance_key, MessageSubscription.token)))


def _deliver(session: Session, wait: Wait, variables: Mapping[str, object], *, by: str) -> bool:
    """Move the instance that waits; whether it still did when it was locked. What fails there is an incident there."""
    key, token, event_id = wait
    root_key = store.lock(session, key).root_key
    if not store.waits(session, MessageSubscription, wait):
        return False
    arrival = moves.Move(moves.Verb.TRIGGER, token, event_id, Event.MESSAGE, by, variables)
    moves.make_or_park(session, key, root_key, arrival)
    return True


def _expect_new(session: Session, message: Publication, now: datetime) -> None:
    if message.message_id is None:
        return
    same = select(Message).where(
        Message.name == message.name,
        Message.correlation_key == message.correlation_key,
        Message.message_id == message.message_id,
    )
    before = session.scalars(same).first()
    if before is not None and before.expires_at > now:
        reason = f"one with the id {message.message_id} has been published already"
        raise Conflict(f"Expected to publish message {message.name} ({message.correlation_key}), but {reason}")
    if before is not None:
        session.delete(before)
        session.flush()  # its id is free again


def _expect_operator(by: Identity, name: str) -> None:
    if not by.operator:
        raise Forbidden(f"Expected to publish message {name}, but {by.username} is no operator")
