"""Notices: what people are told, written in the transaction of what it tells of (E-63).

What is written in a quiet time of the calendar by which somebody works is held back until it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine import calendars, clock, identity
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews.models import Notice
from engine.reviews.organisation import people


def write(session: Session, person_key: int, kind: str, **details: object) -> Notice:
    """Tell somebody something; `kind` names the text, `details` what it mentions."""
    held = _held_until(session, person_key)
    notice = Notice(person_key=person_key, kind=kind, details=details, written_at=clock.now(session), held_until=held)
    session.add(notice)
    return notice


def told(now: datetime) -> ColumnElement[bool]:
    """Choose the notices that are not held back."""
    return or_(Notice.held_until.is_(None), Notice.held_until <= now)


def of_person(session: Session, *, by: Identity, unread: bool = False) -> Sequence[Notice]:
    """List one's own notices, the newest first."""
    own = select(Notice).where(Notice.person_key == people.named(session, by.username).key, told(clock.now(session)))
    chosen = own.where(Notice.read_at.is_(None)) if unread else own
    return session.scalars(chosen.order_by(Notice.key.desc())).all()


def mark_read(session: Session, key: int, *, by: Identity) -> Notice:
    """Mark one of one's own notices as read.

    Raises:
        NotFound: there is no such notice, or it is somebody else's.
    """
    notice = session.get(Notice, key)
    if notice is None or notice.person_key != people.named(session, by.username).key:
        raise NotFound("Expected to find notice {key}, but {username} has none", key=key, username=by.username)
    if notice.read_at is None:
        notice.read_at = clock.now(session)
    return notice


def _held_until(session: Session, person_key: int) -> datetime | None:
    """Tell when the quiet time is over that somebody has today, if it is one."""
    username = people.by_key(session, person_key).username
    today = calendars.today(session)
    loud = identity.calendar_of(session, username, calendars.DEFAULT).first_loud_day(today)
    return None if loud == today else datetime.combine(loud, time(), calendars.HOME_ZONE)
