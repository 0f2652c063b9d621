"""The tables of what happens to people in the middle of a cycle: the change, and the reviews it was applied to."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, optional_link, own_key, stored


class ChangeKind(StrEnum):
    """What has happened."""

    SUPERIOR = "superior"
    """People have another superior."""
    TRANSFER = "transfer"
    """People are in another department or post."""
    JOINER = "joiner"
    """People come into a cycle that runs, one by one or a whole department."""
    LEAVER = "leaver"
    """People have left."""
    LEAVE = "leave"
    """People are away for long."""
    TARGETS = "targets"
    """Targets change: by a factor, or to other values; of one or of many."""
    RATER = "rater"
    """Somebody who was named to rate is gone."""
    CORRECTION = "correction"
    """An actual value that a result rests on was wrong."""
    REOPENING = "reopening"
    """What was given is to be given again: a self-evaluation, a signature."""


class Choice(StrEnum):
    """What becomes of one item of a change."""

    KEEP = "keep"
    """It stays as it is."""
    HAND_OVER = "hand-over"
    """The successor takes over what is open; what was submitted stands."""
    SPLIT = "split"
    """Each rates the days that were theirs; the days weigh."""
    BOTH = "both"
    """Both rate the whole, and count the same."""
    EXTEND = "extend"
    """There is more time."""
    APPLY = "apply"
    """What the event brings is carried out."""


class ChangeState(StrEnum):
    """How far a change is."""

    ENTERED = "entered"
    """Its effects are computed; HR has not decided item by item."""
    DECIDED = "decided"
    """The items are decided; it is not approved."""
    APPLIED = "applied"
    """All of it is carried out."""
    REJECTED = "rejected"
    """Nothing of it is carried out."""


class CycleChange(Base):
    """A change in the middle of a cycle, from the event to its application in one transaction (P8)."""

    __tablename__ = "cycle_change"

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    kind: Mapped[ChangeKind] = mapped_column(stored(ChangeKind))
    effective_on: Mapped[date]
    """The first day on which things are as they are to be."""
    reason: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What `engine.reviews.changes.events` reads: whom it is about, who follows, which factor."""
    owner_key: Mapped[int | None] = optional_link("person.key")
    """Who must agree before HR approves, such as the head of marketing to other targets (L002-09)."""
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    choices: Mapped[dict[str, str]] = mapped_column(JSON, default_factory=dict)
    """What was decided, by item."""
    preview: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default_factory=list)
    """Its effects with these choices, item by item, as they were shown."""
    digest: Mapped[str] = mapped_column(default="")
    """SHA-256 of the preview: what is applied has the same."""
    previewed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    instance_key: Mapped[int | None] = optional_link("process_instance.key")
    state: Mapped[ChangeState] = mapped_column(stored(ChangeState), default=ChangeState.ENTERED)
    decided_by: Mapped[str] = mapped_column(default="")
    """The engine's account where nobody decided in time and the policy of the cycle did."""
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    agreed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When the owner agreed, where there is one."""
    settled_by: Mapped[str] = mapped_column(default="")
    """Who approved or rejected it."""
    settled_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    remark: Mapped[str] = mapped_column(default="")
    """Why it was rejected."""


class ChangedReview(Base):
    """What a change did to one review, and what is still to be signed, confirmed or rated because of it."""

    __tablename__ = "changed_review"
    __table_args__ = (UniqueConstraint("change_key", "item"),)

    key: Mapped[int] = own_key()
    change_key: Mapped[int] = link("cycle_change.key", index=False)
    review_key: Mapped[int] = link("review.key")
    item: Mapped[str]
    choice: Mapped[Choice] = mapped_column(stored(Choice))
    effects: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The item of the preview that was applied."""
    applied_at: Mapped[datetime] = mapped_column(Instant)
    signs: Mapped[bool] = mapped_column(default=False)
    """Whether the appraisee has to sign changed targets."""
    confirms: Mapped[bool] = mapped_column(default=False)
    """Whether the superior has to confirm ratings that are stale by it."""
    rater_key: Mapped[int | None] = optional_link("rater.key")
    """Who rates besides, in a task of the change's own process."""
    settled_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When nothing of it was left to be done; until then the result is not released."""
