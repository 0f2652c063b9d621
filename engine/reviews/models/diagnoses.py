"""The tables of the half-yearly diagnosis: nothing in them joins who drew a code and what was answered (0034)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key
from engine.reviews.models.columns import link, own_key, stored, unordered_key


class DiagnosisState(StrEnum):
    """How far a diagnosis is."""

    OPEN = "open"
    """The survey is answered."""
    CLOSED = "closed"
    """The survey is over; the audit is written."""
    PUBLISHED = "published"
    """The audit may be read."""


class Diagnosis(Base):
    """The diagnosis of one half-year, and the health audit that HR writes from it (L001-37)."""

    __tablename__ = "diagnosis"

    key: Mapped[int] = own_key()
    period: Mapped[str] = mapped_column(unique=True)
    """Such as 2025-H2."""
    closes_on: Mapped[date]
    """The last day of the survey."""
    questions: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    """What is asked, each with `id`, `name` and `name_en`."""
    revenue: Mapped[str]
    """The id of the indicator whose actual values stand for growth."""
    revenue_unit: Mapped[str]
    """How many yuan one unit of it is, as a decimal number."""
    opened_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[DiagnosisState] = mapped_column(stored(DiagnosisState), default=DiagnosisState.OPEN)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    """What the audit rests on, as it stood when it was published."""
    findings: Mapped[str] = mapped_column(default="")
    measures: Mapped[str] = mapped_column(default="")
    published_by: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class DiagnosisBallot(Base):
    """A sheet of the survey. All are there from the beginning, so that none tells when it was drawn or answered."""

    __tablename__ = "diagnosis_ballot"

    key: Mapped[int] = unordered_key()
    diagnosis_key: Mapped[int] = mapped_column(Key, ForeignKey("diagnosis.key"), index=True)
    unit_key: Mapped[int | None] = mapped_column(Key, ForeignKey("department.key"), default=None)
    """The department of whoever draws it; None for those of small departments together."""
    locator: Mapped[str] = mapped_column(default="", index=True)
    """The part of the code by which it is found; empty while nobody has drawn it."""
    salt: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """SHA-256 of the salt and the code, which nobody but whoever drew it has."""
    scores: Mapped[dict[str, int] | None] = mapped_column(JSON, default=None)
    """From 1 to 5, by question; None while it is not answered."""
    remark: Mapped[str] = mapped_column(default="")


class DiagnosisDraw(Base):
    """That somebody has drawn a code. It tells neither which nor when."""

    __tablename__ = "diagnosis_draw"
    __table_args__ = (UniqueConstraint("diagnosis_key", "person_key"),)

    key: Mapped[int] = unordered_key()
    diagnosis_key: Mapped[int] = mapped_column(Key, ForeignKey("diagnosis.key"))
    person_key: Mapped[int] = mapped_column(Key, ForeignKey("person.key"), index=True)


class DiagnosisInterview(Base):
    """A one-to-one interview; the audit has its theme, and not with whom it was."""

    __tablename__ = "diagnosis_interview"
    __table_args__ = (UniqueConstraint("diagnosis_key", "interviewee_key"),)

    key: Mapped[int] = own_key()
    diagnosis_key: Mapped[int] = link("diagnosis.key", index=False)
    interviewee_key: Mapped[int] = link("person.key")
    interviewer_key: Mapped[int] = link("person.key")
    held: Mapped[bool | None] = mapped_column(default=None)
    theme: Mapped[str] = mapped_column(default="")
    advice: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
