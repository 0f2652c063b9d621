"""The tables of a scorecard: targets, actual values, ratings, results. Rows are versions: nothing is overwritten."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, optional_link, own_key, stored


class TargetState(StrEnum):
    """How far a version of the targets is."""

    DRAFTED = "drafted"
    """The appraisee proposed it."""
    RETURNED = "returned"
    """The superior or the second level sent it back, with a reason."""
    REVIEWED = "reviewed"
    """The superior agrees."""
    APPROVED = "approved"
    """The second level agrees."""
    PASSED = "passed"
    """HR closed the step of a level that did not answer: nobody agreed in its place (E-59)."""
    SIGNED = "signed"
    """The appraisee signed the commitment letter."""
    DECLINED = "declined"
    """The appraisee does not sign; the second level decides."""
    IMPOSED = "imposed"
    """The second level decided on them, with a reason, without the appraisee's signature."""
    WAIVED = "waived"
    """The superior decided, with a reason, that no targets apply: there is no rating either (E-13)."""

    @property
    def holds(self) -> bool:
        """Whether these are the targets that the result is measured against."""
        return self in (TargetState.SIGNED, TargetState.IMPOSED)


class TargetSheet(Base):
    """One version of an appraisee's targets."""

    __tablename__ = "target_sheet"
    __table_args__ = (UniqueConstraint("review_key", "version"),)

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key", index=False)
    version: Mapped[int]
    targets: Mapped[dict[str, str]] = mapped_column(JSON)
    """By measured indicator, as written: 500, 85%, 1:5."""
    note: Mapped[str] = mapped_column(default="")
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[TargetState] = mapped_column(stored(TargetState), default=TargetState.DRAFTED)
    digest: Mapped[str] = mapped_column(default="")
    """SHA-256 of what was signed, or imposed."""


class TargetDecision(Base):
    """What somebody said to a version of the targets."""

    __tablename__ = "target_decision"

    key: Mapped[int] = own_key()
    sheet_key: Mapped[int] = link("target_sheet.key")
    state: Mapped[TargetState] = mapped_column(stored(TargetState))
    comment: Mapped[str] = mapped_column(default="")
    """Why it was returned, or the reservation with which it was signed."""
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(Instant)


class Actual(Base):
    """One version of what was reached of an indicator: the first is the original, later ones are corrections."""

    __tablename__ = "actual"
    __table_args__ = (UniqueConstraint("review_key", "indicator_id", "period", "version"),)

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key", index=False)
    indicator_id: Mapped[str]
    version: Mapped[int]
    value: Mapped[str | None]
    """As written: 480, 88%, 1:4.2; None where the indicator does not apply."""
    unit: Mapped[str]
    source: Mapped[str]
    """Where the value can be traced to (L004-10)."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it was corrected, does not apply, or is right although it looks wrong."""
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    period: Mapped[str] = mapped_column(default="")
    """The period it is of, such as 2025-07, where the indicator is measured more often than people are reviewed."""
    confirmed_by: Mapped[str | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class Veto(Base):
    """That an indicator counts as nothing, for conduct that is forbidden, such as deposits bought (L000-27)."""

    __tablename__ = "veto"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    indicator_id: Mapped[str]
    conduct: Mapped[str]
    """What was found, with where it can be looked up."""
    found_by: Mapped[str]
    found_at: Mapped[datetime] = mapped_column(Instant)
    lifted_by: Mapped[str] = mapped_column(default="")
    lifted_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    lifting_reason: Mapped[str] = mapped_column(default="")


class Rating(Base):
    """One version of one rater's rating of one indicator."""

    __tablename__ = "rating"
    __table_args__ = (UniqueConstraint("rater_key", "indicator_id", "version"),)

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    rater_key: Mapped[int] = link("rater.key", index=False)
    indicator_id: Mapped[str]
    version: Mapped[int]
    rating: Mapped[str]
    """A step of the scale, such as 4.5."""
    comment: Mapped[str] = mapped_column(default="")
    given_by: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(Instant)
    case: Mapped[dict[str, str]] = mapped_column(JSON, default_factory=dict)
    """The case behind it: project, fact, figure, suggestion (L001-08); empty where none was told."""


class RatingOpening(Base):
    """Somebody's reading of anonymous ratings together with who gave them: appended, never altered (E-74)."""

    __tablename__ = "rating_opening"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    reason: Mapped[str]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(Instant)


class Result(Base):
    """One version of an appraisee's result, with everything a panel needs to recompute it."""

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("review_key", "version"),)

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key", index=False)
    version: Mapped[int]
    template_key: Mapped[int] = link("template_version.key")
    total: Mapped[str]
    """The rounded total, such as 87.68."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`Figure.to_json`: inputs, formulas, intermediates."""
    grade: Mapped[str | None] = mapped_column(default=None)
    """The level of the band table, set once by the process."""
    reason: Mapped[str] = mapped_column(default="")
    """Why there is another version."""
    counted: Mapped[dict[str, list[str]]] = mapped_column(JSON, default_factory=dict)
    """By anonymous rater group, the keys of the ratings of which it shows something."""
    computed_by: Mapped[str]
    computed_at: Mapped[datetime] = mapped_column(Instant)
    released_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    annulled: Mapped[bool] = mapped_column(default=False)
    """Whether a panel found that the procedure was breached: the period counts as not rated, and the figures are those
    that were annulled."""


class Interview(Base):
    """The minutes of a feedback interview, in three blocks (L004-16)."""

    __tablename__ = "interview"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    held_at: Mapped[datetime] = mapped_column(Instant)
    held_by: Mapped[str]
    strengths: Mapped[str]
    gaps: Mapped[str]
    evidence: Mapped[str] = mapped_column(default="")
    """The figures and the case that the result was told with (L002-20)."""
    agreements: Mapped[str]
    """What follows: analysis, support, next steps."""
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When the appraisee confirmed the minutes."""
    remark: Mapped[str] = mapped_column(default="")
    """What the appraisee added."""


class Answer(StrEnum):
    """How an appraisee answers a result; none of them removes the right of appeal (X-07)."""

    AGREED = "agreed"
    """Agrees."""
    OBJECTED = "objected"
    """Received, with objection."""
    REFUSED = "refused"
    """Refused to sign, before a witness."""
    UNANSWERED = "unanswered"
    """Did not answer in time, which HR recorded: neither a refusal nor agreement."""


class SignOff(Base):
    """An appraisee's answer to one version of the result."""

    __tablename__ = "sign_off"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    result_key: Mapped[int] = link("result.key")
    answer: Mapped[Answer] = mapped_column(stored(Answer))
    comment: Mapped[str] = mapped_column(default="")
    witness_key: Mapped[int | None] = optional_link("person.key")
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[str]
    """SHA-256 of the result that was answered."""
