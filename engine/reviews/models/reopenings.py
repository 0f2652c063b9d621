"""The tables of what is reopened after it was given: the request, its decision, and what became void."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key
from engine.reviews.models.columns import link, optional_link, own_key, stored


class ReopeningKind(StrEnum):
    """What is reopened."""

    ACTUAL = "actual"
    """An actual value is corrected after the result was computed (E-30)."""
    SELF_EVALUATION = "self-evaluation"
    """The appraisee rates again; a superior who has rated confirms or rates again (E-56)."""
    SIGNATURE = "signature"
    """The answer to the result becomes void, and both sign again (E-57)."""


class ReopeningState(StrEnum):
    """How far a reopening is."""

    REQUESTED = "requested"
    """HR has not decided."""
    DECLINED = "declined"
    """HR decided, with a reason, that nothing is reopened."""
    APPROVED = "approved"
    """What was asked for is reopened; what follows from it is not settled yet."""
    SETTLED = "settled"
    """A new version is in force, or it turned out that none is due."""


class Reopening(Base):
    """A request to reopen what was given in a review, and what became of it. Nothing is overwritten by it."""

    __tablename__ = "reopening"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    kind: Mapped[ReopeningKind] = mapped_column(stored(ReopeningKind))
    change: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Of an actual value: `indicator`, `period`, `value`, `unit`, `source`; else empty."""
    reason: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime] = mapped_column(Instant)
    instance_key: Mapped[int | None] = optional_link("process_instance.key")
    state: Mapped[ReopeningState] = mapped_column(stored(ReopeningState), default=ReopeningState.REQUESTED)
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    remark: Mapped[str] = mapped_column(default="")
    """Why it was declined."""
    before_key: Mapped[int | None] = optional_link("result.key")
    """The version of the result that was in force when it was asked for."""
    after_key: Mapped[int | None] = optional_link("result.key")
    """The version that is in force since it was settled."""
    settled_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class VoidedSignature(Base):
    """A signature that became void by a reopening; the signature itself stays as it was given."""

    __tablename__ = "voided_signature"

    key: Mapped[int] = own_key()
    sign_off_key: Mapped[int] = mapped_column(Key, ForeignKey("sign_off.key"), unique=True)
    reopening_key: Mapped[int] = link("reopening.key")
    voided_at: Mapped[datetime] = mapped_column(Instant)


class Countersignature(Base):
    """A superior's signature under a version of a result, given where the one before became void."""

    __tablename__ = "countersignature"

    key: Mapped[int] = own_key()
    reopening_key: Mapped[int] = link("reopening.key")
    result_key: Mapped[int] = link("result.key")
    signed_by: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[str]
    """SHA-256 of the result that was signed."""
