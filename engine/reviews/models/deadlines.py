"""The tables of deadlines: what was reported to the next level, and what HR extended."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, optional_link, own_key


class Escalation(Base):
    """An overdue task that was reported to somebody of the next level; it stays its holder's."""

    __tablename__ = "escalation"

    key: Mapped[int] = own_key()
    task_key: Mapped[int] = link("user_task.key")
    person_key: Mapped[int] = link("person.key")
    """Whom it was reported to."""
    escalated_at: Mapped[datetime] = mapped_column(Instant)
    lifted_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When an extension made it void."""


class Extension(Base):
    """More time that HR gave for one task; what the deadline was before is kept."""

    __tablename__ = "extension"

    key: Mapped[int] = own_key()
    task_key: Mapped[int] = link("user_task.key")
    before: Mapped[datetime | None] = mapped_column(Instant)
    after: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str]
    reopened_key: Mapped[int | None] = optional_link("user_task.key")
    """The task that was opened in its place, where it had been closed."""
    extended_by: Mapped[str]
    extended_at: Mapped[datetime] = mapped_column(Instant)
    counted_from: Mapped[date | None] = mapped_column(default=None)
    """From which day the deadline was counted; None where HR named the day."""
    working_days: Mapped[int | None] = mapped_column(default=None)
    """How many working days after that day it ends."""
