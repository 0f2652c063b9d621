"""Amendments: who changed what of the organisation, and when. They are appended and never altered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine import clock
from engine.identity import Identity
from engine.reviews.models import Amendment


def note(
    session: Session,
    sheet: str,
    subject: str,
    before: Mapping[str, str] | None,
    after: Mapping[str, str] | None,
    *,
    by: Identity,
) -> None:
    """Keep what a record was and what it is now; None where it was not, or is no more."""
    session.add(
        Amendment(
            sheet=sheet,
            subject=subject,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
            amended_by=by.username,
            amended_at=clock.now(session),
        )
    )


def of_subject(session: Session, subject: str, *visible: ColumnElement[bool]) -> Sequence[Amendment]:
    """List what was changed of an employee, a department or a post, the newest first."""
    own = select(Amendment).where(Amendment.subject == subject, *visible)
    return session.scalars(own.order_by(Amendment.key.desc())).all()
