"""Incidents: work in the background that failed and waits for somebody to mend it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, keys
from engine.bpmn.models import IncidentRecord


def record(session: Session, instance_key: int, *, token: int, element_id: str, message: str) -> None:
    """Record that an instance cannot go on."""
    session.add(
        IncidentRecord(
            key=keys.issue(),
            instance_key=instance_key,
            token=token,
            element_id=element_id,
            message=message,
            created_at=clock.now(session),
        )
    )


def open_ones(session: Session) -> list[IncidentRecord]:
    """Return the incidents that nobody has resolved, the oldest first."""
    query = select(IncidentRecord).where(IncidentRecord.resolved_at.is_(None))
    return list(session.scalars(query.order_by(IncidentRecord.key)))
