"""What starts processes without anybody's hand: the messages, signals, conditions and times of their start events.

Only the latest version of a process is armed; it takes the place of the one before when it is deployed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock, feel
from engine.bpmn import agenda, definitions, instances, moves, operations
from engine.bpmn.instances import Origin
from engine.bpmn.models import ProcessDefinition, StartCondition, StartSignal, StartSubscription, StartTimer
from engine.bpmn.net import Net, Node, timers
from engine.bpmn.net.timers import Schedule
from engine.bpmn.net.work import Conditional, Message, Signal, Timer
from engine.bpmn.store import Instance
from engine.errors import Forbidden, Incident, Problem
from engine.identity import ENGINE, Identity
from engine.sentences import Sentence

RETRY_AFTER = timedelta(minutes=1)
RETRIES = 3
"""How often a start at a time is tried before it is left, with its failure to be seen, for the next time."""


class Due(NamedTuple):
    """A time at which a process starts: the process and its start event."""

    process_id: str
    element_id: str


def problems(net: Net, now: datetime) -> Iterator[Problem]:
    """Go through the times of a process's start events that cannot be told when it is deployed."""
    for node in net.triggers:
        event = _event(node)
        if isinstance(event, Timer):
            try:
                _schedule(event, now)
            except (feel.FeelError, ValueError, OverflowError) as error:
                yield Problem(
                    Sentence("its time cannot be told when it is deployed: {error}", error=str(error)),
                    node.id,
                    "bad-time",
                )


def rivals(session: Session, net: Net, beside: Collection[Net]) -> Iterator[Problem]:
    """Name the processes that would take the same cases: the same message begins them, here or deployed before."""
    taken = net.operations & operations.taking()
    for node in net.triggers if taken else ():
        event = _event(node)
        name = event.name.text if isinstance(event, Message) else None
        for other in [*_begun(session, name, {one.process_id for one in beside}), *beside]:
            begins = name in {one.name.text for one in map(_event, other.triggers) if isinstance(one, Message)}
            if begins and other.process_id != net.process_id and taken & other.operations:
                sentence = Sentence(
                    "the message {name} begins {other} too, and both would take the case: deploy it as {other}",
                    name=name,
                    other=other.process_id,
                )
                yield Problem(sentence, node.id, "begun-twice")


def _begun(session: Session, name: str | None, but: Collection[str]) -> list[Net]:
    """List what a message begins, but for processes that are deployed anew."""
    waiting = select(StartSubscription.definition_key).where(
        StartSubscription.message_name == name, StartSubscription.process_id.not_in(but)
    )
    return [definitions.net(session, key) for key in session.scalars(waiting).all()]


def arm(session: Session, definition: ProcessDefinition, net: Net) -> None:
    """Let a version, the newest, be what its events start; nothing starts the versions before it any more."""
    for table in (StartSubscription, StartSignal, StartCondition, StartTimer):
        session.execute(delete(table).where(table.process_id == definition.process_id))
    now = clock.now(session)
    for node in net.triggers:
        place: dict[str, Any] = {"process_id": net.process_id, "element_id": node.id, "definition_key": definition.key}
        match _event(node):
            case Message(name=name):
                session.add(StartSubscription(**place, message_name=name.text))
            case Signal(name=name):
                session.add(StartSignal(**place, signal_name=name.text))
            case Conditional():
                session.add(StartCondition(**place))
            case Timer() as timer:
                schedule = _schedule(timer, now)
                session.add(StartTimer(**place, due_at=schedule.due, schedule=schedule.cells()))


def begin(
    session: Session,
    place: StartCondition | StartTimer,
    variables: Mapping[str, object],
    *,
    by: str,
) -> Instance:
    """Start the process of a start event whose time has come or whose condition holds."""
    definition = definitions.get(session, ProcessDefinition, place.definition_key)
    origin = Origin(start_event=place.element_id)
    return instances.begin(session, definition, variables, by=by, origin=origin)


def begin_or_park(
    session: Session,
    place: StartSubscription | StartSignal,
    variables: Mapping[str, object],
    *,
    by: str,
    origin: Origin | None = None,
) -> int:
    """Start the process of a start event on nobody's behalf, and return the instance's key; its failure is parked."""
    definition = definitions.get(session, ProcessDefinition, place.definition_key)
    origin = replace(origin or Origin(), start_event=place.element_id)
    return moves.begin(session, definition, variables, by=by, origin=origin)


# ---- times


