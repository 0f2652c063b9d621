"""The tables of what follows a result: appeals, improvement plans, notices."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key
from engine.reviews.models.columns import link, optional_link, own_key, stored


class AppealState(StrEnum):
    """How far an appeal is."""

    LATE = "late"
    """It came after the window had closed, with a reason; HR has not decided whether it is let in (E-40)."""
    LODGED = "lodged"
    """The appellant has stated the grounds; HR has not admitted it yet."""
    RETURNED = "returned"
    """HR named what is missing, and the appellant may mend it, once."""
    ADMITTED = "admitted"
    """HR found it admissible; no panel is convened yet."""
    REJECTED = "rejected"
    """HR found it inadmissible, with a reason."""
    HEARD = "heard"
    """A panel is convened and votes."""
    REEVALUATED = "reevaluated"
    """The panel has decided that another rater rates again, who has not yet."""
    DECIDED = "decided"
    """The panel has decided, with reasons."""
    WITHDRAWN = "withdrawn"
    """The appellant took it back."""
    SETTLED = "settled"
    """Both sides agreed before a panel decided."""
    LAPSED = "lapsed"
    """HR closed it, with a reason: nobody is left who could pursue it (E-77)."""


PENDING = (
    AppealState.LODGED,
    AppealState.RETURNED,
    AppealState.ADMITTED,
    AppealState.HEARD,
    AppealState.REEVALUATED,
)
"""The states of an appeal that is not over: what it is about is disputed (X-15)."""


class Verdict(StrEnum):
    """What a panel can decide; a worse result is never among it (E-80)."""

    UPHELD = "upheld"
    """The result stands."""
    CORRECTED = "corrected"
    """Named values or ratings are corrected."""
    REEVALUATED = "reevaluated"
    """Another rater rates again."""
    ANNULLED = "annulled"
    """The procedure was breached."""


class Appeal(Base):
    """An appraisee's appeal against one version of the own result."""

    __tablename__ = "appeal"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    result_key: Mapped[int] = link("result.key")
    grounds: Mapped[str]
    items: Mapped[list[str]] = mapped_column(JSON)
    """The indicators in dispute."""
    remedy: Mapped[str]
    lodged_by: Mapped[str]
    lodged_at: Mapped[datetime] = mapped_column(Instant)
    instance_key: Mapped[int | None] = optional_link("process_instance.key")
    state: Mapped[AppealState] = mapped_column(stored(AppealState), default=AppealState.LODGED)
    verdict: Mapped[Verdict | None] = mapped_column(stored(Verdict), default=None)
    reasons: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When it was over; a decision is served at that instant, and known to the panel alone before (E-81)."""
    sought: Mapped[Verdict] = mapped_column(stored(Verdict), default=Verdict.CORRECTED)
    """What the appellant asks the panel for; a result is annulled only for who asked for it."""
    respondent_key: Mapped[int | None] = optional_link("person.key")
    """Who answers for the rater's side."""
    late_reason: Mapped[str] = mapped_column(default="")
    """Why it came late."""
    defects: Mapped[str] = mapped_column(default="")
    """What HR found missing when it was returned; it is returned once."""
    earlier_key: Mapped[int | None] = optional_link("appeal.key")
    """The decided appeal that this second review looks at again (E-75)."""
    joined_to_key: Mapped[int | None] = optional_link("appeal.key")
    """The leading case with which it is heard (E-76)."""
    new_rater_key: Mapped[int | None] = optional_link("person.key")
    """Who rates again, where the panel decided so."""
    prolonged_reason: Mapped[str] = mapped_column(default="")
    """Why HR gave ten working days more to decide it; that happens once."""

    @property
    def round(self) -> int:
        """Which review of the matter it is: the first, or the second and last."""
        return 1 if self.earlier_key is None else 2


class Evidence(Base):
    """A document that was handed in with an appeal or a statement in it, an answer, a self-evaluation or a duty."""

    __tablename__ = "evidence"

    document_key: Mapped[int] = mapped_column(Key, ForeignKey("document.key"), primary_key=True, autoincrement=False)
    appeal_key: Mapped[int | None] = mapped_column(Key, ForeignKey("appeal.key"), default=None, index=True)
    sign_off_key: Mapped[int | None] = mapped_column(Key, ForeignKey("sign_off.key"), default=None, index=True)
    statement_key: Mapped[int | None] = mapped_column(Key, ForeignKey("appeal_statement.key"), default=None, index=True)
    review_key: Mapped[int | None] = mapped_column(Key, ForeignKey("review.key"), default=None, index=True)
    """Of the pack of a self-evaluation (L002-17)."""
    kind: Mapped[str] = mapped_column(default="")
    """What such a document is, as the rules call it."""
    occasion_key: Mapped[int | None] = mapped_column(Key, ForeignKey("occasion.key"), default=None, index=True)


