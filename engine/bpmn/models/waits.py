"""The events that instances wait for, and the messages that wait for instances."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key


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

    key: Mapped[int] = mapped_column(Key, unique=True)
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
