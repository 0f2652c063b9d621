"""The tables of what is delivered, signed and closed: a cycle's terms, deliveries, closed steps, commitment letters."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, optional_link, own_key, stored


class Proof(StrEnum):
    """What proves that something was delivered, as the terms of a cycle choose; a second service always does."""

    OPENED = "opened"
    """The person opened it, by the own login."""
    DELIVERED = "delivered"
    """It lay in the inbox of the person, who was logged in."""
    SERVED = "served"
    """A second service alone: registered mail, or handed over before a witness."""


class Means(StrEnum):
    """How something is served a second time."""

    MAIL = "mail"
    """Registered mail, with the number of the receipt."""
    WITNESS = "witness"
    """Handed over before a witness."""


class DeliveryState(StrEnum):
    """How far a delivery is (E-49)."""

    SENT = "sent"
    """The person was told of it; nothing shows that it came."""
    DELIVERED = "delivered"
    """It lay in the inbox of the person, who was logged in."""
    SERVED = "served"
    """It was served a second time, with proof, and not opened."""
    OPENED = "opened"
    """The person opened it."""


class Terms(Base):
    """How the papers of a cycle are delivered and signed; the newest row holds, the ones before are kept."""

    __tablename__ = "terms"

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    proof: Mapped[Proof] = mapped_column(stored(Proof))
    service_days: Mapped[int]
    """How many working days after it was sent HR must serve what is not proven to have come."""
    appeal_days: Mapped[int]
    """How many working days after the proven delivery the window for an appeal closes."""
    returns: Mapped[int]
    """How often targets go back to their author before the second level decides on them."""
    settlement_days: Mapped[int]
    """How many working days after its release a result is settled (L001-16)."""
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(Instant)


class Delivery(Base):
    """One paper on its way to one person: a version of a result, a commitment letter, or the decision of an appeal."""

    __tablename__ = "delivery"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    person_key: Mapped[int] = link("person.key")
    result_key: Mapped[int | None] = optional_link("result.key")
    letter_key: Mapped[int | None] = optional_link("letter.key")
    appeal_key: Mapped[int | None] = optional_link("appeal.key")
    sent_at: Mapped[datetime] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    opened_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    served_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When the second service reached the person, which is before it was recorded."""
    means: Mapped[Means | None] = mapped_column(stored(Means), default=None)
    reference: Mapped[str] = mapped_column(default="")
    """The number of the receipt, or where it was handed over."""
    witness_key: Mapped[int | None] = optional_link("person.key")
    served_by: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    proven_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """The instant of delivery that the terms of the cycle accept: from it the window for an appeal is counted."""
    closed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When that window closed."""

    @property
    def state(self) -> DeliveryState:
        """How far it is."""
        if self.opened_at is not None:
            return DeliveryState.OPENED
        if self.served_at is not None:
            return DeliveryState.SERVED
        return DeliveryState.SENT if self.delivered_at is None else DeliveryState.DELIVERED


class Closing(Base):
    """A step that HR closed in the place of whoever was to do it: never a signature (E-59)."""

    __tablename__ = "closing"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    process_id: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    """What the step is called."""
    operation: Mapped[str]
    """What would have heard the answer."""
    holder: Mapped[str]
    """The account before which the task lay; empty where it lay before a group."""
    reason: Mapped[str]
    closed_by: Mapped[str]
    closed_at: Mapped[datetime] = mapped_column(Instant)


class Letter(Base):
    """A commitment letter as it was signed, or imposed: kept as it read then, with its digest."""

    __tablename__ = "letter"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    sheet_key: Mapped[int] = link("target_sheet.key")
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str]
    """SHA-256 of the content."""
    archived_at: Mapped[datetime] = mapped_column(Instant)
