"""The tables of what follows a result: follow-ups, ability plans, awards, points, what became of what hung."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, optional_link, own_key, stored


class FollowUpKind(StrEnum):
    """What a follow-up asks of whom."""

    CHOICE = "choice"
    """The appraisee chooses one of several things (L001-30)."""
    OFFER = "offer"
    """The appraisee may apply; HR decides on the application (L001-20)."""
    DUTY = "duty"
    """The appraisee must make an ability plan (L001-31)."""
    GRANT = "grant"
    """HR grants it: a raise, a promotion, a place in a training (L003-18, L003-20)."""


class FollowUpState(StrEnum):
    """How far a follow-up is."""

    PROPOSED = "proposed"
    """A rule proposes it; HR has not decided: nothing follows by itself."""
    DECLINED = "declined"
    """HR decided, with a reason, that it does not follow."""
    OPEN = "open"
    """HR confirmed it; the appraisee is asked."""
    APPLIED = "applied"
    """The appraisee applied; HR has not decided."""
    SETTLED = "settled"
    """Chosen, granted, approved or done."""
    REFUSED = "refused"
    """The application was not approved, with a reason."""
    LAPSED = "lapsed"
    """The appraisee did not take it up in time."""
    WITHDRAWN = "withdrawn"
    """The result that it followed changed before it was settled."""


class FollowUp(Base):
    """What a rule of the cycle proposes because of one version of a result, and what people decided."""

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("result_key", "rule_id"),)

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    result_key: Mapped[int] = link("result.key", index=False)
    rule_id: Mapped[str]
    kind: Mapped[FollowUpKind] = mapped_column(stored(FollowUpKind))
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The rule as it was when it was proposed."""
    grounds: Mapped[str]
    """Why it is proposed: the grade, the rank, the results in a row, the weak areas."""
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[FollowUpState] = mapped_column(stored(FollowUpState), default=FollowUpState.PROPOSED)
    instance_key: Mapped[int | None] = optional_link("process_instance.key")
    reason: Mapped[str] = mapped_column(default="")
    """Why HR decided so the last time."""
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    choice: Mapped[str] = mapped_column(default="")
    """The id of what was chosen."""
    motive: Mapped[str] = mapped_column(default="")
    """What the appraisee said to the application or the choice."""
    answered_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class AbilityPlanState(StrEnum):
    """How far an ability plan (能力提升计划) is."""

    DRAFTED = "drafted"
    """The appraisee wrote it; the superior has not agreed."""
    RUNNING = "running"
    """Its months run."""
    COMPLETED = "completed"
    """All of it is done: a second evaluation may be asked for."""
    MISSED = "missed"
    """Its months are over and not all of it is done. This has no other consequence."""
    EVALUATED = "evaluated"
    """Evaluated a second time; both results are kept."""


class AbilityPlan(Base):
    """What somebody practises in some months after a result (L001-31): no improvement plan, and no finding."""

    __tablename__ = "ability_plan"

    key: Mapped[int] = own_key()
    follow_up_key: Mapped[int] = link("follow_up.key")
    review_key: Mapped[int] = link("review.key")
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Each with `id`, `name`, `count`: how often, and `note`: what in particular."""
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[AbilityPlanState] = mapped_column(stored(AbilityPlanState), default=AbilityPlanState.DRAFTED)
    agreed_by: Mapped[str] = mapped_column(default="")
    agreed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    starts_on: Mapped[date | None] = mapped_column(default=None)
    ends_on: Mapped[date | None] = mapped_column(default=None)
    asked_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When the appraisee asked to be evaluated a second time."""


class Practice(Base):
    """One time that an item of an ability plan was practised."""

    __tablename__ = "practice"

    key: Mapped[int] = own_key()
    ability_plan_key: Mapped[int] = link("ability_plan.key")
    item_id: Mapped[str]
    held_on: Mapped[date]
    note: Mapped[str]
    """With whom, about what, what came of it."""
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class SecondEvaluation(Base):
    """What the superior found after an ability plan; the result before stays as it is (L001-31)."""

    __tablename__ = "second_evaluation"

    key: Mapped[int] = own_key()
    ability_plan_key: Mapped[int] = link("ability_plan.key")
    review_key: Mapped[int] = link("review.key")
    result_key: Mapped[int] = link("result.key")
    """The result that it stands beside."""
    grade: Mapped[str]
    reasons: Mapped[str]
    given_by: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(Instant)


class AwardState(StrEnum):
    """How far an award is."""

    NOMINATED = "nominated"
    """Somebody named the person, with a case."""
    CONFERRED = "conferred"
    """HR conferred it: it is published."""
    DECLINED = "declined"
    """HR decided otherwise, with a reason; it is never published."""


class Award(Base):
    """An award of a cycle for a month or the whole of it: the one list of names that is published (E-94)."""

    __tablename__ = "award"

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    person_key: Mapped[int] = link("person.key")
    rule_id: Mapped[str]
    """Which of the cycle's awards it is."""
    name: Mapped[str]
    name_en: Mapped[str]
    period: Mapped[str]
    """The month, such as 2025-07, or empty for the whole cycle."""
    citation: Mapped[str]
    case: Mapped[dict[str, str]] = mapped_column(JSON)
    """The concrete case: project, fact, figure (L001-24)."""
    points: Mapped[int]
    nominated_by: Mapped[str]
    nominated_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[AwardState] = mapped_column(stored(AwardState), default=AwardState.NOMINATED)
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class PointEntry(Base):
    """Points that somebody got or redeemed for leave; the balance is their sum (L000-26)."""

    __tablename__ = "point_entry"

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key")
    points: Mapped[int]
    """Less than zero where they were redeemed."""
    reason: Mapped[str]
    award_key: Mapped[int | None] = optional_link("award.key")
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(Instant)


class Became(StrEnum):
    """What became of something that hung on a version of a result that another one took the place of."""

    STANDS = "stands"
    """It stays as it was."""
    RECOMPUTED = "recomputed"
    """It was computed anew and nothing of it had been paid."""
    CORRECTED = "corrected"
    """It had been paid: the difference is a line of its own (E-73)."""
    WITHDRAWN = "withdrawn"
    """It no longer follows and was not settled yet."""
    PROPOSED = "proposed"
    """It follows now and did not before: HR decides."""
    FOR_HR = "for-hr"
    """It no longer follows, yet people have acted on it: HR decides what becomes of it."""


class ResultConsequence(Base):
    """What became of one thing that hung on a version of a result when another version took its place (E-73)."""

    __tablename__ = "result_consequence"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    before_key: Mapped[int] = link("result.key")
    after_key: Mapped[int] = link("result.key")
    what: Mapped[str]
    """Its sort, such as settlement or streak."""
    name: Mapped[str]
    """Which one, such as the id of a line or of a rule, or the label of a cycle."""
    became: Mapped[Became] = mapped_column(stored(Became))
    told: Mapped[str]
    """What was before and what is now."""
    said_by: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(Instant)
