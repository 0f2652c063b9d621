"""The tables of monthly check-ins: what is tracked between targets and evaluation, without a grade."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, own_key


class CheckIn(Base):
    """One month of one review: the focus, the work summary, the superior's answer. It has no score."""

    __tablename__ = "check_in"
    __table_args__ = (UniqueConstraint("review_key", "month"),)

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key", index=False)
    month: Mapped[str]
    """Such as 2025-08."""
    begun_at: Mapped[datetime] = mapped_column(Instant)
    focus: Mapped[str] = mapped_column(default="")
    """The core battle that the calibration of targets at the month's start names (L001-10)."""
    focused_by: Mapped[str] = mapped_column(default="")
    focused_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    values: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default_factory=list)
    """How far the measured indicators are, each with `indicator` and `value`: tracked, not scored (L000-11)."""
    summary: Mapped[str] = mapped_column(default="")
    """The work summary (L004-11)."""
    obstacles: Mapped[str] = mapped_column(default="")
    summarised_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    answer: Mapped[str] = mapped_column(default="")
    """What the superior says to it in the monthly talk (L003-14)."""
    answered_by: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class WeeklyNote(Base):
    """What an appraisee looked back on at the end of a week (L002-14)."""

    __tablename__ = "weekly_note"

    key: Mapped[int] = own_key()
    check_in_key: Mapped[int] = link("check_in.key")
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Instant)
