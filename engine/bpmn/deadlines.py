"""Deadlines that are open when a working calendar changes, told anew from the calendar that now holds.

A deadline is told again as of the instant it was set, with the variables of now. It moves only where one of the
calendar's earlier versions gives exactly what stands there: a date that a person has set, or that hangs on a variable
that has changed since, is nobody's to move. And it never moves into the past: who was told a later day keeps it.
What reminded of a deadline that lies ahead again comes again for its new day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from engine import calendars, clock, feel
from engine.bpmn import definitions, history, instances, store
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, Timer, UserTask
from engine.bpmn.net import Execution, Net
from engine.bpmn.net.failures import ElementFailed
from engine.bpmn.net.reopening import BorderTimer
from engine.calendars import WorkingCalendar
from engine.identity import ENGINE, Account


class Moved(NamedTuple):
    """A deadline that was moved: of a user task, or of the timer that is the event `element_id`."""

    element_id: str
    token: int
    before: datetime
    after: datetime
    task: UserTask | None = None


@dataclass(slots=True)
class _Foresight:
    """What the expressions of one instance would say at another instant and by another calendar."""

    instance: store.Instance
    net: Net
    known: dict[tuple[datetime, WorkingCalendar], Execution] = field(default_factory=dict)

    def at(self, instant: datetime, calendar: WorkingCalendar) -> Execution:
        """Give the instance as if it were played then."""
        if (instant, calendar) not in self.known:
            zone = ZoneInfo(self.instance.zone)
            cut_off = self.instance.cut_off
            environment = feel.Environment(now=instant, zone=zone, calendar=calendar, cut_off=cut_off)
            self.known[instant, calendar] = Execution.load(self.net, self.instance.state_blob, environment)
        return self.known[instant, calendar]

    def task_dates(self, task: UserTask, calendar: WorkingCalendar) -> tuple[datetime | None, datetime | None]:
        """Tell when a task would be due and followed up; nothing where its expressions fail by now."""
        try:
            return self.at(task.created_at, calendar).task_dates(task.token)
        except ElementFailed:
            return None, None

    def border_timers(self, moved: Moved, calendar: WorkingCalendar) -> list[BorderTimer]:
        """Tell when the timers on the border of a task's activity would fire; none where an expression fails by now."""
        if moved.task is None:
            return []
        try:
            return self.at(moved.task.created_at, calendar).border_timers(moved.token)
        except ElementFailed:
            return []

    def timer_due(self, timer: Timer, armed_at: datetime, calendar: WorkingCalendar) -> datetime | None:
        """Tell when a timer would fire; nothing where its expression fails by now."""
        try:
            return self.at(armed_at, calendar).timer_due(timer.token, timer.event_id)
        except ElementFailed:
            return None


def concerned(session: Session, calendar: str) -> list[int]:
    """Name the running instances with deadlines that go by a calendar, or wait for who does; the oldest first."""
    tasks = exists().where(
        UserTask.instance_key == ProcessInstance.key,
        UserTask.state == TaskState.CREATED,
        or_(UserTask.due_at.is_not(None), UserTask.follow_up_at.is_not(None)),
    )
    timers = exists().where(Timer.instance_key == ProcessInstance.key)
    people = select(Account.username).where(Account.calendar == calendar)
    theirs = exists().where(
        UserTask.instance_key == ProcessInstance.key,
        UserTask.state == TaskState.CREATED,
        UserTask.assignee.in_(people),
    )
    going_by_it = or_(ProcessInstance.calendar == calendar, theirs)
    running = select(ProcessInstance.key).where(
        ProcessInstance.state == InstanceState.ACTIVE, going_by_it, or_(tasks, timers)
    )
    return list(session.scalars(running.order_by(ProcessInstance.key)))


