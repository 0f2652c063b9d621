"""Extensions: HR gives one person, or several, more time for an open task, or opens one again that its deadline closed.

The person is told, what was reported to the next level is void, and the deadline before stays on record (E-48).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import extensions
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask
from engine.calendars import WorkingCalendar
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import SYSTEM, Account, Identity
from engine.reviews import notices
from engine.reviews.cycle import own_tasks
from engine.reviews.deadlines import escalations, reminders
from engine.reviews.models import Cycle, Extension, Person, Review, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text

EXTENDED, REOPENED = "deadline-extended", "task-reopened"

FOLLOWS = "工作日历更新 The working calendar was updated"
"""Why a deadline moves that the calendar moved."""

MOST_TASKS = 1000
"""The most tasks that are extended at once."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A day that was counted, not named: so many working days after another."""

    start: date
    working_days: int


def extend(
    session: Session,
    task_keys: Sequence[int],
    until: date,
    *,
    reason: str,
    by: Identity,
    counted: Counted | None = None,
) -> list[Extension]:
    """Give more time for open tasks: for all of them, or if one cannot be extended for none.

    Where the day is `counted` it is counted again when a calendar is published.

    Raises:
        Forbidden: `by` is not HR, or one is of the own review (E-95).
        NotFound: there is no such task.
        Conflict: one is not open.
        Invalid: there is no reason, the day will not do, or there are no or too many tasks.
    """
    intent = Sentence("extend {count} tasks", count=len(task_keys))
    people.expect_role(by, Role.HR, intent)
    expect_text(reason, "reason", intent)
    if not 0 < len(set(task_keys)) <= MOST_TASKS:
        problem = Problem(
            Sentence("From one to {most_tasks} tasks are extended at once", most_tasks=MOST_TASKS), "tasks", "count"
        )
        raise Invalid("Expected to {intent}, but not so many at once", [problem], intent=intent)
    return [_extend(session, key, until, reason=reason, by=by, counted=counted) for key in dict.fromkeys(task_keys)]


def follow_calendar(session: Session, instance_key: int) -> list[Extension]:
    """Move the deadlines that HR moved in a process instance on, where the calendar that now holds asks for it (E-44).

    A day that was counted is counted again; one that was named and is no working day any more moves to the next. None
    moves back: who was told a later day keeps it.
    """
    open_ = select(UserTask).where(UserTask.instance_key == instance_key, UserTask.state == TaskState.CREATED)
    moved = (_follow(session, task) for task in session.scalars(open_.order_by(UserTask.key)).all())
    return [row for row in moved if row is not None]


def reopen(session: Session, task_key: int, until: date, *, reason: str, by: Identity) -> Extension:
    """Open a task again that its deadline closed, for as long as the process can go back.

    Raises:
        Forbidden: `by` is not HR, or it is of the own review (E-95).
        NotFound: there is no such task.
        Conflict: it was not closed, somebody has it again, or the process has gone on.
        Invalid: there is no reason, or the day will not do.
    """
    intent = Sentence("reopen task {task_key}", task_key=task_key)
    people.expect_role(by, Role.HR, intent)
    expect_text(reason, "reason", intent)
    closed = found(session, task_key)
    _expect_another(session, closed, by)
    opened = extensions.reopen(session, task_key, until, by=by.trusted())
    row = _row(session, opened, closed.due_at, reason, by)
    row.task_key, row.reopened_key = closed.key, opened.key
    escalations.lift(session, closed.key)
    _tell(session, opened, REOPENED, row)
    return row


def of_task(session: Session, task_key: int) -> Sequence[Extension]:
    """List the extensions of a task, the first one first."""
    given = select(Extension).where((Extension.task_key == task_key) | (Extension.reopened_key == task_key))
    return session.scalars(given.order_by(Extension.key)).all()


def open_of(session: Session, cycle: Cycle, *, by: Identity) -> Sequence[UserTask]:
    """List the open tasks of a cycle's reviews but the own one, what is due first first."""
    tasks = _of_cycle(cycle, by).where(UserTask.state == TaskState.CREATED)
    return session.scalars(tasks.order_by(UserTask.due_at, UserTask.key)).all()


