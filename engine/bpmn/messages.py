"""Messages: published, kept for a while, and correlated with what waits for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Select, case, delete, func, select, text
from sqlalchemy.orm import Session

from engine import clock, db, exact_json, keys
from engine.bpmn import agenda, moves, starts, store
from engine.bpmn.history import Event
from engine.bpmn.instances import Origin
from engine.bpmn.models import InstanceState, Message, MessageSubscription, ProcessInstance, StartSubscription
from engine.bpmn.net import effects
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Identity
from engine.sentences import Sentence

KEPT = timedelta(hours=1)
"""How long a message is kept that a process has sent and nobody has taken yet."""

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


def publish(session: Session, message: Publication, *, by: Identity, conversation: int | None = None) -> int:
    """Publish a message; return its key. Each process takes it once: a waiting instance, or a new one it starts.

    What it starts counts its days as the instance that began the `conversation` does, where one is named.

    Raises:
        Forbidden: `by` is no operator.
        Conflict: a message with this name, correlation key and message id is kept already.
    """
    _expect_operator(by, message.name)
    key, _ = _publish(session, message, by=by.username, conversation=conversation)
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
        reason = Sentence("nobody waits for it")
        raise NotFound(
            "Expected to correlate message {name} ({correlation_key}), but {reason}",
            name=message.name,
            correlation_key=message.correlation_key,
            reason=reason,
        )
    agenda.settle(session)
    return key, next(iter(taken.values()))


def announce(session: Session, message: Publication, *, instance_key: int, by: Identity) -> None:
    """Send a message as the instance that is being moved: it is taken once that one is saved, in this transaction.

    An operation says so what its own process waits for elsewhere. What nobody waits for is kept for a while.
    """
    sent = effects.MessageThrown(
        token=0,  # no element of the diagram sends it
        element_id="",
        message_name=message.name,
        correlation_key=message.correlation_key,
        variables=message.variables,
    )
    agenda.put(session, agenda.Cause(store.read(session, instance_key), sent, by.username))


def expire(session: Session) -> int:
    """Drop the kept messages whose time is over; return how many."""
    over = delete(Message).where(Message.expires_at <= clock.now(session)).returning(Message.key)
    return len(session.scalars(over).all())


@agenda.handles(effects.MessageThrown, elsewhere=True)
def throw(session: Session, cause: agenda.Cause) -> None:
    """Publish what a process sends; what nobody waits for yet is kept for a while, as Camunda's clients do."""
    effect = cause.effect
    assert isinstance(effect, effects.MessageThrown)  # noqa: S101 - the agenda dispatches by type
    message = Publication(effect.message_name, effect.correlation_key, effect.variables, KEPT)
    instance = cause.instance
    taken = {instance.process_id: instance.key} if effect.taken else {}
    if not _hand_over(session, message, by=cause.by, conversation=instance.conversation, taken=taken):
        _keep(session, message, conversation=instance.conversation)


@agenda.handles(effects.MessageAwaited, elsewhere=True)
def take_kept(session: Session, cause: agenda.Cause) -> None:
    """Give an instance that begins to wait the oldest kept message that its process has not taken yet.

    What was sent in its own conversation comes before the rest.
    """
    effect, instance = cause.effect, cause.instance
    assert isinstance(effect, effects.MessageAwaited)  # noqa: S101 - the agenda dispatches by type
    wait = (instance.key, effect.token, effect.event_id)
    near = case((Message.conversation_key == instance.conversation, 0), else_=1)
    kept = _kept(session, [effect.message_name], effect.correlation_key).order_by(near, Message.key)
    for message in session.scalars(kept).all():
        if instance.process_id not in message.correlated:
            if _deliver(session, wait, exact_json.loads(message.variables), by=cause.by):
                message.correlated = [*message.correlated, instance.process_id]
            return


@agenda.handles(agenda.Freed, elsewhere=True)
def start_with_kept(session: Session, cause: agenda.Cause) -> None:
    """Start a process again with the oldest message that was kept while an instance with the same key ran."""
    ended, freed = cause.instance, cause.effect
    assert isinstance(freed, agenda.Freed)  # noqa: S101 - the agenda dispatches by type
    wanted = select(StartSubscription).where(StartSubscription.process_id == ended.process_id)
    places = {place.message_name: place for place in session.scalars(wanted.order_by(StartSubscription.element_id))}
    for message in session.scalars(_kept(session, places, freed.correlation_key).order_by(Message.key)).all():
        if ended.process_id not in message.correlated:
            publication = Publication(message.name, message.correlation_key, exact_json.loads(message.variables))
            place = places[message.name]
            if _start(session, place, publication, by=cause.by, conversation=message.conversation_key):
                message.correlated = [*message.correlated, ended.process_id]
            return


