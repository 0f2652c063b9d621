"""Reminders: whoever can do an open task that is due is told so; nothing is done for them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars
from engine.bpmn import tasks
from engine.bpmn.models import TaskState, UserTask
from engine.identity import Membership
from engine.reviews import notices
from engine.reviews.models import Person, Review


def write(session: Session, instance_key: int, element_id: str, *, review: Review | None) -> None:
    """Tell the holders of an element's open tasks, or where nobody holds one all its candidates."""
    waiting = select(UserTask).where(
        UserTask.instance_key == instance_key, UserTask.element_id == element_id, UserTask.state == TaskState.CREATED
    )
    about = {} if review is None else {"review": str(review.key)}
    for task in session.scalars(waiting).all():
        for key in session.scalars(select(Person.key).where(Person.username.in_(holders(session, task)))).all():
            notices.write(session, key, "task-due", task=str(task.key), name=task.name, **about)


def holders(session: Session, task: UserTask) -> Iterable[str]:
    """Name the accounts that can complete a task: its assignee, or else its candidates."""
    if task.assignee is not None:
        return [task.assignee]
    users, groups = tasks.candidates(session, task.key)
    members = session.scalars(
        select(Membership.username).where(Membership.group.in_(groups), Membership.holds_on(calendars.today(session)))
    )
    return sorted({*users, *members})