class PlanState(StrEnum):
    """How far an improvement plan is."""

    PROPOSED = "proposed"
    """A rule or a person proposes it; HR has not confirmed."""
    DISMISSED = "dismissed"
    """HR decided, with a reason, that there is none."""
    CONFIRMED = "confirmed"
    """HR opened it; the superior has not written it yet."""
    DRAFTED = "drafted"
    """Objectives and mentor are written down; the appraisee has not answered."""
    OBSERVED = "observed"
    """The observation period runs."""
    ENDED = "ended"
    """It has an outcome."""


class Outcome(StrEnum):
    """How an observation period ends."""

    PASSED = "passed"
    """The objectives are reached."""
    EXTENDED = "extended"
    """Observed for one more month, once (E-91): no end yet."""
    TRANSFERRED = "transferred"
    """Another post, with targets of its own."""
    FAILED = "failed"
    """The objectives are missed, a second finding; by itself this ends no employment (section 6.1)."""
    RESIGNED = "resigned"
    """The appraisee has left: closed without a finding."""
    ABOLISHED = "abolished"
    """The post was abolished: closed without a finding (E-92)."""
    VOIDED = "voided"
    """What opened it does not hold any more, as after an appeal: as if there had been none (E-79)."""


class Plan(Base):
    """An improvement plan (PIP) of one appraisee, or of a team whose head answers for it (L004-04)."""

    __tablename__ = "plan"

    key: Mapped[int] = own_key()
    review_key: Mapped[int] = link("review.key")
    appraisee_key: Mapped[int] = link("person.key")
    grounds: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    instance_key: Mapped[int | None] = optional_link("process_instance.key")
    state: Mapped[PlanState] = mapped_column(stored(PlanState), default=PlanState.PROPOSED)
    mentor_key: Mapped[int | None] = optional_link("person.key")
    objectives: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default_factory=list)
    """Each with `objective`, `measure` and `support`."""
    training: Mapped[str] = mapped_column(default="")
    """The training that goes with the plan: a plan alone is no training (section 6.1)."""
    starts_on: Mapped[date | None] = mapped_column(default=None)
    ends_on: Mapped[date | None] = mapped_column(default=None)
    extended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When it was extended by a month, which happens once (E-91)."""
    extended_by: Mapped[str | None] = mapped_column(default=None)
    extension_reason: Mapped[str | None] = mapped_column(default=None)
    accepted: Mapped[bool | None] = mapped_column(default=None)
    """Whether the appraisee signed; a refusal is recorded and has no penalty (E-88)."""
    answer: Mapped[str] = mapped_column(default="")
    outcome: Mapped[Outcome | None] = mapped_column(stored(Outcome), default=None)
    reason: Mapped[str] = mapped_column(default="")
    """Why it was dismissed, or ended as it did."""
    decided_by: Mapped[str] = mapped_column(default="")
    department_key: Mapped[int | None] = optional_link("department.key")
    """The team, where the plan is a team's."""
    follows_key: Mapped[int | None] = optional_link("plan.key")
    """The plan that was passed not long before: a relapse (E-89)."""
    months: Mapped[int] = mapped_column(default=3)
    """How long it is observed."""
    gate: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    """What HR looked at before it opened the plan, as `plans.Gate`; for HR alone."""
    talked_on: Mapped[date | None] = mapped_column(default=None)
    """When it was talked over with the appraisee."""
    minutes: Mapped[str] = mapped_column(default="")
    witness: Mapped[str] = mapped_column(default="")
    """Before whom a refusal to sign was recorded, where HR recorded it."""
    findings: Mapped[str] = mapped_column(default="")
    """What the superior found at the end."""
    ended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    superior_key: Mapped[int | None] = optional_link("person.key")
    """Who leads it since the superior of its review does not any more; None while that one does."""
    opening: Mapped[str] = mapped_column(default="")
    """Why HR opened it."""


class NoteKind(StrEnum):
    """What a note on a plan is of."""

    WEEK = "week"
    """The mentor's note of a week."""
    CHECK_IN = "check-in"
    """The superior's check-in, every two weeks."""
    FORMAL = "formal"
    """A formal point after 30, 60 and 90 days, with HR."""
    FINDINGS = "findings"
    """What the superior found when the observation was over, each time."""


class PlanNote(Base):
    """A note on a running plan."""

    __tablename__ = "plan_note"

    key: Mapped[int] = own_key()
    plan_key: Mapped[int] = link("plan.key")
    text: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[NoteKind] = mapped_column(stored(NoteKind), default=NoteKind.WEEK)


class Notice(Base):
    """Something to tell somebody: written with what it tells of, sent later (E-63)."""

    __tablename__ = "notice"

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key")
    kind: Mapped[str]
    """The name of the text, such as `result-released`."""
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    written_at: Mapped[datetime] = mapped_column(Instant)
    held_until: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """Until when it is held back, where it was written in a quiet time."""
    sent_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    read_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
