"""The tables around an improvement plan: what opens one, its mentors, training and transfer, and the exit review."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key
from engine.reviews.models.columns import link, optional_link, own_key, stored
from engine.reviews.models.tenures import Tenure


class PlanRules(Base):
    """When a cycle's results propose a plan; the newest row holds, the ones before are kept."""

    __tablename__ = "plan_rules"

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    trigger: Mapped[str]
    """The id of the decision table; empty where only people propose."""
    decision_key: Mapped[int | None] = optional_link("decision_definition.key")
    """The version of the table that the cycle goes by, whatever is deployed since."""
    mapping: Mapped[dict[str, str]] = mapped_column(JSON)
    """What the cycle's levels are on the scale that the table speaks of (X-01, X-02)."""
    repeated: Mapped[int | None]
    """How many results in a row are a repetition (004 gives no number)."""
    target: Mapped[str]
    """The total, a decimal number, at which a month reaches its target."""
    lookback: Mapped[int]
    """For how many months after a passed plan another one counts as a relapse (E-89)."""
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(Instant)


class PlanGround(Base):
    """One ground of a plan: a rule that was met, or what HR wrote. A plan may have several (E-82)."""

    __tablename__ = "plan_ground"

    key: Mapped[int] = own_key()
    plan_key: Mapped[int] = link("plan.key")
    rule: Mapped[str]
    """The id of the decision table; empty where a person proposed."""
    text: Mapped[str]
    result_keys: Mapped[list[str]] = mapped_column(JSON)
    """The versions of the results that it rests on."""
    given_at: Mapped[datetime] = mapped_column(Instant)
    void: Mapped[bool] = mapped_column(default=False)
    """Whether a later version of a result has taken it away."""


class PlanStatement(Base):
    """What a superior says of the months in which they led the appraisee (E-83)."""

    __tablename__ = "plan_statement"
    __table_args__ = (UniqueConstraint("plan_key", "person_key"),)

    key: Mapped[int] = own_key()
    plan_key: Mapped[int] = link("plan.key", index=False)
    person_key: Mapped[int] = link("person.key")
    text: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(Instant)


class MentorTerm(Tenure, Base):
    """From when until when somebody mentored a plan."""

    __tablename__ = "mentor_term"

    key: Mapped[int] = own_key()
    plan_key: Mapped[int] = link("plan.key")
    person_key: Mapped[int] = link("person.key")


class PlanTraining(Base):
    """A training that was given in a plan; a signed plan is none (section 6.1)."""

    __tablename__ = "plan_training"

    key: Mapped[int] = own_key()
    plan_key: Mapped[int] = link("plan.key")
    course: Mapped[str]
    provider: Mapped[str]
    trainer: Mapped[str]
    hours: Mapped[str]
    """A decimal number."""
    held_on: Mapped[date]
    """The last day of it."""
    attended: Mapped[bool]
    test: Mapped[str]
    """How it was tested, and how that went."""
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class PlanTransfer(Base):
    """Another post that ends a plan; one with less pay takes the appraisee's agreement (E-90)."""

    __tablename__ = "plan_transfer"

    key: Mapped[int] = own_key()
    plan_key: Mapped[int] = link("plan.key")
    post: Mapped[str]
    begins_on: Mapped[date]
    less_pay: Mapped[bool]
    terms: Mapped[str]
    """What becomes of targets and pay."""
    offered_by: Mapped[str]
    offered_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(default="")
    """Why HR offers it."""
    agreed: Mapped[bool | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    lapsed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When it lapsed because nobody answered: neither a yes nor a no."""


class PlanRevision(Base):
    """A change of a running plan's objectives; one that raises them takes the appraisee's agreement (E-87)."""

    __tablename__ = "plan_revision"

    key: Mapped[int] = own_key()
    plan_key: Mapped[int] = link("plan.key")
    objectives: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    agreed: Mapped[bool | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class ExitState(StrEnum):
    """How far an exit review is."""

    BEGUN = "begun"
    """HR has not been through the checklist."""
    CHECKED = "checked"
    """The checklist holds; the union is heard, then a person outside the line decides."""
    STOPPED = "stopped"
    """HR found that it may not go on, or not."""
    KEPT = "kept"
    """The person outside the line decided that the employment goes on."""
    DECIDED = "decided"
    """It is decided that the contract ends; the notice is not served yet."""
    SERVED = "served"
    """The notice is served."""


class ExitReview(Base):
    """The legal check and the human decision after a second finding (Labour Contract Law art. 40, 42, 43)."""

    __tablename__ = "exit_review"

    key: Mapped[int] = own_key()
    plan_key: Mapped[int] = mapped_column(Key, ForeignKey("plan.key"), unique=True)
    begun_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[ExitState] = mapped_column(stored(ExitState), default=ExitState.BEGUN)
    checklist: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    """What held when HR checked it, as `exits.Checklist`."""
    checked_by: Mapped[str] = mapped_column(default="")
    decider_key: Mapped[int | None] = optional_link("person.key")
    """The person outside the line who decides."""
    union_told_on: Mapped[date | None] = mapped_column(default=None)
    union_opinion: Mapped[str] = mapped_column(default="")
    union_heard_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    """Why it was stopped, or decided as it was."""
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    served_on: Mapped[date | None] = mapped_column(default=None)
    last_day: Mapped[date | None] = mapped_column(default=None)
    """The last day of the contract."""
    in_lieu: Mapped[str] = mapped_column(default="")
    """A month's pay in lieu of notice, a decimal number in yuan; empty where notice is given."""
