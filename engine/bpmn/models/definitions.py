"""What was deployed: definitions in versions, and what starts them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key


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


class Element(Base):
    """What may be asked of an element of a process definition; one that is done several times has two, by type."""

    __tablename__ = "element"
    __table_args__ = (UniqueConstraint("definition_key", "element_id", "type"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    element_id: Mapped[str]
    name: Mapped[str]
    """As it is drawn; the element's id where it has none."""
    type: Mapped[str]
    """In Camunda's words, such as `USER_TASK` or `MULTI_INSTANCE_BODY`."""


class DecisionRequirements(Base):
    """One version of a file of decisions with all that they require."""

    __tablename__ = "decision_requirements"
    __table_args__ = (UniqueConstraint("requirements_id", "version"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    requirements_id: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    resource_name: Mapped[str]
    checksum: Mapped[str]
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class DecisionDefinition(Base):
    """One version of a decision."""

    __tablename__ = "decision_definition"
    __table_args__ = (UniqueConstraint("decision_id", "version"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    requirements_key: Mapped[int] = mapped_column(ForeignKey("decision_requirements.key"))
    decision_id: Mapped[str]
    version: Mapped[int]
    name: Mapped[str | None]
    resource_name: Mapped[str]
    checksum: Mapped[str]


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
