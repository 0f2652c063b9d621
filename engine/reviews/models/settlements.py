"""The tables of what results are worth: the scheme of a cycle, the amounts finance enters, what each line pays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, optional_link, own_key


class SettlementScheme(Base):
    """One version of the rules by which a cycle's results are paid. It never changes: a change is another version."""

    __tablename__ = "settlement_scheme"
    __table_args__ = (UniqueConstraint("cycle_key", "version"),)

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key", index=False)
    version: Mapped[int]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What `engine.reviews.settlements.schemes` reads and writes."""
    reason: Mapped[str]
    """Why there is another version."""
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(Instant)


class PayAmount(Base):
    """One version of an amount that a line is computed on, as finance entered it."""

    __tablename__ = "pay_amount"
    __table_args__ = (UniqueConstraint("review_key", "name", "version"),)

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key", index=False)
    name: Mapped[str]
    version: Mapped[int]
    value: Mapped[str]
    """A decimal number in yuan, or a count or per cent where the line says so."""
    source: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(Instant)


class Payroll(Base):
    """A file that was handed to payroll, with what it held."""

    __tablename__ = "payroll"

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    exported_by: Mapped[str]
    exported_at: Mapped[datetime] = mapped_column(Instant)
    content: Mapped[bytes]
    digest: Mapped[str]
    """SHA-256 of the content."""


class Settlement(Base):
    """One version of what a line pays somebody; a later one pays only the difference to what payroll had."""

    __tablename__ = "settlement"
    __table_args__ = (UniqueConstraint("review_key", "line_id", "version"),)

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key", index=False)
    line_id: Mapped[str]
    version: Mapped[int]
    scheme_key: Mapped[int] = link("settlement_scheme.key")
    result_key: Mapped[int] = link("result.key")
    amount: Mapped[str]
    """In yuan with two places, rounded half up, once."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`Figure.to_json`: inputs, formula."""
    due_on: Mapped[date]
    """The last day on which it is paid on time (L001-16)."""
    computed_by: Mapped[str]
    computed_at: Mapped[datetime] = mapped_column(Instant)
    payroll_key: Mapped[int | None] = optional_link("payroll.key")
    """The file with which payroll had it."""
