"""Candidates: to whom a task is addressed that nobody holds yet, and who of them may take it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from engine.bpmn.models import TaskCandidate, UserTask
from engine.identity import Identity

Bar = Callable[[Identity], ColumnElement[bool]]
"""Which tasks an account may not take although one of its groups may, as a condition on `UserTask`."""

_BARS: list[Bar] = []


def bar(condition: Bar) -> Bar:
    """Keep members of candidate groups away from tasks by a condition that whatever stands on the engine knows of."""
    _BARS.append(condition)
    return condition


def of_task(session: Session, key: int) -> tuple[list[str], list[str]]:
    """Return the candidate users and the candidate groups of a task."""
    rows = session.scalars(
        select(TaskCandidate).where(TaskCandidate.task_key == key).order_by(TaskCandidate.kind, TaskCandidate.name)
    ).all()
    return [r.name for r in rows if r.kind == "user"], [r.name for r in rows if r.kind == "group"]


def is_one(session: Session, task: UserTask, who: Identity) -> bool:
    """Tell whether a task is addressed to somebody."""
    return bool(session.scalar(select(exists().where(UserTask.key == task.key, may_claim(who)))))


def may_claim(identity: Identity) -> ColumnElement[bool]:
    """Return the condition for the tasks that are addressed to an account."""
    user = and_(TaskCandidate.kind == "user", TaskCandidate.name == identity.username)
    group = and_(TaskCandidate.kind == "group", TaskCandidate.name.in_(sorted(identity.groups)))
    named = or_(user, and_(group, *(not_(barred(identity)) for barred in _BARS)))
    return exists().where(TaskCandidate.task_key == UserTask.key, named).correlate(UserTask)
