"""Timers: rows with a due time. A late wake fires once, and the process goes by the time it was due."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import definitions, moves, store
from engine.bpmn.history import Event
from engine.bpmn.models import ProcessInstance, Timer
from engine.bpmn.net.work import Job
from engine.identity import ENGINE

RETRY_AFTER = timedelta(minutes=1)
RETRIES = 3
"""How often a timer whose process cannot go on is tried before an incident is raised."""

Due = tuple[int, int, str]
"""A timer: its instance's key, its token and its event's element id."""


def due(session: Session, *, limit: int = 100) -> list[Due]:
    """Return the timers whose time has come, the earliest first."""
    query = select(Timer.instance_key, Timer.token, Timer.event_id).where(Timer.due_at <= clock.now(session))
    return list(session.execute(query.order_by(Timer.due_at).limit(limit)))


def fire(session: Session, timer: Due) -> bool:
    """Let a timer fire that is due; whether it still was, once its instance was locked.

    Raises:
        Incident: the process cannot go on.
    """
    key, token, event_id = timer
    root_key = store.lock(session, key).root_key
    still = select(Timer.due_at).where(Timer.instance_key == key, Timer.token == token, Timer.event_id == event_id)
    due_at = session.scalars(still).first()
    if due_at is None or due_at > clock.now(session):
        return False
    moves.make(session, key, root_key, _firing(timer))
    return True


def leading_to(session: Session, instance_key: int, operation: str) -> datetime | None:
    """Tell when the timer of an instance fires that leads straight to an operation; None where none is armed."""
    played = select(ProcessInstance.definition_key).where(ProcessInstance.key == instance_key)
    net = definitions.net(session, session.scalars(played).one())
    armed = select(Timer).where(Timer.instance_key == instance_key).order_by(Timer.first_due_at)
    for timer in session.scalars(armed):
        for flow in net.by_id[timer.event_id].flows:
            work = net.nodes[flow.target].work
            if isinstance(work, Job) and work.type.text == operation:
                return timer.first_due_at
    return None


def fail(session: Session, timer: Due, error: Exception) -> None:
    """Note that a timer's process could not go on: it is tried again, and after some tries is an incident."""
    key, token, event_id = timer
    store.lock(session, key)
    mine = (Timer.instance_key == key, Timer.token == token, Timer.event_id == event_id)
    now = clock.now(session)
    failures = session.scalars(
        update(Timer)
        .where(*mine)
        .values(failures=Timer.failures + 1, due_at=now + RETRY_AFTER)
        .returning(Timer.failures)
    ).first()
    if failures is not None and failures >= RETRIES:
        moves.park(session, key, _firing(timer), error, attempts=RETRIES)


def _firing(timer: Due) -> moves.Move:
    _, token, event_id = timer
    return moves.Move(moves.Verb.TRIGGER, token, event_id, Event.TIMER, ENGINE)
