"""The tables of weekly figures: what the board draws week by week, and what somebody says of a drop."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, own_key


class WeeklyFigure(Base):
    """One version of what somebody reached in a week of one measure, in one tier of customers."""

    __tablename__ = "weekly_figure"
    __table_args__ = (UniqueConstraint("person_key", "week", "tier", "measure", "version"),)

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key", index=False)
    week: Mapped[date] = mapped_column(index=True)
    """Its Monday."""
    tier: Mapped[str]
    """Such as new or returning customers; empty where it is of none."""
    measure: Mapped[str]
    """Such as leads, converted, visits."""
    version: Mapped[int]
    value: Mapped[str]
    """A decimal number, not below zero."""
    source: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(Instant)


class WeekExplanation(Base):
    """Why a week fell off, as the superior of those people says (L001-12)."""

    __tablename__ = "week_explanation"

    key: Mapped[int] = own_key()
    superior_key: Mapped[int] = link("person.key")
    week: Mapped[date]
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Instant)
