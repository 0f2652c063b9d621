"""The tables of calibration: sessions with their members, the reviews they own, what they adjust, and the embargo."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key
from engine.reviews.models.columns import link, optional_link, own_key, stored


class CalibrationState(StrEnum):
    """How far a calibration session is."""

    OPEN = "open"
    """Its members propose and the chair decides; nobody outside sees anything."""
    LOCKED = "locked"
    """The chair has locked it; the second level has not approved it yet."""
    APPROVED = "approved"
    """Its values are written back, under embargo."""
    RELEASED = "released"
    """Its results are released."""


class Seat(StrEnum):
    """What somebody is in a session."""

    CHAIR = "chair"
    """Decides on proposals and locks."""
    SUPERIOR = "superior"
    """Leads somebody of the unit: proposes."""
    CLERK = "clerk"
    """HR: convened it and keeps its record."""


class AdjustmentState(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    """The chair has not decided."""
    ACCEPTED = "accepted"
    """It is written back when the second level approves."""
    DECLINED = "declined"
    """The result stays as it was."""


class Embargo(Base):
    """The instant before which no result of a cycle is released; the newest of a cycle holds."""

    __tablename__ = "embargo"

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    until: Mapped[datetime] = mapped_column(Instant)
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(Instant)


class Guideline(Base):
    """What per cent of a unit each grade is advised to have in a cycle; the newest row of a unit holds."""

    __tablename__ = "guideline"

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    department_key: Mapped[int | None] = optional_link("department.key")
    """The unit; without one it is for every unit that has none of its own."""
    shares: Mapped[list[list[str]]] = mapped_column(JSON)
    """The grades from the best down, each with the per cent of the group that is advised."""
    smallest_group: Mapped[int]
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(Instant)


class Calibration(Base):
    """A calibration session of one unit of a cycle."""

    __tablename__ = "calibration"

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    department_keys: Mapped[list[str]] = mapped_column(JSON)
    """The unit, as keys in text."""
    guideline: Mapped[list[list[str]]] = mapped_column(JSON)
    """The grades from the best down, each with the per cent of the group that is advised."""
    smallest_group: Mapped[int]
    """The fewest people to whom the guideline says anything (W-16)."""
    decision_id: Mapped[str]
    """The decision table that grades an adjusted total."""
    approver_key: Mapped[int] = link("person.key")
    """The second level, who approves what the chair locked."""
    opened_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    instance_key: Mapped[int | None] = optional_link("process_instance.key")
    state: Mapped[CalibrationState] = mapped_column(stored(CalibrationState), default=CalibrationState.OPEN)
    locked_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    approved_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    released_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    remark: Mapped[str] = mapped_column(default="")
    """Why the second level returned it the last time."""


class CalibrationMember(Base):
    """Somebody who sits in a session."""

    __tablename__ = "calibration_member"
    __table_args__ = (UniqueConstraint("calibration_key", "person_key"),)

    key: Mapped[int] = own_key()
    calibration_key: Mapped[int] = link("calibration.key", index=False)
    person_key: Mapped[int] = link("person.key")
    seat: Mapped[Seat] = mapped_column(stored(Seat))


class CalibratedReview(Base):
    """A review that a session owns: no other session changes it (E-37)."""

    __tablename__ = "calibrated_review"

    key: Mapped[int] = own_key()
    calibration_key: Mapped[int] = link("calibration.key")
    review_key: Mapped[int] = mapped_column(Key, ForeignKey("review.key"), unique=True)
    returned_version: Mapped[int | None] = mapped_column(default=None)
    """The version of the result that was sent back to evaluation; a later one is waited for."""
    returned_by: Mapped[str] = mapped_column(default="")
    returned_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    return_reason: Mapped[str] = mapped_column(default="")


class HeardReview(Base):
    """A review of another session that a session hears: it comments and changes nothing (E-37)."""

    __tablename__ = "heard_review"
    __table_args__ = (UniqueConstraint("calibration_key", "review_key"),)

    key: Mapped[int] = own_key()
    calibration_key: Mapped[int] = link("calibration.key", index=False)
    review_key: Mapped[int] = link("review.key")


class CalibrationRemark(Base):
    """What somebody who sits in a session says of a review that it hears, for the session that owns it."""

    __tablename__ = "calibration_remark"

    key: Mapped[int] = own_key()
    calibration_key: Mapped[int] = link("calibration.key", index=False)
    """The session that comments."""
    review_key: Mapped[int] = link("review.key")
    text: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Instant)


class Adjustment(Base):
    """A change of one result that a member proposes: another total, or another grade, with the reason."""

    __tablename__ = "adjustment"

    key: Mapped[int] = own_key()
    calibration_key: Mapped[int] = link("calibration.key")
    review_key: Mapped[int] = link("review.key")
    result_key: Mapped[int] = link("result.key")
    """The version it changes, which is kept (E-36)."""
    total: Mapped[str]
    grade: Mapped[str]
    """What would hold then; the grade of another total is the decision table's."""
    reason: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[AdjustmentState] = mapped_column(stored(AdjustmentState), default=AdjustmentState.PROPOSED)
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    written_key: Mapped[int | None] = optional_link("result.key")
    """The version of the result that it became."""
