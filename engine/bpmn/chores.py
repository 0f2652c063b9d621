"""Chores: background work, deferred in the caller's transaction and done at least once, after it (D15, D16).

On PostgreSQL procrastinate carries them to any worker; on SQLite the same process works off the table `chore`. A chore
for later waits in that table on both, because its time is that of `engine.clock`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, db, exact_json, keys
from engine.db import Base, Instant, Key
from engine.errors import Forbidden, NotFound
from engine.identity import Identity

Chore = Callable[..., None]
"""What does the work: `(session, **arguments)`. It may run again, so it asks first what is done already."""

QUEUE = "chores"
"""The name of the queue in procrastinate."""

ATTEMPTS = 6
"""How often a chore is tried; after the last failure it is kept for somebody to look at."""

REGISTERED: dict[str, Chore] = {}
"""The chores by name."""


class DeferredChore(Base):
    """A chore that waits for its time, or that failed for good."""

    __tablename__ = "chore"
    __table_args__ = (Index(None, "failed_at", "run_at"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    run_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(default=None)
    """Why the last attempt failed."""
    failed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When the last attempt failed, after which it is not tried again."""


def chore(name: str) -> Callable[[Chore], Chore]:
    """Register a function as the chore of this name."""

    def register(function: Chore) -> Chore:
        REGISTERED[name] = function
        return function

    return register


def defer(session: Session, name: str, arguments: dict[str, Any], run_at: datetime | None = None) -> None:
    """Have a chore done once the caller's transaction is committed, and not before `run_at`.

    Raises:
        KeyError: there is no chore of this name.
    """
    if name not in REGISTERED:
        raise KeyError(name)
    now = clock.now(session)
    if db.bound().sqlite or (run_at and run_at > now):
        session.add(DeferredChore(key=keys.issue(), name=name, arguments=arguments, run_at=run_at or now))
    else:
        _hand_over(session, name, arguments)


def hand_over_due(session: Session, limit: int = 100) -> int:
    """Give the chores whose time has come to procrastinate; return how many."""
    due = _due(session, limit).with_for_update(skip_locked=True)
    waiting = session.scalars(due).all()
    for found in waiting:
        _hand_over(session, found.name, found.arguments)
        session.delete(found)
    return len(waiting)


def due(session: Session, limit: int = 100) -> list[int]:
    """Return the keys of the chores whose time has come, the earliest first."""
    return [found.key for found in session.scalars(_due(session, limit))]


def run(session: Session, key: int) -> None:
    """Do a chore that waits here, unless another has done it."""
    found = session.get(DeferredChore, key)
    if found is not None:
        perform(session, found.name, found.arguments)
        session.execute(delete(DeferredChore).where(DeferredChore.key == key))


def perform(session: Session, name: str, arguments: dict[str, Any]) -> None:
    """Do a chore now."""
    REGISTERED[name](session, **arguments)


def fail(session: Session, key: int, reason: str) -> None:
    """Note that a chore that waits here failed: it is tried again later, or kept after the last attempt."""
    found = session.get(DeferredChore, key)
    if found is None:
        return
    now = clock.now(session)
    found.attempts, found.error = found.attempts + 1, reason
    wait = retry_after(found.attempts)
    if wait is None:
        found.failed_at = now
    else:
        found.run_at = now + wait


def keep(session: Session, name: str, arguments: dict[str, Any], reason: str) -> None:
    """Keep a chore that procrastinate tried for the last time."""
    now = clock.now(session)
    kept = DeferredChore(key=keys.issue(), name=name, arguments=arguments, run_at=now)
    kept.attempts, kept.error, kept.failed_at = ATTEMPTS, reason, now
    session.add(kept)


def failed(session: Session) -> list[DeferredChore]:
    """Return the chores that are not tried again, the oldest first."""
    kept = select(DeferredChore).where(DeferredChore.failed_at.is_not(None))
    return list(session.scalars(kept.order_by(DeferredChore.key)))


def retry(session: Session, key: int, *, by: Identity) -> None:
    """Have a chore done again that was not tried any more; its attempts are counted anew.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such chore that failed.
    """
    if not by.operator:
        raise Forbidden("Expected to retry chore {key}, but {username} is no operator", key=key, username=by.username)
    found = session.get(DeferredChore, key, with_for_update=True)
    if found is None or found.failed_at is None:
        raise NotFound("Expected to retry chore {key}, but there is none that failed", key=key)
    found.failed_at, found.attempts, found.run_at = None, 0, clock.now(session)


def retry_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts: 10 s, 1, 6, 36 min, 3.6 h; None if it was the last."""
    return timedelta(seconds=10 * 6 ** (attempts - 1)) if attempts < ATTEMPTS else None


def _due(session: Session, limit: int) -> Any:
    waiting = select(DeferredChore).where(DeferredChore.failed_at.is_(None))
    return waiting.where(DeferredChore.run_at <= clock.now(session)).order_by(DeferredChore.run_at).limit(limit)


def _hand_over(session: Session, name: str, arguments: dict[str, Any]) -> None:
    """Defer a procrastinate job in this session's transaction; named, as the columns' order depends on its history."""
    job = {"queue_name": QUEUE, "task_name": name, "priority": 0, "args": arguments}
    defer_job = text(
        "SELECT procrastinate_defer_jobs_v1(ARRAY["
        "jsonb_populate_record(NULL::procrastinate_job_to_defer_v1, CAST(:job AS jsonb))])"
    )
    session.execute(defer_job, {"job": exact_json.dumps(job).decode()})
