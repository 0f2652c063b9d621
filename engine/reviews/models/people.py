"""The tables of the organisation: departments, people, who reports to whom."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base
from engine.reviews.models.columns import link, optional_link, own_key, stored


class Role(StrEnum):
    """What somebody may do beyond the own line: groups of the account, to which diagrams address tasks."""

    HR = "hr"
    """Drafts cycles, sees every review, releases results."""
    FINANCE = "finance"
    """Confirms actual values."""
    AUDITOR = "auditor"
    """Confirms actual values as finance does, and corrects them (L003-26)."""
    PANEL = "panel"
    """May be drawn for appeal panels."""


class Line(StrEnum):
    """What a reporting line is for."""

    PRIMARY = "primary"
    """The superior who rates and signs; at most one at a time."""
    MATRIX = "matrix"
    """A second superior, who may be heard (E-10)."""


class Department(Base):
    """A department, by the code that imports use."""

    __tablename__ = "department"

    key: Mapped[int] = own_key()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    parent_key: Mapped[int | None] = optional_link("department.key")


class Person(Base):
    """Somebody who is or was employed: identity is the employee id, whatever becomes of name and account (E-19)."""

    __tablename__ = "person"

    key: Mapped[int] = own_key()
    employee_id: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str] = mapped_column(unique=True)
    """The account to which tasks are assigned."""
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    department_key: Mapped[int] = link("department.key")
    post: Mapped[str] = mapped_column(default="")
    employed_from: Mapped[date]
    employed_until: Mapped[date | None] = mapped_column(default=None)
    """The last day, where there is one."""


class ReportingLine(Base):
    """Who was whose superior, and from when until when (both days included)."""

    __tablename__ = "reporting_line"
    __table_args__ = (
        CheckConstraint("person_key <> superior_key", name="not_oneself"),
        Index(None, "person_key", "kind", "valid_from"),
    )

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key", index=False)
    superior_key: Mapped[int] = link("person.key")
    kind: Mapped[Line] = mapped_column(stored(Line), default=Line.PRIMARY)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None] = mapped_column(default=None)
