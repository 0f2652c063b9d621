"""Incidents: an instance could not go on behind everybody's back; somebody mends the cause and resolves them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import history, moves, store
from engine.bpmn.history import Event
from engine.bpmn.models import IncidentRecord, Job, JobState
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Identity
from engine.sentences import Sentence


def visible_to(identity: Identity) -> ColumnElement[bool]:
    """Return the condition for the incidents an account may know of: they are for operators."""
    return true() if identity.operator else false()


def get(session: Session, key: int, *, by: Identity) -> IncidentRecord:
    """Return the incident of a key.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    found = session.scalars(select(IncidentRecord).where(IncidentRecord.key == key, visible_to(by))).first()
    if found is None:
        raise NotFound(
            "Expected to find incident {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    return found


def open_ones(session: Session) -> list[IncidentRecord]:
    """Return the incidents that nobody has resolved, the oldest first."""
    query = select(IncidentRecord).where(IncidentRecord.resolved_at.is_(None))
    return list(session.scalars(query.order_by(IncidentRecord.key)))


def resolve(session: Session, key: int, *, by: Identity, another_try: bool = False) -> None:
    """Resolve an incident: what failed is done again, or its job is there for workers again.

    A new failure makes a new incident. With `another_try` its job gets one more if it has none left.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such incident.
        Conflict: it is resolved already, or its job has no retries left.
    """
    if not by.operator:
        raise Forbidden(
            "Expected to resolve incident {key}, but {username} is no operator", key=key, username=by.username
        )
    incident = get(session, key, by=by)
    instance = store.lock(session, incident.instance_key)
    session.refresh(incident)  # as it is under the lock: somebody may have been faster
    if incident.resolved_at is not None:
        raise Conflict("Expected to resolve incident {key}, but it is resolved already", key=key)
    if incident.job_key is not None:
        _release(session, incident, another_try=another_try)
    _settle(session, instance, incident, by)
    move = moves.parked(incident)
    if move is not None:
        moves.make_or_park(session, instance.key, instance.root_key, move, tried=incident.attempts)


def _release(session: Session, incident: IncidentRecord, *, another_try: bool) -> None:
    """Let workers take the job again."""
    job = session.get_one(Job, incident.job_key, with_for_update=True, populate_existing=True)
    if another_try:
        job.retries = max(job.retries, 1)
    if job.retries < 1:
        reason = Sentence("its job {key} has no retries left: raise them first", key=job.key)
        raise Conflict("Expected to resolve incident {key}, but {reason}", key=incident.key, reason=reason)
    now = clock.now(session)
    job.state, job.incident_key, job.available_at, job.updated_at = JobState.CREATED, None, now, now
    job.error_code = None


def _settle(session: Session, instance: store.Instance, incident: IncidentRecord, by: Identity) -> None:
    """Note who resolved an incident, and when, in it and in the history."""
    now = clock.now(session)
    incident.resolved_at, incident.resolved_by = now, by.username
    session.flush()  # its instance may be moved on next
    instance.incidents -= 1
    row = history.row(
        instance,
        at=now,
        by=by.username,
        event=Event.RESOLVED,
        element_id=incident.element_id,
        details={"incident": str(incident.key)},
    )
    store.save(session, instance, store.Changes(), row, now=now)
