"""Postponements: working days that do not count move every deadline of a process, and of those it has called.

What is open moves: the user tasks with their follow-up, and each timer that is armed. What begins later counts its days
from then on, as the diagram says, unless it is moved as soon as it is there (`postpone`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import calendars, identity
from engine.bpmn import definitions, history, instances, steps
from engine.bpmn.deadlines import Moved
from engine.bpmn.models import ElementInstance, InstanceState, ProcessInstance, TaskState, Timer, UserTask
from engine.bpmn.net.timers import end_of
from engine.bpmn.steps import Step
from engine.calendars import WorkingCalendar
from engine.errors import Forbidden
from engine.identity import Identity


def shift(
    session: Session, key: int, working_days: int, *, by: Identity, but: tuple[str, int] | None = None
) -> list[Moved]:
    """Move the open deadlines of an instance and of those it has called by working days; say which were moved.

    A negative number takes them back, none into the past. `but` is an operation and a key: of a process that calls the
    operation only what was entered before the key was issued moves.

    Raises:
        Forbidden: `by` is no operator: nobody moves the own deadlines.
    """
    if not by.operator:
        raise Forbidden(
            "Expected to move the deadlines of process instance {key}, but {username} is no operator",
            key=key,
            username=by.username,
        )
    family = select(ProcessInstance.key, ProcessInstance.root_key, ProcessInstance.definition_key).where(
        or_(ProcessInstance.key == key, ProcessInstance.root_key == key), ProcessInstance.state == InstanceState.ACTIVE
    )
    moved: list[Moved] = []
    for member, root, definition in session.execute(family.order_by(ProcessInstance.key)).all():
        calls = definitions.net(session, definition).operations if but else ()
        tokens = _tokens(session, member, but[1] if but and but[0] in calls else None)
        moved += postpone(session, (member, root), tokens, working_days, by=by.username)
    return moved


def postpone(
    session: Session, place: tuple[int, int | None], tokens: Collection[int], working_days: int, *, by: str
) -> list[Moved]:
    """Move the open deadlines at certain tokens of one instance, named with its root; say which were moved."""
    with instances.moved(session, *place, by=by, event=history.Event.RESCHEDULED, element_id=None) as step:
        found = [*_tasks(session, step, tokens, working_days), *_timers(session, step, tokens, working_days)]
        step.details["deadlines"] = [
            [one.element_id, one.token, one.before.isoformat(), one.after.isoformat()] for one in found
        ]
        session.flush()  # before the rows of the timers
    return found


def _tokens(session: Session, key: int, entered_before: int | None) -> set[int]:
    entered = select(ElementInstance.token).where(ElementInstance.instance_key == key)
    if entered_before is not None:
        entered = entered.where(ElementInstance.key < entered_before)
    return set(session.scalars(entered))


def _tasks(session: Session, step: Step, tokens: Collection[int], days: int) -> Iterator[Moved]:
    waiting = select(UserTask).where(UserTask.instance_key == step.instance.key, UserTask.state == TaskState.CREATED)
    for task in session.scalars(waiting.order_by(UserTask.key)).all():
        if task.token not in tokens:
            continue
        calendar = _calendar(session, step, task.assignee)
        task.follow_up_at = _later(step, calendar, task.follow_up_at, days)
        before, after = task.due_at, _later(step, calendar, task.due_at, days)
        if before is not None and after is not None and before != after:
            task.due_at = after
            yield Moved(task.element_id, task.token, before, after, task)


def _timers(session: Session, step: Step, tokens: Collection[int], days: int) -> Iterator[Moved]:
    armed = select(Timer).where(Timer.instance_key == step.instance.key).order_by(Timer.token, Timer.event_id)
    calendar = _calendar(session, step, None)
    for timer in session.scalars(armed).all():
        after = _later(step, calendar, timer.first_due_at, days)
        if timer.token in tokens and after is not None and after != timer.first_due_at:
            step.execution.rearm(timer.token, timer.event_id, after)
            yield Moved(timer.event_id, timer.token, timer.first_due_at, after)


def _calendar(session: Session, step: Step, holder: str | None) -> WorkingCalendar:
    """Give the calendar by which somebody's deadlines go, or those of the instance."""
    name = step.instance.calendar
    return calendars.calendar(session, name) if holder is None else identity.calendar_of(session, holder, name)


def _later(step: Step, calendar: WorkingCalendar, due: datetime | None, days: int) -> datetime | None:
    """Tell when something is due that has so many working days more; what would be over by then stays."""
    if due is None or due <= step.now:
        return due
    zone = ZoneInfo(step.instance.zone)
    last = calendars.last_day(due, zone)
    environment = steps.environment(step.session, step.instance, step.now)
    after = end_of(calendar.add_working_days(last, days), environment)
    return after if after > step.now else due
