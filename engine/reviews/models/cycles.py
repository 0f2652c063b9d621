"""The tables of a cycle: its rules, and one review per appraisee."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.changes import Choice
from engine.reviews.models.columns import link, optional_link, own_key, stored


class CycleState(StrEnum):
    """How far a cycle is."""

    DRAFT = "draft"
    """HR composes it; nobody else sees it."""
    LAUNCHED = "launched"
    """Its reviews run; its rules are frozen."""
    CLOSED = "closed"
    """All its reviews are over."""
    CANCELLED = "cancelled"
    """Given up by HR; another cycle may take up what was typed in it (E-62)."""


class CycleKind(StrEnum):
    """What a cycle covers; the first four are periods, of which a longer one may be composed (L002-14)."""

    MONTH = "month"
    """A month."""
    QUARTER = "quarter"
    """A quarter."""
    HALF = "half"
    """Half a year."""
    YEAR = "year"
    """A year."""
    SPECIAL = "special"
    """A special task, such as a campaign (L004-02)."""
    TEAM = "team"
    """Teams rather than persons: each review is its department's (L000-04)."""
    NEW_TEAM = "new-team"
    """A team that is being formed (L004-03)."""
    STAGE = "stage"
    """A stage of a special task, such as the presale of a campaign (L002-04)."""


TEAMS = (CycleKind.TEAM, CycleKind.NEW_TEAM)
"""The kinds in which teams are reviewed: the appraisee answers for the department, the superior alone signs."""


class Treatment(StrEnum):
    """How far somebody takes part in a cycle; the eligibility table says so at the launch."""

    RATED = "rated"
    """Targets and a result."""
    TARGETS_ONLY = "targets-only"
    """Targets and no result: who came after the cut-off (E-13)."""
    NOT_RATED = "not-rated"
    """Neither: absent for most of the period, which is never the lowest grade (E-16)."""
    EXCLUDED = "excluded"
    """Not part of the cycle: probation, or no longer there (E-17)."""


class ReviewState(StrEnum):
    """How far one appraisee's review is; where exactly is the process's to say."""

    ENROLLED = "enrolled"
    """Listed, but the cycle is not launched."""
    RUNNING = "running"
    """Its process runs and no result is released."""
    RELEASED = "released"
    """The appraisee may see the result."""
    SIGNED = "signed"
    """The appraisee answered the result, the refusal was witnessed, or it is on record that no answer came."""
    CLOSED = "closed"
    """Closed by HR without an answer: never taken for a signature (E-59)."""


class TemplateVersion(Base):
    """One version of a template's rules. Once published it never changes."""

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("template_id", "version"),)

    key: Mapped[int] = own_key()
    template_id: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What `engine.reviews.rulebook.rulebooks` reads and writes."""
    original: Mapped[bytes | None] = mapped_column(default=None)
    """The file that they were read from, as it was written; None where they came otherwise (X-25)."""
    drafted_by: Mapped[str]
    published_by: Mapped[str | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class Cycle(Base):
    """One round of reviews of one population by one template."""

    __tablename__ = "cycle"

    key: Mapped[int] = own_key()
    label: Mapped[str] = mapped_column(unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The period that is reviewed, both days included."""
    zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    calendar: Mapped[str] = mapped_column(default="CN")
    close_of_business: Mapped[time | None] = mapped_column(default=None)
    """When its last days end; None means 24:00 (E-41)."""
    deadlines: Mapped[dict[str, int]] = mapped_column(JSON, default_factory=dict)
    """In how many working days a step is due, by its id, where it is not as the diagram says."""
    grace: Mapped[dict[str, int]] = mapped_column(JSON, default_factory=dict)
    """For how many working days more a step that closes still takes what is late."""
    template_key: Mapped[int] = link("template_version.key")
    process_id: Mapped[str] = mapped_column(default="review")
    """The process that every review of the cycle runs."""
    kind: Mapped[CycleKind] = mapped_column(stored(CycleKind), default=CycleKind.QUARTER)
    parent_key: Mapped[int | None] = optional_link("cycle.key")
    """The longer period of which this one is a part."""
    team_cycle_key: Mapped[int | None] = optional_link("cycle.key")
    """The cycle whose reviews give the teams' totals."""
    template_decision: Mapped[str] = mapped_column(default="")
    """A decision table that names the template by post; where it answers nothing, the cycle's own holds."""
    regulation_key: Mapped[int | None] = optional_link("regulation.key")
    """The rule document that governs it."""
    pilot: Mapped[bool] = mapped_column(default=False)
    """Whether its results are tried out: they are scored, and count nowhere (L003-24)."""
    cut_off: Mapped[date | None] = mapped_column(default=None)
    """Who comes after this day sets targets only; without it nobody comes too late (E-13)."""
    eligibility_decision: Mapped[str] = mapped_column(default="eligibility")
    """The decision table that says who is rated; where it is not deployed, everybody is."""
    replaces_key: Mapped[int | None] = optional_link("cycle.key")
    """The cancelled cycle whose people, targets and values it takes up (E-62)."""
    procedure_key: Mapped[int | None] = optional_link("process_instance.key")
    """The process that launches it, from the request to the launch."""
    state: Mapped[CycleState] = mapped_column(stored(CycleState), default=CycleState.DRAFT)
    drafted_by: Mapped[str]
    launched_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    released_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    closed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    cancelling_reason: Mapped[str] = mapped_column(default="")
    change_policy: Mapped[Choice] = mapped_column(stored(Choice), default=Choice.KEEP)
    """What becomes of the items of a change that HR does not decide in time, where it is among their choices (P8)."""
    stretches_of_key: Mapped[int | None] = optional_link("cycle.key")
    """The cycle of which this one holds the second sheets of those whose period is split (E-09)."""


