"""What is kept of what happened: incidents, decisions, the history."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key, stored
from engine.errors import ErrorType


class IncidentState(StrEnum):
    """Whether something still has to be done about an incident."""

    ACTIVE = "ACTIVE"
    """It waits for somebody to resolve it."""
    RESOLVED = "RESOLVED"
    """Somebody resolved it, or the process went on without it."""


class IncidentRecord(Base):
    """Work in the background, or a completion, that failed, until it is done or somebody resolves it."""

    __tablename__ = "incident"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), index=True)
    token: Mapped[int]
    element_id: Mapped[str]
    kind: Mapped[ErrorType] = mapped_column(
        stored(ErrorType), default=ErrorType.UNKNOWN, server_default=ErrorType.UNKNOWN.value
    )
    message: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=1, server_default="1")
    """How often it has been tried, those before earlier incidents included."""
    job_key: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The job that somebody has to do again, if it is about one."""
    move: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """JSON: what was to happen, and happens when it is resolved (`engine.bpmn.moves`)."""
    task_key: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The user task that could not be completed, if it is about one."""
    username: Mapped[str | None] = mapped_column(default=None)
    """Who could not complete it."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When somebody resolved it, or the process went on without it."""
    resolved_by: Mapped[str | None] = mapped_column(default=None)


class DecisionInstance(Base):
    """A decision that a process made; the history row has what it was given and what it answered."""

    __tablename__ = "decision_instance"
    __table_args__ = (UniqueConstraint("evaluation_key", "number"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    evaluation_key: Mapped[int] = mapped_column(BigInteger)
    """What the decision and those it requires have in common."""
    number: Mapped[int]
    """Its place in the evaluation, from 1: what is required comes first, the decision asked for last."""
    definition_key: Mapped[int] = mapped_column(ForeignKey("decision_definition.key"), index=True)
    root_definition_key: Mapped[int] = mapped_column(ForeignKey("decision_definition.key"))
    """The decision that was asked for."""
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), index=True)
    token: Mapped[int]
    sequence: Mapped[int]
    """The history row that tells of it."""
    place: Mapped[int]
    """Which of the row's evaluations it belongs to, from 0."""


class HistoryRow(Base):
    """One transition of one instance, signed; nothing edits it (D15, D18)."""

    __tablename__ = "history"

    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str]
    event: Mapped[str]
    element_id: Mapped[str | None]
    details: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON: the elements entered and left on the way, the decisions with inputs and matched rules."""
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    seal: Mapped[int | None] = mapped_column(index=True, default=None)
    """The segment it was sealed in."""


class HistorySeal(Base):
    """A segment of the history, sealed: no row of it can be taken out, changed or added, and no seal left out."""

    __tablename__ = "history_seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime] = mapped_column(Instant)
    rows: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 over the signatures of its rows, by instance and sequence."""
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    """Over all of this and the signature of the seal before."""