def _publish(
    session: Session, message: Publication, *, by: str, conversation: int | None = None
) -> tuple[int, dict[str, int]]:
    """Hand a message to each process once and keep it if it says so; return its key and who took it."""
    _expect_new(session, message, clock.now(session))
    taken = _hand_over(session, message, by=by, conversation=conversation)
    kept = message.time_to_live > timedelta(0)
    return (_keep(session, message, taken, conversation=conversation) if kept else keys.issue()), taken


def _hand_over(
    session: Session,
    message: Publication,
    *,
    by: str,
    conversation: int | None = None,
    taken: Mapping[str, int] = MappingProxyType({}),
) -> dict[str, int]:
    """Hand a message to each process once, to one that waits or one that it starts; return the instances by process.

    Of those processes that have `taken` it already nobody is told again.
    """
    taken = dict(taken)
    for wait in _waiting(session, message, conversation):
        place = (wait.instance_key, wait.token, wait.event_id)
        if wait.process_id not in taken and _deliver(session, place, message.variables, by=by):
            taken[wait.process_id] = wait.instance_key
    wanted = select(StartSubscription).where(StartSubscription.message_name == message.name)
    for start in session.scalars(wanted.order_by(StartSubscription.process_id, StartSubscription.element_id)).all():
        if start.process_id not in taken:
            begun = _start(session, start, message, by=by, conversation=conversation)
            taken |= {start.process_id: begun} if begun else {}
    return taken


def _keep(session: Session, message: Publication, taken: Iterable[str] = (), *, conversation: int | None = None) -> int:
    """Keep a message for those who begin to wait later; return its key."""
    kept = Message(
        key=keys.issue(),
        name=message.name,
        correlation_key=message.correlation_key,
        message_id=message.message_id,
        variables=exact_json.dumps(dict(message.variables)),
        expires_at=clock.now(session) + message.time_to_live,
        correlated=sorted(taken),
        conversation_key=conversation,
    )
    session.add(kept)
    session.flush()  # one that begins to wait in this very transaction takes it
    return kept.key


def _kept(session: Session, names: Iterable[str], correlation_key: str) -> Select[Message]:
    """Return the query for the kept messages of some names and a key whose time is not over."""
    return select(Message).where(
        Message.name.in_(list(names)),
        Message.correlation_key == correlation_key,
        Message.expires_at > clock.now(session),
    )


def _start(
    session: Session, place: StartSubscription, message: Publication, *, by: str, conversation: int | None = None
) -> int | None:
    """Start a process with a message, unless it runs already with the same key; return the key of the instance."""
    key = message.correlation_key or None
    if key is not None and _is_running(session, place.process_id, key):
        return None
    origin = replace(_beside(session, conversation), business_id=key, correlation_key=key)
    return starts.begin_or_park(session, place, message.variables, by=by, origin=origin)


def _beside(session: Session, conversation: int | None) -> Origin:
    """Return the origin of an instance in a conversation: it counts its days as the one that began this does (E-47)."""
    first = None if conversation is None else session.get(ProcessInstance, conversation)
    if first is None:
        return Origin(conversation_key=conversation)
    return Origin(zone=first.zone, calendar=first.calendar, cut_off=first.cut_off, conversation_key=conversation)


def _is_running(session: Session, process_id: str, correlation_key: str) -> bool:
    """Whether an instance runs that a message with this key started; nobody else starts one until the commit."""
    if not db.bound().sqlite:  # where there is one writer, the transaction itself keeps the others out
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))")
        session.execute(lock, {"place": f"{process_id} {correlation_key}"})
    running = select(ProcessInstance.key).where(
        ProcessInstance.process_id == process_id,
        ProcessInstance.correlation_key == correlation_key,
        ProcessInstance.state == InstanceState.ACTIVE,
    )
    return session.scalars(running.limit(1)).first() is not None


def _waiting(session: Session, message: Publication, conversation: int | None) -> list[MessageSubscription]:
    """Return who waits for a message: first who takes part in the sender's conversation, the oldest first."""
    own = func.coalesce(ProcessInstance.conversation_key, ProcessInstance.root_key)
    query = (
        select(MessageSubscription)
        .join(ProcessInstance, ProcessInstance.key == MessageSubscription.instance_key)
        .where(
            MessageSubscription.message_name == message.name,
            MessageSubscription.correlation_key == message.correlation_key,
        )
        .order_by(case((own == conversation, 0), else_=1), MessageSubscription.instance_key, MessageSubscription.token)
    )
    return list(session.scalars(query))


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
        reason = Sentence("one with the id {message_id} has been published already", message_id=message.message_id)
        raise Conflict(
            "Expected to publish message {name} ({correlation_key}), but {reason}",
            name=message.name,
            correlation_key=message.correlation_key,
            reason=reason,
        )
    if before is not None:
        session.delete(before)
        session.flush()  # its id is free again


def _expect_operator(by: Identity, name: str) -> None:
    if not by.operator:
        raise Forbidden(
            "Expected to publish message {name}, but {username} is no operator", name=name, username=by.username
        )
