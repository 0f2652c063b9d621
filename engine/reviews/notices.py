"""Notices: what people are told, written in the transaction of what it tells of (E-63)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import people
from engine.reviews.models import Notice


def write(session: Session, person_key: int, kind: str, **details: object) -> Notice:
    """Tell somebody something; `kind` names the text, `details` what it mentions."""
    notice = Notice(person_key=person_key, kind=kind, details=details, written_at=clock.now(session))
    session.add(notice)
    return notice


def of_person(session: Session, *, by: Identity, unread: bool = False) -> Sequence[Notice]:
    """List one's own notices, the newest first."""
    own = select(Notice).where(Notice.person_key == people.named(session, by.username).key)
    chosen = own.where(Notice.read_at.is_(None)) if unread else own
    return session.scalars(chosen.order_by(Notice.key.desc())).all()


def mark_read(session: Session, key: int, *, by: Identity) -> Notice:
    """Mark one of one's own notices as read.

    Raises:
        NotFound: there is no such notice, or it is somebody else's.
    """
    notice = session.get(Notice, key)
    if notice is None or notice.person_key != people.named(session, by.username).key:
        raise NotFound(f"Expected to find notice {key}, but {by.username} has none")
    if notice.read_at is None:
        notice.read_at = clock.now(session)
    return notice
