"""The tables of what stands above a cycle: regulations, the indicator library, the goals that are handed down."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import link, optional_link, own_key, stored


class Regulation(Base):
    """One version of a rule document (制度), such as the handbook of targets. Once published it never changes."""

    __tablename__ = "regulation"
    __table_args__ = (UniqueConstraint("regulation_id", "version"),)

    key: Mapped[int] = own_key()
    regulation_id: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    province: Mapped[str] = mapped_column(default="")
    """Whose courts would judge a missing democratic step (Labour Contract Law art. 4)."""
    drafted_by: Mapped[str]
    published_by: Mapped[str | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    digest: Mapped[str] = mapped_column(default="")
    """SHA-256 of what was published."""


class Procedure(StrEnum):
    """The steps that the law demands before a regulation binds anybody (Labour Contract Law art. 4)."""

    DISCUSSION = "discussion"
    """Discussed by all staff or their representatives."""
    CONSULTATION = "consultation"
    """Negotiated with the union or the representatives."""


class ProcedureRecord(Base):
    """What was done of the democratic procedure, with the minutes."""

    __tablename__ = "procedure_record"

    key: Mapped[int] = own_key()
    regulation_key: Mapped[int] = link("regulation.key")
    step: Mapped[Procedure] = mapped_column(stored(Procedure))
    held_on: Mapped[date]
    participants: Mapped[str]
    minutes: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class Receipt(Base):
    """That somebody has read a published regulation: given by that person alone."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("regulation_key", "person_key"),)

    key: Mapped[int] = own_key()
    regulation_key: Mapped[int] = link("regulation.key", index=False)
    person_key: Mapped[int] = link("person.key")
    received_at: Mapped[datetime] = mapped_column(Instant)


class LibraryEntry(Base):
    """One version of an indicator of the library. It never changes: a change is another version."""

    __tablename__ = "library_entry"
    __table_args__ = (UniqueConstraint("entry_id", "version"),)

    key: Mapped[int] = own_key()
    entry_id: Mapped[str]
    version: Mapped[int]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    """An indicator as a template has it, without its weight."""
    defined_by: Mapped[str]
    defined_at: Mapped[datetime] = mapped_column(Instant)


class GradeMapping(Base):
    """Which grade of one template stands for which of another; the newest of a pair holds (X-02)."""

    __tablename__ = "grade_mapping"

    key: Mapped[int] = own_key()
    before_id: Mapped[str]
    """The template, by its id, whose grades are carried over."""
    after_id: Mapped[str]
    """The template in whose grades they are said then."""
    levels: Mapped[dict[str, str]] = mapped_column(JSON)
    """The ids of the levels of the one, each with that of the other that it stands for."""
    reason: Mapped[str]
    declared_by: Mapped[str]
    declared_at: Mapped[datetime] = mapped_column(Instant)


class GoalLevel(StrEnum):
    """Whose goal it is; a goal is handed down from one level to the next."""

    COMPANY = "company"
    """The company's."""
    DEPARTMENT = "department"
    """A department's."""
    PERSON = "person"
    """Somebody's own."""


class Goal(Base):
    """A goal of a cycle, and what share of the goal above it carries (L000-14)."""

    __tablename__ = "goal"

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key")
    parent_key: Mapped[int | None] = optional_link("goal.key")
    level: Mapped[GoalLevel] = mapped_column(stored(GoalLevel))
    department_key: Mapped[int | None] = optional_link("department.key")
    person_key: Mapped[int | None] = optional_link("person.key")
    indicator_id: Mapped[str]
    target: Mapped[str]
    """As written: 500, 85%."""
    unit: Mapped[str] = mapped_column(default="")
    share: Mapped[str] = mapped_column(default="")
    """The per cent of the goal above, such as 70 or 100/3; empty for a goal at the top."""
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(Instant)


class KeyResult(Base):
    """A key result, or a stage of a project, as the system has it in which objectives are kept (L000-15, L002-05)."""

    __tablename__ = "key_result"
    __table_args__ = (UniqueConstraint("cycle_key", "source", "reference"),)

    key: Mapped[int] = own_key()
    cycle_key: Mapped[int] = link("cycle.key", index=False)
    source: Mapped[str]
    """The system, such as 飞书OKR."""
    reference: Mapped[str]
    """By which it is found there."""
    objective: Mapped[str]
    title: Mapped[str]
    person_key: Mapped[int | None] = optional_link("person.key")
    """Whose it is; without one it is its goal's owner's."""
    goal_key: Mapped[int | None] = optional_link("goal.key")
    """The goal that it is aligned with."""
    target: Mapped[str]
    """As written: 2000, 85%."""
    unit: Mapped[str] = mapped_column(default="")
    reached: Mapped[str] = mapped_column(default="")
    """What is reached so far, as written; empty where nothing is said."""
    starts_on: Mapped[date | None] = mapped_column(default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)
    imported_by: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(Instant)
