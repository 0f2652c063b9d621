"""The tables of what holds for somebody from one day until another, both included."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ColumnElement, Index, UniqueConstraint, or_
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, optional_link, own_key, stored


class Role(StrEnum):
    """What somebody may do beyond the own line: groups of the account, to which diagrams address tasks."""

    HR = "hr"
    """Drafts cycles, sees every review, releases results."""
    FINANCE = "finance"
    """Confirms actual values."""
    AUDITOR = "auditor"
    """Confirms actual values as finance does, and corrects them (L003-26)."""
    MENTOR = "mentor"
    """May be named as mentor of an improvement plan."""
    PANEL = "panel"
    """May be drawn for appeal panels."""
    UNION = "union"
    """Is consulted on regulations and told before a contract is ended (Labour Contract Law art. 4, 43)."""
    BOARD = "board"
    """The next level above whoever has no superior (E-11)."""


class Line(StrEnum):
    """What a reporting line is for."""

    PRIMARY = "primary"
    """The superior who rates and signs; at most one at a time."""
    SECOND = "second"
    """Who stands above the primary superior in this case; without one, it is the superior's own superior."""
    MATRIX = "matrix"
    """A dotted line to a superior elsewhere, who may be heard (E-10)."""


class LeaveKind(StrEnum):
    """Why somebody is away for long."""

    SICK = "sick"
    MATERNITY = "maternity"
    PARENTAL = "parental"
    INJURY = "injury"
    """After an injury at work."""
    STUDY = "study"
    UNPAID = "unpaid"
    OTHER = "other"


class ProtectionKind(StrEnum):
    """Why a contract cannot be ended by notice or redundancy: the cases of Labour Contract Law art. 42."""

    HAZARD = "hazard"
    """(1) Exposed to occupational hazards without an examination on leaving, or under diagnosis."""
    OCCUPATIONAL = "occupational"
    """(2) Occupational disease or injury at work, with a loss of capacity that is confirmed."""
    MEDICAL = "medical"
    """(3) In the medical period after illness or an injury elsewhere."""
    MATERNITY = "maternity"
    """(4) Pregnant, in childbed, nursing."""
    RETIREMENT = "retirement"
    """(5) Fifteen years with the company and less than five to the age of retirement."""
    OTHER = "other"
    """(6) Another case that a law or regulation names."""


class Tenure(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """The columns of what holds from a day until a day, both included."""

    valid_from: Mapped[date]
    valid_until: Mapped[date | None] = mapped_column(default=None)
    """The last day, where there is one."""

    @classmethod
    def holds_on(cls, day: date) -> ColumnElement[bool]:
        """Choose the rows that hold on a day."""
        return (cls.valid_from <= day) & or_(cls.valid_until.is_(None), cls.valid_until >= day)

    def is_held_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= day and (self.valid_until is None or self.valid_until >= day)


class Spell(Tenure, Base):
    """One time of employment. Whoever leaves and comes back has two (E-14)."""

    __tablename__ = "spell"
    __table_args__ = (UniqueConstraint("person_key", "valid_from"),)

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key", index=False)
    probation_until: Mapped[date | None] = mapped_column(default=None)
    """The last day of the probation, where there is one (E-17)."""


class Placement(Tenure, Base):
    """In which department and post somebody was; a transfer ends one and begins the next (E-09)."""

    __tablename__ = "placement"
    __table_args__ = (UniqueConstraint("person_key", "valid_from"),)

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key", index=False)
    department_key: Mapped[int] = link("department.key")
    post_key: Mapped[int | None] = optional_link("post.key")


class ReportingLine(Tenure, Base):
    """Who was whose superior."""

    __tablename__ = "reporting_line"
    __table_args__ = (
        CheckConstraint("person_key <> superior_key", name="not_oneself"),
        Index(None, "person_key", "kind", "valid_from"),
    )

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key", index=False)
    superior_key: Mapped[int] = link("person.key")
    kind: Mapped[Line] = mapped_column(stored(Line), default=Line.PRIMARY)


class Leave(Tenure, Base):
    """When somebody was away for long."""

    __tablename__ = "leave"
    __table_args__ = (UniqueConstraint("person_key", "valid_from"),)

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key", index=False)
    kind: Mapped[LeaveKind] = mapped_column(stored(LeaveKind))


class Protection(Tenure, Base):
    """When somebody was protected against notice: sensitive, for HR and the person alone."""

    __tablename__ = "protection"
    __table_args__ = (UniqueConstraint("person_key", "kind", "valid_from"),)

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key", index=False)
    kind: Mapped[ProtectionKind] = mapped_column(stored(ProtectionKind))


class Amendment(Base):
    """One change of what is known of the organisation: appended, never altered."""

    __tablename__ = "amendment"

    SENSITIVE: ClassVar[frozenset[str]] = frozenset({"leaves", "protections"})
    """The sheets whose amendments are for HR alone."""

    STRUCTURE: ClassVar[frozenset[str]] = frozenset({"departments", "posts"})
    """The sheets whose amendments are about nobody."""

    key: Mapped[int] = own_key()
    sheet: Mapped[str]
    """The sheet of an import that holds such records, such as `lines`."""
    subject: Mapped[str] = mapped_column(index=True)
    """The employee id, or the code of a department or post."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    amended_by: Mapped[str]
    amended_at: Mapped[datetime] = mapped_column(Instant)