def closed_of(session: Session, cycle: Cycle, *, by: Identity) -> Sequence[UserTask]:
    """List the tasks that their deadline closed, of others' reviews whose processes still run; the last first."""
    over = UserTask.state == TaskState.CANCELED, UserTask.due_at <= UserTask.ended_at
    running = select(ProcessInstance.key).where(ProcessInstance.state == InstanceState.ACTIVE)
    tasks = _of_cycle(cycle, by).where(*over, UserTask.instance_key.in_(running))
    return session.scalars(tasks.order_by(UserTask.ended_at.desc(), UserTask.key)).all()


def found(session: Session, task_key: int) -> UserTask:
    """Find a task by key.

    Raises:
        NotFound: there is none.
    """
    task = session.get(UserTask, task_key, populate_existing=True)  # a step may have written it
    if task is None:
        raise NotFound("Expected to find user task {task_key}, but there is none", task_key=task_key)
    return task


def _of_cycle(cycle: Cycle, by: Identity) -> Select[UserTask]:
    """Choose the tasks of a cycle; who is late in one's own review is nothing one is told (E-95)."""
    others = Review.appraisee_key.not_in(select(Person.key).where(Person.username == by.username))
    reviews = select(Review.instance_key).where(Review.cycle_key == cycle.key, others)
    return select(UserTask).where(UserTask.root_key.in_(reviews))


def _follow(session: Session, task: UserTask) -> Extension | None:
    given = [row for row in of_task(session, task.key) if row.after == task.due_at]
    if not given:
        return None
    last, instance = given[-1], session.get_one(ProcessInstance, task.instance_key)
    names = select(func.coalesce(Account.calendar, instance.calendar)).where(Account.username == task.assignee)
    *earlier, latest = calendars.versions(session, session.scalar(names) or instance.calendar)
    stands = calendars.last_day(last.after, ZoneInfo(instance.zone))
    day = _counted_day(last, latest)
    if day is None:
        named = not any(calendar.is_working_day(stands) for calendar in earlier)
        day = stands if named else latest.moved_to_working_day(stands)
    if day <= stands:
        return None
    counted = Counted(last.counted_from, last.working_days or 0) if last.counted_from else None
    return _extend(session, task.key, day, reason=FOLLOWS, by=SYSTEM, counted=counted)


def _counted_day(row: Extension, calendar: WorkingCalendar) -> date | None:
    if row.counted_from is None or row.working_days is None:
        return None
    return calendar.add_working_days(row.counted_from, row.working_days)


def _extend(
    session: Session, key: int, until: date, *, reason: str, by: Identity, counted: Counted | None = None
) -> Extension:
    task = found(session, key)
    _expect_another(session, task, by)
    before = task.due_at
    extended = extensions.extend(session, key, until, by=by.trusted())
    row = _row(session, extended, before, reason, by)
    if counted is not None:
        row.counted_from, row.working_days = counted.start, counted.working_days
    escalations.lift(session, key)
    _tell(session, extended, EXTENDED, row)
    return row


def _expect_another(session: Session, task: UserTask, by: Identity) -> None:
    """Let pass only tasks of others' reviews, appeals and plans."""
    if own_tasks.appraisee(session, task) == by.username:
        raise Forbidden("Expected to extend task {key}, but it is of one's own review", key=task.key)


def _row(session: Session, task: UserTask, before: datetime | None, reason: str, by: Identity) -> Extension:
    """Keep what an extension changed."""
    if task.due_at is None:
        raise Conflict("Expected to extend task {key}, but it has no deadline", key=task.key)
    now = clock.now(session)
    row = Extension(
        task_key=task.key, before=before, after=task.due_at, reason=reason, extended_by=by.username, extended_at=now
    )
    session.add(row)
    return row


def _tell(session: Session, task: UserTask, kind: str, row: Extension) -> None:
    """Tell who can do the task until when they may, and why."""
    told = {"task": str(task.key), "name": task.name, "after": row.after.isoformat(), "reason": row.reason}
    for person in reminders.holding(session, task):
        notices.write(session, person.key, kind, **told)
