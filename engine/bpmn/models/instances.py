"""Process instances, and the work that they wait for."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key, stored

Variables = dict[str, Any]
"""Process variables by name: what JSON can hold, numbers being int or Decimal."""


class InstanceState(StrEnum):
    """What a process instance is doing."""

    ACTIVE = "ACTIVE"
    """It waits for a person, a time or a message."""
    COMPLETED = "COMPLETED"
    """Every token has reached an end."""
    TERMINATED = "TERMINATED"
    """Somebody cancelled it."""


class TaskState(StrEnum):
    """What can be done with a user task."""

    CREATED = "CREATED"
    """It is open."""
    COMPLETED = "COMPLETED"
    """Somebody completed it."""
    CANCELED = "CANCELED"
    """The process went on without it."""


class JobState(StrEnum):
    """How far a job of an external worker is."""

    CREATED = "CREATED"
    """A worker may take it, or has it in hand."""
    FAILED = "FAILED"
    """The last worker failed; another try follows while it has retries left."""
    ERROR_THROWN = "ERROR_THROWN"
    """The worker threw a BPMN error."""
    COMPLETED = "COMPLETED"
    """A worker completed it."""
    CANCELED = "CANCELED"
    """The process went on without it."""


class ElementState(StrEnum):
    """How far an element instance is."""

    ACTIVE = "ACTIVE"
    """A token is on the element."""
    COMPLETED = "COMPLETED"
    """It did what it had to do."""
    TERMINATED = "TERMINATED"
    """The process went on without it."""


class ProcessInstance(Base):
    """A running or ended process. `state_blob` holds its tokens and scopes (D7)."""

    __tablename__ = "process_instance"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"), index=True)
    process_id: Mapped[str]
    process_version: Mapped[int]
    root_key: Mapped[int] = mapped_column(BigInteger, index=True)
    """The instance at the top of its calls: whoever moves any of them locks this one."""
    parent_key: Mapped[int | None] = mapped_column(BigInteger)
    parent_token: Mapped[int | None]
    business_id: Mapped[str | None] = mapped_column(index=True)
    zone: Mapped[str]
    """The zone of its dates, such as `Asia/Shanghai` (D13)."""
    calendar: Mapped[str]
    """The working-day calendar of its deadlines, such as `CN`."""
    cut_off: Mapped[time | None]
    """When its last days end; None means 24:00 (E-41)."""
    state: Mapped[InstanceState] = mapped_column(stored(InstanceState))
    state_blob: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    lock_version: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)
    """The number of its last history row."""
    incidents: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of its incidents are open: whoever moves one without any need not look for them."""
    started_at: Mapped[datetime] = mapped_column(Instant)
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    correlation_key: Mapped[str | None] = mapped_column(index=True, default=None)
    """That of the message it began with: while it runs, no other message with this key starts its process."""
    conversation_key: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The instance at the beginning of the messages that led to it; None where it began by itself."""


class ProcessTag(Base):
    """A word by which whoever started an instance finds it again."""

    __tablename__ = "process_tag"
    __table_args__ = (Index(None, "tag"),)

    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)


class ElementInstance(Base):
    """A token's stay on an element: slim, for every token has one. When it came and left its history rows tell."""

    __tablename__ = "element_instance"
    __table_args__ = (
        UniqueConstraint("instance_key", "token"),
        Index(
            "ix_element_instance_active",
            "element_key",
            sqlite_where=text("state = 'ACTIVE'"),
            postgresql_where=text("state = 'ACTIVE'"),
        ),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    """That of the process instance for its own token."""
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    token: Mapped[int]
    parent: Mapped[int]
    """The token around it, 0 for the process itself."""
    element_key: Mapped[int] = mapped_column(ForeignKey("element.key"))
    state: Mapped[ElementState] = mapped_column(stored(ElementState), default=ElementState.ACTIVE)
    entered_in: Mapped[int]
    """The sequence of the history row that tells of its coming."""
    left_in: Mapped[int | None] = mapped_column(default=None)
    """The sequence of the history row that tells of its leaving."""


class UserTask(Base):
    """A task that a person completes."""

    __tablename__ = "user_task"
    __table_args__ = (
        Index(None, "assignee", "state"),
        Index(None, "instance_key", "token"),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int] = mapped_column(BigInteger)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    process_id: Mapped[str]
    process_version: Mapped[int]
    token: Mapped[int]
    element_id: Mapped[str]
    name: Mapped[str | None]
    form_key: Mapped[int | None] = mapped_column(ForeignKey("form_definition.key"))
    assignee: Mapped[str | None]
    priority: Mapped[int] = mapped_column(default=50)
    due_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    follow_up_at: Mapped[datetime | None] = mapped_column(Instant)
    state: Mapped[TaskState] = mapped_column(stored(TaskState), default=TaskState.CREATED)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    completed_by: Mapped[str | None] = mapped_column(default=None)


class TaskCandidate(Base):
    """Who may claim a task: one user or one group."""

    __tablename__ = "task_candidate"
    __table_args__ = (Index(None, "kind", "name"),)

    task_key: Mapped[int] = mapped_column(ForeignKey("user_task.key", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    """`user` or `group`."""
    name: Mapped[str] = mapped_column(primary_key=True)


class Job(Base):
    """Work that an external worker takes, does and completes."""

    __tablename__ = "job"
    __table_args__ = (
        Index(None, "type", "state", "available_at"),
        Index(None, "instance_key", "token"),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int] = mapped_column(BigInteger)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    process_id: Mapped[str]
    process_version: Mapped[int]
    token: Mapped[int]
    element_id: Mapped[str]
    type: Mapped[str]
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    retries: Mapped[int]
    priority: Mapped[int] = mapped_column(default=0)
    state: Mapped[JobState] = mapped_column(stored(JobState), default=JobState.CREATED)
    available_at: Mapped[datetime] = mapped_column(Instant)
    """When a worker may take it: not before the lock of the last one, or its back-off, is over."""
    deadline: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """Until when the worker that has it in hand holds it; None while nobody has."""
    worker: Mapped[str] = mapped_column(default="")
    """The name of the last worker that took it."""
    lease: Mapped[str | None] = mapped_column(default=None)
    """What the worker that has it in hand must show, if it asked for that."""
    error_code: Mapped[str | None] = mapped_column(default=None)
    error_message: Mapped[str | None] = mapped_column(default=None)
    incident_key: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The open incident about it: until that is resolved nobody takes it."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class TaskDraft(Base):
    """What somebody typed into the form of a task and has not submitted; it is never deleted."""

    __tablename__ = "task_draft"
    __table_args__ = (UniqueConstraint("task_key", "username"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    task_key: Mapped[int] = mapped_column(ForeignKey("user_task.key"))
    username: Mapped[str]
    """Who typed it."""
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    """The answers so far, in exact JSON."""
    saved_at: Mapped[datetime] = mapped_column(Instant)
    offered_to: Mapped[str | None] = mapped_column(default=None, index=True)
    """Who took the task over and may read it: it went along (E-01)."""
    offered_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
