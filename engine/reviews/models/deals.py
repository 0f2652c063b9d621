"""The table of deals: what was sold, from which source, how long after the first contact, and for how much."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, own_key


class Deal(Base):
    """One version of a deal that somebody closed (L001-06)."""

    __tablename__ = "deal"
    __table_args__ = (UniqueConstraint("reference", "version"),)

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key")
    reference: Mapped[str]
    """Its number in the system that it comes from."""
    version: Mapped[int]
    channel: Mapped[str]
    """Where the customer came from, such as a referral or a public lead."""
    lead_on: Mapped[date]
    closed_on: Mapped[date] = mapped_column(index=True)
    value: Mapped[str]
    """In yuan, not below zero."""
    source: Mapped[str]
    """The system or file that says so."""
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(Instant)
