"""Answers kept so that a request sent again, with the same idempotency key, acts once and answers the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.db import Base, Instant
from engine.errors import Invalid

KEPT = timedelta(days=30)
"""How long an answer is kept for a request that is sent again."""


class IdempotencyRecord(Base):
    """What one caller asked under one idempotency key, and what was answered."""

    __tablename__ = "idempotency_record"

    username: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the method, the address and the content."""
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    media_type: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    body: bytes
    media_type: str


def claim(session: Session, key: str, fingerprint: bytes, *, by: str) -> Answer | None:
    """Take an idempotency key, in the caller's transaction; return the answer it was given before, if any.

    Of two requests that race for a key, the later waits here until the former's transaction ends.

    Raises:
        Invalid: the key was used for something else.
    """
    record = IdempotencyRecord(username=by, key=key, fingerprint=fingerprint, created_at=clock.now(session))
    try:
        with session.begin_nested():
            session.add(record)
    except IntegrityError:
        return _known(session, key, fingerprint, by)
    return None


def settle(session: Session, key: str, answer: Answer, *, by: str) -> None:
    """Keep the answer to the request that took the key."""
    record = session.get_one(IdempotencyRecord, (by, key))
    record.status, record.body, record.media_type = answer.status, answer.body, answer.media_type


def forget(session: Session) -> None:
    """Drop the answers that were kept long enough."""
    session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.created_at < clock.now(session) - KEPT))


def _known(session: Session, key: str, fingerprint: bytes, by: str) -> Answer:
    record = session.get_one(IdempotencyRecord, (by, key))
    if record.fingerprint != fingerprint:
        raise Invalid("Expected to act under the idempotency key {key}, but it was used for another request", key=key)
    return Answer(record.status, record.body, record.media_type)
