"""Mid-cycle changes in the demo company: entered by one from HR, decided, and approved by another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

from demonstration import Demonstration
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import db, identity
from engine.bpmn import tasks
from engine.bpmn.models import TaskState, UserTask
from engine.reviews.changes import decisions, records
from engine.reviews.changes.events import Event
from engine.reviews.models import ChangeKind
from engine.reviews.organisation import people

DECIDES, APPROVES = "zhao.min", "qian.li"


class CrashError(BaseException):
    """The machine went down: nothing of the product hears of it."""


@contextmanager
def undone() -> Iterator[Session]:
    """Open a transaction that is given up."""
    with suppress(CrashError), db.transaction() as session:
        yield session
        raise CrashError


def entered(
    demonstration: Demonstration,
    kind: ChangeKind,
    *about: str,
    effective_on: date,
    to: str | None = None,
    owner: str | None = None,
    reason: str = "组织调整",
    by: str = DECIDES,
    **details: Any,
) -> int:
    """Enter a change of one's review, or of several; return its key."""
    with db.transaction() as session:
        event = Event(
            kind=kind,
            effective_on=effective_on,
            reason=reason,
            people=[people.named(session, name) for name in about or ("zhang.wei",)],
            to=people.named(session, to) if to else None,
            owner=people.named(session, owner) if owner else None,
            details=details,
        )
        cycle = demonstration.cycle(session)
        return decisions.enter(session, cycle, event, by=identity.identity_of(session, by)).key


def apply(_demonstration: Demonstration, key: int, *choices: str) -> None:
    """Decide the items of a change in the order of its preview, and have it approved, in the tasks of its process."""
    with db.reading() as session:
        items = [{"choice": choice} for choice in choices]
        assert len(records.found(session, key).preview) == len(choices)
    complete(key, DECIDES, decision="decide", items=items)
    complete(key, APPROVES, decision="approve")


def complete(key: int, username: str, **answers: Any) -> None:
    """Complete the one open task of a change that somebody may do."""
    with db.transaction() as session:
        who = identity.identity_of(session, username)
        instance = records.found(session, key).instance_key
        mine = select(UserTask).where(UserTask.root_key == instance, UserTask.state == TaskState.CREATED)
        task = session.scalars(mine.where(tasks.visible_to(who))).one()
        tasks.complete(session, task.key, by=who, variables=answers)
