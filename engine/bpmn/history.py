"""The history: one signed row per transition of an instance, append-only (D15, D18)."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from engine import db, exact_json
from engine.bpmn import seals
from engine.bpmn.models import HistoryRow, ProcessInstance


class Event(StrEnum):
    """What moved an instance."""

    STARTED = "STARTED"
    COMPLETED = "TASK_COMPLETED"
    ASSIGNED = "TASK_ASSIGNED"
    UPDATED = "TASK_UPDATED"
    TIMER = "TIMER_FIRED"
    MESSAGE = "MESSAGE_CORRELATED"
    SIGNAL = "SIGNAL_RECEIVED"
    CALLED = "CALL_COMPLETED"
    FAILED = "CALL_FAILED"
    ESCALATED = "CALL_ESCALATED"
    CONTINUED = "CONTINUED"
    RESCHEDULED = "DEADLINES_MOVED"
    EXTENDED = "DEADLINE_EXTENDED"
    REOPENED = "TASK_REOPENED"
    JOB_COMPLETED = "JOB_COMPLETED"
    JOB_FAILED = "JOB_FAILED"
    JOB_ERROR = "JOB_ERROR_THROWN"
    INCIDENT = "INCIDENT_RAISED"
    RESOLVED = "INCIDENT_RESOLVED"
    CANCELED = "CANCELED"
    MIGRATED = "MIGRATED"
    MODIFIED = "MODIFIED"
    VARIABLES = "VARIABLES_SET"


@dataclass(frozen=True, slots=True)
class Entry:
    """One transition, as it is read."""

    instance_key: int
    sequence: int
    at: datetime
    by: str
    event: Event
    element_id: str | None
    details: dict[str, Any]
    proof: str
    """The signature of its row, in hexadecimal: whoever has it can have the rest checked."""


class Numbered(Protocol):
    """An instance whose transitions are counted."""

    key: int
    sequence: int


def row(
    instance: Numbered, *, at: datetime, by: str, event: Event, element_id: str | None, details: dict[str, Any]
) -> dict[str, Any]:
    """Return the signed row of an instance's next transition, to be inserted."""
    instance.sequence += 1
    values: dict[str, Any] = {
        "instance_key": instance.key,
        "sequence": instance.sequence,
        "at": at,
        "by": by,
        "event": event.value,
        "element_id": element_id,
        "details": exact_json.dumps(details),
    }
    return {**values, "signature": _signature(values)}


def append(
    session: Session,
    instance: Numbered,
    *,
    at: datetime,
    by: str,
    event: Event,
    element_id: str | None,
    details: dict[str, Any],
) -> None:
    """Add a transition that moves no token; the instance is locked."""
    values = row(instance, at=at, by=by, event=event, element_id=element_id, details=details)
    session.add(HistoryRow(**values))


def of(session: Session, instance_key: int) -> list[Entry]:
    """Return an instance's transitions in their order."""
    rows = session.scalars(
        select(HistoryRow).where(HistoryRow.instance_key == instance_key).order_by(HistoryRow.sequence)
    )
    return [_entry(row) for row in rows]


def _entry(row: HistoryRow) -> Entry:
    return Entry(
        instance_key=row.instance_key,
        sequence=row.sequence,
        at=row.at,
        by=row.by,
        event=Event(row.event),
        element_id=row.element_id,
        details=exact_json.loads(row.details),
        proof=row.signature.hex(),
    )


def verify(session: Session) -> Iterator[str]:
    """Yield a sentence for every row that is missing, added or not as it was written."""
    yield from _verify_rows(session, true(), true())
    yield from seals.verify(session)


def verify_instances(session: Session, instance_keys: Collection[int]) -> Iterator[str]:
    """Yield a sentence for every row of some instances that is missing, added or not as it was written."""
    yield from _verify_rows(session, ProcessInstance.key.in_(instance_keys), HistoryRow.instance_key.in_(instance_keys))


def _verify_rows(session: Session, instances: ColumnElement[bool], rows: ColumnElement[bool]) -> Iterator[str]:
    last = dict(session.execute(select(ProcessInstance.key, ProcessInstance.sequence).where(instances)).all())
    seen: dict[int, int] = {}
    query = select(HistoryRow).where(rows).order_by(HistoryRow.instance_key, HistoryRow.sequence)
    for entry in session.scalars(query.execution_options(yield_per=1000)):
        expected = seen.get(entry.instance_key, 0) + 1
        if entry.sequence != expected:
            yield f"process instance {entry.instance_key}: transition {expected} is missing"
        seen[entry.instance_key] = entry.sequence
        if not hmac.compare_digest(entry.signature, _signature(_values(entry))):
            yield f"process instance {entry.instance_key}: transition {entry.sequence} is not as it was written"
    for key, sequence in last.items():
        if seen.get(key, 0) < sequence:
            yield f"process instance {key}: the transitions from {seen.get(key, 0) + 1} to {sequence} are missing"


def _values(entry: HistoryRow) -> dict[str, Any]:
    names = ("instance_key", "sequence", "at", "by", "event", "element_id", "details")
    return {name: getattr(entry, name) for name in names}


def _signature(values: dict[str, Any]) -> bytes:
    """Return the HMAC of a row's values under the installation's secret."""
    written = {**values, "at": values["at"].isoformat(), "details": values["details"].decode()}
    return hmac.digest(db.bound().settings.secret_key, exact_json.canonical(written), sha256)
