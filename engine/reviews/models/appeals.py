"""The tables of an appeal's course: drafts, statements, suspensions, representatives, readings."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key
from engine.reviews.models.cases import Verdict
from engine.reviews.models.columns import link, own_key, stored


class AppealDraft(Base):
    """What somebody had typed into an appeal that was refused as late: kept for the request for late admission."""

    __tablename__ = "appeal_draft"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = mapped_column(Key, ForeignKey("review.key"), unique=True)
    grounds: Mapped[str]
    items: Mapped[list[str]] = mapped_column(JSON)
    remedy: Mapped[str]
    sought: Mapped[Verdict] = mapped_column(stored(Verdict))
    documents: Mapped[list[str]] = mapped_column(JSON)
    """The keys of what was uploaded with it."""
    saved_at: Mapped[datetime] = mapped_column(Instant)


class StatementKind(StrEnum):
    """What somebody says in the course of an appeal."""

    CURE = "cure"
    """The appellant mends what HR found missing."""
    OFFER = "offer"
    """The rater's side offers a settlement; no panel ever sees it."""
    ANSWER = "answer"
    """The appellant's answer to the offer; no panel ever sees it."""
    BASIS = "basis"
    """The rater's side produces the basis of the scores in dispute."""
    SILENCE = "silence"
    """The rater's side produced nothing in time: the burden of proof is its own (E-78)."""
    COMMENT = "comment"
    """The appellant's comment on the basis."""
    HEARING = "hearing"
    """The chair's minutes of a hearing, or that the case is decided on the papers."""
    DELIBERATION = "deliberation"
    """What the panel said to one another after the last vote: nobody else ever sees it."""
    REEVALUATION = "reevaluation"
    """The ratings of the rater whom the panel had rate again."""


class AppealStatement(Base):
    """What somebody said in the course of an appeal: appended, never altered."""

    __tablename__ = "appeal_statement"

    key: Mapped[int] = own_key()
    appeal_key: Mapped[int] = link("appeal.key")
    kind: Mapped[StatementKind] = mapped_column(stored(StatementKind))
    text: Mapped[str]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default_factory=list)
    """What it says of single indicators: `indicator` with `text` or `rating`."""
    made_by: Mapped[str]
    """Whose account; empty where time passed and nobody said anything."""
    made_at: Mapped[datetime] = mapped_column(Instant)


class AppealSuspension(Base):
    """Working days that do not count towards an appeal's deadlines, with the reason."""

    __tablename__ = "appeal_suspension"

    key: Mapped[int] = own_key()
    appeal_key: Mapped[int] = link("appeal.key")
    begins_on: Mapped[date]
    """The first day that does not count."""
    ends_on: Mapped[date]
    """The last one."""
    reason: Mapped[str]
    begun_by: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(Instant)
    resumed_by: Mapped[str] = mapped_column(default="")
    """Who ended it before the day that was said at first."""


class Standing(StrEnum):
    """Why somebody else speaks for an appellant (E-77)."""

    AUTHORISED = "authorised"
    """The appellant gave a power of attorney."""
    LEFT = "left"
    """The appellant has left the company."""
    INCAPABLE = "incapable"
    """The appellant cannot act: a relative or guardian does."""
    DIED = "died"
    """The appellant has died: a relative goes on."""


class AppealRepresentation(Base):
    """Somebody who speaks for the appellant from then on; the newest row holds."""

    __tablename__ = "appeal_representation"

    key: Mapped[int] = own_key()
    appeal_key: Mapped[int] = link("appeal.key")
    person_key: Mapped[int] = link("person.key")
    standing: Mapped[Standing] = mapped_column(stored(Standing))
    proof: Mapped[str]
    """What shows it: the power of attorney, the certificate."""
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class AppealReading(Base):
    """That somebody other than the appellant read an appeal's case: appended, never altered (E-81)."""

    __tablename__ = "appeal_reading"

    key: Mapped[int] = own_key()
    appeal_key: Mapped[int] = link("appeal.key")
    read_by: Mapped[str]
    read_at: Mapped[datetime] = mapped_column(Instant)
