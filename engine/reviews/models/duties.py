"""The tables of recurring duties: meetings, deliverables, trainings, and each occasion of them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, own_key, stored


class OccasionState(StrEnum):
    """How far one occasion of a duty is."""

    OPEN = "open"
    """It is to be carried out, or was returned."""
    CARRIED_OUT = "carried-out"
    """It waits for its confirmation."""
    DONE = "done"
    """It is confirmed, or nobody has to."""
    EMPTY = "empty"
    """There was nobody who should have attended."""


class Duty(Base):
    """Something that recurs by the working calendar, as HR planned it; to change it, HR ends it and plans another."""

    __tablename__ = "duty"

    key: Mapped[int] = own_key()
    duty_id: Mapped[str] = mapped_column(index=True)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What `engine.reviews.meetings.duties` reads and writes."""
    planned_by: Mapped[str]
    planned_at: Mapped[datetime] = mapped_column(Instant)
    ended_by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class Occasion(Base):
    """A duty in one period: what was done, what was handed in, who confirmed it."""

    __tablename__ = "occasion"
    __table_args__ = (UniqueConstraint("duty_key", "period"),)

    key: Mapped[int] = own_key()
    duty_key: Mapped[int] = link("duty.key", index=False)
    period: Mapped[str]
    """Such as 2025-08, 2025-Q3 or 2025-H2."""
    due_on: Mapped[date]
    """As the calendar stood when it began."""
    begun_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[OccasionState] = mapped_column(stored(OccasionState), default=OccasionState.OPEN)
    report: Mapped[str] = mapped_column(default="")
    """What was done."""
    handed_in: Mapped[list[dict[str, str]]] = mapped_column(JSON, default_factory=list)
    """Each thing that is due, with `name` and `text`: what it is, or where it lies."""
    done_by: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    remark: Mapped[str] = mapped_column(default="")
    """Why it was returned, or what was said of it."""
    confirmed_by: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class Attendance(Base):
    """Somebody who should attend an occasion, and whether they did."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("occasion_key", "person_key"),)

    key: Mapped[int] = own_key()
    occasion_key: Mapped[int] = link("occasion.key", index=False)
    person_key: Mapped[int] = link("person.key")
    attended: Mapped[bool | None] = mapped_column(default=None)
    """None while nobody has said."""
    note: Mapped[str] = mapped_column(default="")
    """Why not."""
