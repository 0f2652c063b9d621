"""Readings: who other than the appellant opened an appeal's case, and when; so a leak can be traced (E-81)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Forbidden
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import Appeal, AppealReading, Role


def note(session: Session, key: int, *, by: Identity) -> None:
    """Keep that somebody reads the case of an appeal that they may know of; the appellant's own reading is no news."""
    known = select(Appeal).where(Appeal.key == key, Appeal.lodged_by != by.username, access.appeals(session, by))
    if session.scalar(known) is not None:
        session.add(AppealReading(appeal_key=key, read_by=by.username, read_at=clock.now(session)))


def of_appeal(session: Session, appeal: Appeal, *, by: Identity) -> Sequence[AppealReading]:
    """List who read the case, the newest first, as the appellant, HR or an auditor.

    Raises:
        Forbidden: `by` is none of them.
    """
    if not (by.username == appeal.lodged_by or {Role.HR, Role.AUDITOR} & by.groups):
        raise Forbidden(
            "Expected to see who read appeal {key}, but {username} has no part in that",
            key=appeal.key,
            username=by.username,
        )
    own = select(AppealReading).where(AppealReading.appeal_key == appeal.key)
    return session.scalars(own.order_by(AppealReading.key.desc())).all()
