"""The tables of the engine: definitions, instances, and what waits."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key, stored
from engine.errors import ErrorType

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


class IncidentState(StrEnum):
    """Whether something still has to be done about an incident."""

    ACTIVE = "ACTIVE"
    """It waits for somebody to resolve it."""
    RESOLVED = "RESOLVED"
    """Somebody resolved it, or the process went on without it."""


class Deployment(Base):
    """What was deployed together, by whom and when."""

    __tablename__ = "deployment"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    deployed_at: Mapped[datetime] = mapped_column(Instant)
    deployed_by: Mapped[str]


class ProcessDefinition(Base):
    """One version of a process. It never changes."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("process_id", "version"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    process_id: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str | None]
    name: Mapped[str | None]
    resource_name: Mapped[str]
    checksum: Mapped[str]
    """SHA-256 of the resource: the same content is the same version."""
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    net: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The compiled net, as JSON."""


class DecisionDefinition(Base):
    """One version of a decision, and the file with all that it requires."""

    __tablename__ = "decision_definition"
    __table_args__ = (UniqueConstraint("decision_id", "version"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    decision_id: Mapped[str]
    version: Mapped[int]
    name: Mapped[str | None]
    resource_name: Mapped[str]
    checksum: Mapped[str]
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class FormDefinition(Base):
    """One version of a form: a form-js schema."""

    __tablename__ = "form_definition"
    __table_args__ = (UniqueConstraint("form_id", "version"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    form_id: Mapped[str]
    version: Mapped[int]
    resource_name: Mapped[str]
    checksum: Mapped[str]
    schema: Mapped[dict[str, Any]] = mapped_column(JSON)


class StartSubscription(Base):
    """A message whose arrival starts the latest version of a process."""

    __tablename__ = "start_subscription"

    process_id: Mapped[str] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(primary_key=True)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    message_name: Mapped[str] = mapped_column(index=True)


class StartSignal(Base):
    """A signal that starts the latest version of a process."""

    __tablename__ = "start_signal"

    process_id: Mapped[str] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(primary_key=True)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    signal_name: Mapped[str] = mapped_column(index=True)


class StartCondition(Base):
    """A condition under which the latest version of a process starts, asked whenever somebody asks."""

    __tablename__ = "start_condition"

    process_id: Mapped[str] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(primary_key=True)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))


class StartTimer(Base):
    """A time at which the latest version of a process starts; a cycle keeps this one row, however often it comes."""

    __tablename__ = "start_timer"

    process_id: Mapped[str] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(primary_key=True)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    due_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    """When it is to start next; None once it never does again, but its last start failed."""
    schedule: Mapped[list[Any]] = mapped_column(JSON)
    """The schedule of the next start, as the executor writes those of waiting timers."""
    failures: Mapped[int] = mapped_column(default=0)
    """How often in a row the next start has failed."""
    failure: Mapped[str | None] = mapped_column(default=None)
    """Why the last start failed, until one succeeds."""


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


class Timer(Base):
    """A time that an instance waits for."""

    __tablename__ = "timer"

    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Instant, index=True)
    """When it fires; later than `first_due_at` after a failure."""
    first_due_at: Mapped[datetime] = mapped_column(Instant)
    """When it was to fire: what the process sees as its time, however late it is woken."""
    failures: Mapped[int] = mapped_column(default=0)


class MessageSubscription(Base):
    """A message that an instance waits for."""

    __tablename__ = "message_subscription"
    __table_args__ = (Index(None, "message_name", "correlation_key"),)

    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    process_id: Mapped[str]
    message_name: Mapped[str]
    correlation_key: Mapped[str]


class SignalSubscription(Base):
    """A signal that an instance waits for."""

    __tablename__ = "signal_subscription"

    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    signal_name: Mapped[str] = mapped_column(index=True)


class Message(Base):
    """A published message that is kept until it expires, for those who begin to wait later."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "name", "correlation_key"),
        UniqueConstraint("name", "correlation_key", "message_id"),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[str]
    correlation_key: Mapped[str]
    message_id: Mapped[str | None]
    """The publisher's id: a second message with it is refused while the first is kept."""
    variables: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    correlated: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    """The processes that have taken it: each takes a message once."""
    conversation_key: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The conversation of the instance that sent it, whose other instances take it first."""


class IncidentRecord(Base):
    """Work in the background that failed, until somebody resolves it."""

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
    created_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When somebody resolved it, or the process went on without it."""
    resolved_by: Mapped[str | None] = mapped_column(default=None)


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
