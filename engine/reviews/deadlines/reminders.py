"""Reminders: whoever can do an open task is told that its deadline is near or over; nothing is done for them.

Nobody is told of a task twice in a day, so that a worker that was down for days does not send a storm (E-50), and
nobody who is on leave is told at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import candidates
from engine.bpmn.models import TaskState, UserTask
from engine.calendars import HOME_ZONE
from engine.identity import Membership
from engine.reviews import notices
from engine.reviews.cycle import own_tasks
from engine.reviews.models import Leave, Notice, Person, Review

NEAR, DUE, OVERDUE = "task-near", "task-due", "task-overdue"
"""Before the deadline, once it has come, and when the next level is told."""

KINDS = (NEAR, DUE, OVERDUE)


def write(session: Session, instance_key: int, element_id: str, *, review: Review | None) -> None:
    """Tell the holders of an element's open tasks, or where nobody holds one all its candidates, when they are due."""
    for task in open_tasks(session, instance_key, element_id):
        over = task.due_at is not None and task.due_at <= clock.now(session)
        tell(session, task, DUE if over else NEAR, review=review)


def tell(session: Session, task: UserTask, kind: str, *, review: Review | None) -> None:
    """Remind everybody of a task who can do it, is there today and has not been told of it today."""
    about = {} if review is None else {"review": str(review.key)}
    people = present(session, holding(session, task))
    told = _told_today(session, task, people)
    for person in people:
        if person.key not in told:
            due = None if task.due_at is None else task.due_at.isoformat()
            notices.write(session, person.key, kind, task=str(task.key), name=task.name, due=due, **about)


def open_tasks(session: Session, instance_key: int, element_id: str) -> Sequence[UserTask]:
    """List the open tasks of an element of an instance."""
    waiting = select(UserTask).where(
        UserTask.instance_key == instance_key, UserTask.element_id == element_id, UserTask.state == TaskState.CREATED
    )
    return session.scalars(waiting.order_by(UserTask.key)).all()


def holders(session: Session, task: UserTask) -> Iterable[str]:
    """Name the accounts that can complete a task: its assignee, or else its candidates.

    Whom it is about is none of a candidate group's members.
    """
    if task.assignee is not None:
        return [task.assignee]
    users, groups = candidates.of_task(session, task.key)
    members = session.scalars(
        select(Membership.username).where(Membership.group.in_(groups), Membership.holds_on(calendars.today(session)))
    )
    return sorted({*users, *({*members} - {own_tasks.appraisee(session, task)})})


def holding(session: Session, task: UserTask) -> Sequence[Person]:
    """List the people who can complete a task."""
    named = select(Person).where(Person.username.in_(holders(session, task)))
    return session.scalars(named.order_by(Person.employee_id)).all()


def present(session: Session, people: Sequence[Person]) -> list[Person]:
    """Leave out who is on leave today."""
    day = calendars.today(session)
    away = set(
        session.scalars(
            select(Leave.person_key).where(Leave.person_key.in_(person.key for person in people), Leave.holds_on(day))
        )
    )
    return [person for person in people if person.key not in away]


def _told_today(session: Session, task: UserTask, people: Sequence[Person]) -> set[int]:
    """Choose the people who were reminded of a task since this day began."""
    began = datetime.combine(calendars.today(session), time(), HOME_ZONE)
    written = session.scalars(
        select(Notice).where(
            Notice.person_key.in_(person.key for person in people), Notice.kind.in_(KINDS), Notice.written_at >= began
        )
    )
    return {notice.person_key for notice in written if notice.details.get("task") == str(task.key)}