def due(session: Session, *, limit: int = 100) -> list[Due]:
    """Return the start events whose time has come, the earliest first."""
    query = select(StartTimer.process_id, StartTimer.element_id).where(StartTimer.due_at <= clock.now(session))
    return [Due(*found) for found in session.execute(query.order_by(StartTimer.due_at).limit(limit))]


def armed(session: Session, process_id: str | None = None) -> list[StartTimer]:
    """Return the times at which processes, or one, start next, and those whose last start failed."""
    query = select(StartTimer).order_by(StartTimer.process_id, StartTimer.element_id)
    return list(session.scalars(query if process_id is None else query.where(StartTimer.process_id == process_id)))


def fire(session: Session, timer: Due) -> bool:
    """Start a process whose time has come; whether it still had, and no other worker was at it.

    However late it is, a process starts once for all the periods that were missed (the limit of a cycle counts
    starts): a month in which the worker stood still must not open thirty daily reviews at once.

    Raises:
        Incident: the process cannot reach its first wait.
    """
    found = _locked(session, timer)
    if found is None:
        return False
    now = clock.now(session)
    begin(session, found, {}, by=ENGINE)
    found.failures, found.failure = 0, None
    _go_on(session, found, now)
    agenda.settle(session)
    return True


def fail(session: Session, timer: Due, reason: str) -> None:
    """Note that a process could not start: it is tried again soon, and after some tries at its next time."""
    found = _locked(session, timer)
    if found is None:
        return
    now = clock.now(session)
    found.failures, found.failure = found.failures + 1, reason
    if found.failures < RETRIES:
        found.due_at = now + RETRY_AFTER
    else:
        found.failures = 0
        _go_on(session, found, now)


def _locked(session: Session, timer: Due) -> StartTimer | None:
    """Lock a start event that is due, unless another worker has it in hand."""
    query = select(StartTimer).where(
        StartTimer.process_id == timer.process_id,
        StartTimer.element_id == timer.element_id,
        StartTimer.due_at <= clock.now(session),
    )
    return session.scalars(query.with_for_update(skip_locked=True)).first()


def _go_on(session: Session, timer: StartTimer, now: datetime) -> None:
    """Arm the next period of a cycle; what never comes again goes, unless its failure is still to be seen."""
    following = Schedule.of_cells(timer.schedule).following(_environment(now))
    if following is not None:
        timer.due_at, timer.schedule = following.due, following.cells()
    elif timer.failure is None:
        session.delete(timer)
    else:
        timer.due_at = None


# ---- conditions


def evaluate(
    session: Session, variables: Mapping[str, object], *, by: Identity, definition_key: int | None = None
) -> list[Instance]:
    """Start every process, or that of one definition, of which a start condition holds with these variables.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such definition.
        Incident: a condition has no value, or a process cannot reach its first wait.
    """
    if not by.operator:
        raise Forbidden("Expected to evaluate start conditions, but {username} is no operator", username=by.username)
    query = select(StartCondition).order_by(StartCondition.process_id, StartCondition.element_id)
    if definition_key is not None:
        query = query.where(StartCondition.definition_key == definition_key)
        definitions.get(session, ProcessDefinition, definition_key)
    holding = [found for found in session.scalars(query).all() if _holds(session, found, variables)]
    started = [begin(session, found, variables, by=by.username) for found in holding]
    agenda.settle(session)
    return started


def _holds(session: Session, place: StartCondition, variables: Mapping[str, object]) -> bool:
    node = definitions.net(session, place.definition_key).by_id[place.element_id]
    event = _event(node)
    assert isinstance(event, Conditional)  # noqa: S101 - that is what is kept there
    try:
        return event.condition.evaluate(variables, _environment(clock.now(session))) is True
    except feel.FeelError as error:
        sentence = Sentence(
            "Expected to evaluate the condition of {process_id} at {element_id}, but {error}",
            process_id=place.process_id,
            element_id=place.element_id,
            error=str(error),
        )
        raise Incident(sentence, element_id=place.element_id) from error


def _event(node: Node) -> object:
    return getattr(node.work, "event", None)


def _schedule(timer: Timer, now: datetime) -> Schedule:
    environment = _environment(now)
    return timers.schedule(timer, timer.formula.evaluate({}, environment), environment)


def _environment(now: datetime) -> feel.Environment:
    """Return what a start event knows: there are no variables yet, and no cycle whose zone would hold."""
    return feel.Environment(now=now, zone=ZoneInfo(instances.ZONE))