def recompute(session: Session, key: int) -> list[Moved]:
    """Move the deadlines of an instance to where the calendar that now holds puts them; say which were moved."""
    instance = store.lock(session, key)
    if instance.state is not InstanceState.ACTIVE:
        return []
    foresight = _Foresight(replace(instance), definitions.net(session, instance.definition_key))
    editions = _Editions(session, instance)
    timers = list(_timers(session, foresight, editions))
    tasks = list(_tasks(session, foresight, editions))
    if moved := tasks + timers:
        with instances.moved(
            session, key, instance.root_key, by=ENGINE, event=history.Event.RESCHEDULED, element_id=None
        ) as step:
            step.details["deadlines"] = [
                [found.element_id, found.token, found.before.isoformat(), found.after.isoformat()] for found in moved
            ]
            for timer in timers:
                step.execution.rearm(timer.token, timer.element_id, timer.after)
            for again in _passed(session, foresight, editions, tasks):
                step.execution.arm(again.token, again.event_id, again.due)
                step.details["deadlines"].append([again.event_id, again.token, None, again.due.isoformat()])
    return moved


class _Editions:
    """The calendars by which the deadlines of an instance go, each in all its versions."""

    def __init__(self, session: Session, instance: store.Instance) -> None:
        tasks = select(UserTask.token, func.coalesce(Account.calendar, instance.calendar))
        held = tasks.outerjoin(Account, Account.username == UserTask.assignee)
        waiting = held.where(UserTask.instance_key == instance.key, UserTask.state == TaskState.CREATED)
        self._named = dict(session.execute(waiting).all())
        self._default = instance.calendar
        names = {self._default, *self._named.values()}
        self._versions = {name: calendars.versions(session, name) for name in names}

    def at(self, token: int) -> list[WorkingCalendar]:
        """Give the versions of the calendar by which a token's deadlines go, the one that holds last."""
        return self._versions[self._named.get(token, self._default)]


def _tasks(session: Session, foresight: _Foresight, editions: _Editions) -> Iterator[Moved]:
    """Move the due dates of an instance's open tasks, and with them the days on which they are followed up."""
    now = clock.now(session)
    tasks = select(UserTask).where(UserTask.instance_key == foresight.instance.key, UserTask.state == TaskState.CREATED)
    for task in session.scalars(tasks).all():
        *earlier, latest = editions.at(task.token)
        before = [foresight.task_dates(task, calendar) for calendar in earlier]
        due, follow_up = foresight.task_dates(task, latest)
        if _moves(task.follow_up_at, [then for _, then in before], follow_up, now):
            task.follow_up_at = follow_up
        if due and task.due_at and _moves(task.due_at, [then for then, _ in before], due, now):
            yield Moved(task.element_id, task.token, task.due_at, due, task)
            task.due_at = due
    session.flush()


def _timers(session: Session, foresight: _Foresight, editions: _Editions) -> Iterator[Moved]:
    """Tell which of an instance's timers are to fire at another time."""
    now = clock.now(session)
    timers = session.scalars(select(Timer).where(Timer.instance_key == foresight.instance.key)).all()
    entered = _entered(session, foresight.instance.key) if timers else {}
    for timer in timers:
        *earlier, latest = editions.at(timer.token)
        armed_at = entered[timer.token]
        due = foresight.timer_due(timer, armed_at, latest)
        before = [foresight.timer_due(timer, armed_at, calendar) for calendar in earlier]
        if due and _moves(timer.due_at, before, due, now):
            yield Moved(timer.event_id, timer.token, timer.due_at, due)


def _passed(
    session: Session, foresight: _Foresight, editions: _Editions, tasks: Sequence[Moved]
) -> Collection[BorderTimer]:
    """Find what has come of the timers on the borders of tasks that were moved and is to come again."""
    now, rows = clock.now(session), select(Timer.token, Timer.event_id)
    armed = set(map(tuple, session.execute(rows.where(Timer.instance_key == foresight.instance.key))))
    found = {}
    for moved in tasks:
        for timer in foresight.border_timers(moved, editions.at(moved.token)[-1]):
            if timer.due > now and (timer.token, timer.event_id) not in armed:
                found[timer.token, timer.event_id] = timer
    return found.values()


def _moves(stands: datetime | None, before: Sequence[datetime | None], due: datetime | None, now: datetime) -> bool:
    """Whether a deadline is one of the calendar's and has a new day to come."""
    return due is not None and due != stands and due > now and stands is not None and stands in before


def _entered(session: Session, key: int) -> dict[int, datetime]:
    """Tell when each token came to its element, which is when its timers were armed."""
    return {
        token: entry.at
        for entry in history.of(session, key)
        for _, what, token in entry.details.get("trace", ())
        if what == "entered"
    }
