"""The tables of defences before the superior rates: fixed questions, a panel, no score (L001-09)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key
from engine.reviews.models.columns import link, own_key, stored


class Obstacle(StrEnum):
    """What stood in the way."""

    MARKET = "market"
    ABILITY = "ability"
    STRATEGY = "strategy"
    NONE = "none"
    """Nothing to speak of."""


class Defence(Base):
    """What an appraisee said to the fixed questions, and when the panel had heard it."""

    __tablename__ = "defence"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = mapped_column(Key, ForeignKey("review.key"), unique=True)
    results: Mapped[str] = mapped_column(default="")
    obstacle: Mapped[Obstacle | None] = mapped_column(stored(Obstacle), default=None)
    explanation: Mapped[str] = mapped_column(default="")
    next_plan: Mapped[str] = mapped_column(default="")
    """The plan for next quarter."""
    prepared_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """None where the appraisee did not prepare in time."""
    convened_by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class DefenceMember(Base):
    """Somebody on the panel of a defence, and what they said of it."""

    __tablename__ = "defence_member"
    __table_args__ = (UniqueConstraint("defence_key", "person_key"),)

    key: Mapped[int] = own_key()
    defence_key: Mapped[int] = link("defence.key", index=False)
    person_key: Mapped[int] = link("person.key")
    judged: Mapped[Obstacle | None] = mapped_column(stored(Obstacle), default=None)
    """What stood in the way, as this member sees it."""
    opinion: Mapped[str] = mapped_column(default="")
    said_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