class Review(Base):
    """One appraisee's passage through a cycle, with the line as it was at the launch."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("cycle_key", "appraisee_key"),)

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    appraisee_key: Mapped[int] = link("person.key")
    superior_key: Mapped[int | None] = optional_link("person.key")
    second_superior_key: Mapped[int | None] = optional_link("person.key")
    """The superior's superior, who approves the targets."""
    department_key: Mapped[int | None] = optional_link("department.key")
    instance_key: Mapped[int | None] = optional_link("process_instance.key")
    template_key: Mapped[int | None] = optional_link("template_version.key")
    """The rules as they were frozen at the launch."""
    dimension_weights: Mapped[dict[str, str]] = mapped_column(JSON, default_factory=dict)
    """What the dimensions weigh for the appraisee's post, where a decision table said so at the launch."""
    decisions: Mapped[bytes] = mapped_column(LargeBinary, default=b"[]")
    """Which rules of which tables decided that, as the history keeps decisions, in exact JSON."""
    covers_from: Mapped[date | None] = mapped_column(default=None)
    """The first day that it covers, where that is not the whole period (E-09)."""
    covers_until: Mapped[date | None] = mapped_column(default=None)
    state: Mapped[ReviewState] = mapped_column(stored(ReviewState), default=ReviewState.ENROLLED, index=True)
    closing_reason: Mapped[str] = mapped_column(default="")
    treatment: Mapped[Treatment] = mapped_column(stored(Treatment), default=Treatment.RATED)
    part_of_key: Mapped[int | None] = optional_link("review.key")
    """The review of which this is the sheet of other days: its total goes into that one's, by days (E-09)."""


class Member(Base):
    """One of a cycle's population as it was on the day of the launch; it never changes."""

    __tablename__ = "cycle_member"
    __table_args__ = (UniqueConstraint("cycle_key", "person_key"),)

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key", index=False)
    person_key: Mapped[int] = link("person.key")
    as_of: Mapped[date]
    department_key: Mapped[int | None] = optional_link("department.key")
    post_key: Mapped[int | None] = optional_link("post.key")
    superior_key: Mapped[int | None] = optional_link("person.key")
    second_superior_key: Mapped[int | None] = optional_link("person.key")


class RaterState(StrEnum):
    """What became of a rater's task."""

    NOMINATED = "nominated"
    """Named, and not approved yet."""
    ASKED = "asked"
    """The rating is awaited."""
    SUBMITTED = "submitted"
    """The rating is given."""
    STALE = "stale"
    """The rating is given, on what has been reopened since: it is to be confirmed, or given anew (E-56)."""
    EXCUSED = "excused"
    """Somebody decided, with a reason, that no rating will come: absent, never zero (E-60)."""
    DECLINED = "declined"
    """The rater declined with a reason, handed the task on, or is gone; somebody else may stand in (E-06, E-22)."""


class Rater(Base):
    """Somebody who rates an appraisee, and from which position."""

    __tablename__ = "rater"
    __table_args__ = (UniqueConstraint("review_key", "group_id", "person_key"),)

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key", index=False)
    group_id: Mapped[str]
    """The rater group of the template: self, superior, cross."""
    person_key: Mapped[int] = link("person.key")
    state: Mapped[RaterState] = mapped_column(stored(RaterState), default=RaterState.ASKED)
    reason: Mapped[str] = mapped_column(default="")
    """Why the rater is excused or declined, or the nomination was returned."""
    remark: Mapped[str] = mapped_column(default="")
    """What the rater says of the whole, beside the ratings; the appraisee's own achievements in a self-evaluation."""
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    nominated_by: Mapped[str] = mapped_column(default="")
    """Who named the rater; empty where the position did."""
    stands_for_key: Mapped[int | None] = optional_link("rater.key")
    """The rater whose place this one took."""
    anonymous: Mapped[bool] = mapped_column(default=False)
    """Whether the group's rules, when the rater was named, show the ratings of the group alone."""
    covers_from: Mapped[date | None] = mapped_column(default=None)
    """The first day that the rating is of, where several rate one after the other (E-02)."""
    covers_until: Mapped[date | None] = mapped_column(default=None)
    change_key: Mapped[int | None] = optional_link("cycle_change.key")
    """The change by which this one is asked besides, in a task of its own: the evaluation does not wait for it."""
