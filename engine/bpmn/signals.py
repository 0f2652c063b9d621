"""Signals: broadcast to every instance that listens."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, or_, select, true, tuple_
from sqlalchemy.orm import Session

from engine.bpmn import agenda, moves, starts, store
from engine.bpmn.history import Event
from engine.bpmn.models import ProcessInstance, SignalSubscription, StartSignal
from engine.bpmn.net import effects
from engine.errors import Forbidden
from engine.identity import Identity


def broadcast(session: Session, name: str, variables: Mapping[str, object], *, by: Identity) -> int:
    """Send a signal to all who listen to it now, and start the processes that begin with it; return how many.

    Raises:
        Forbidden: `by` is no operator.
    """
    if not by.operator:
        raise Forbidden(
            "Expected to broadcast signal {name}, but {username} is no operator", name=name, username=by.username
        )
    heard = _broadcast(session, name, variables, true(), by=by.username)
    agenda.settle(session)
    return heard


@agenda.handles(effects.SignalThrown, elsewhere=True)
def throw(session: Session, cause: agenda.Cause) -> None:
    """Broadcast what a process throws."""
    effect = cause.effect
    assert isinstance(effect, effects.SignalThrown)  # noqa: S101 - the agenda dispatches by type
    place = tuple_(SignalSubscription.token, SignalSubscription.event_id)
    then = or_(
        SignalSubscription.instance_key != cause.instance.key,
        and_(SignalSubscription.token <= effect.youngest, place.not_in(sorted(effect.heard))),
    )
    _broadcast(session, effect.signal_name, effect.variables, then, by=cause.by)


def _broadcast(
    session: Session, name: str, variables: Mapping[str, object], listened: ColumnElement[bool], *, by: str
) -> int:
    listening = (
        select(SignalSubscription, ProcessInstance.root_key)
        .join(ProcessInstance, ProcessInstance.key == SignalSubscription.instance_key)
        .where(SignalSubscription.signal_name == name, listened)
        .order_by(ProcessInstance.root_key, SignalSubscription.instance_key, SignalSubscription.token)
    )
    heard = 0
    for wait, root_key in session.execute(listening).all():
        place = (wait.instance_key, wait.token, wait.event_id)
        store.lock(session, wait.instance_key, root_key)
        if store.waits(session, SignalSubscription, place):
            hearing = moves.Move(moves.Verb.TRIGGER, wait.token, wait.event_id, Event.SIGNAL, by, variables)
            moves.make_or_park(session, wait.instance_key, root_key, hearing)
            heard += 1
    return heard + _start(session, name, variables, by=by)


def _start(session: Session, name: str, variables: Mapping[str, object], *, by: str) -> int:
    """Start the processes that begin with this signal; return how many."""
    query = select(StartSignal).where(StartSignal.signal_name == name)
    wanted = session.scalars(query.order_by(StartSignal.process_id, StartSignal.element_id)).all()
    for place in wanted:
        starts.begin_or_park(session, place, variables, by=by)
    return len(wanted)
