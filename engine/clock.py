"""The one clock (D19): the database's time, or an instant pinned in the database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Instant, bound
from engine.errors import Forbidden
from engine.sentences import Sentence


class PinnedClock(Base):
    """The instant that stands for now, where the clock is controlled."""

    __tablename__ = "pinned_clock"

    instant: Mapped[datetime] = mapped_column(Instant, primary_key=True)


def now(session: Session) -> datetime:
    """Return the instant of this session's transaction, aware and in UTC; the same at every call within it."""
    known: datetime | None = session.info.get("now")
    if known is None:
        known = session.info["now"] = _read(session)
    return known


def pin(session: Session, instant: datetime) -> None:
    """Let `instant` stand for now, in every process on this database.

    Raises:
        Forbidden: the clock is not controlled.
    """
    _expect_controlled(Sentence("pin"))
    session.execute(delete(PinnedClock))
    session.add(PinnedClock(instant=instant))
    session.flush()  # the instant is read back by now() in this very transaction
    session.info.pop("now", None)


def reset(session: Session) -> None:
    """Let the clock run again.

    Raises:
        Forbidden: the clock is not controlled.
    """
    _expect_controlled(Sentence("reset"))
    session.execute(delete(PinnedClock))
    session.info.pop("now", None)


def _expect_controlled(verb: str) -> None:
    if not bound().settings.controlled_clock:
        raise Forbidden("Expected to {verb} the clock, but REVIEWFLOW_CONTROLLED_CLOCK is not set to 1", verb=verb)


def _read(session: Session) -> datetime:
    database = bound()
    if database.settings.controlled_clock and (
        pinned := session.execute(select(PinnedClock.instant)).scalar_one_or_none()
    ):
        return pinned
    if database.sqlite:
        return datetime.now(UTC)  # an embedded database has the process's own time
    instant: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return instant.astimezone(UTC)
