"""Progress: how far a cycle's reviews are, by step, department and person, and who is late by how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn.models import TaskState, UserTask
from engine.identity import Identity
from engine.reviews.deadlines import reminders
from engine.reviews.models import Cycle, Person, Review, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Late:
    """An open task that is overdue, and who can do it."""

    task_key: int
    review_key: int
    due_at: datetime
    holders: tuple[str, ...]
    working_days: int
    """The working days since the last day on which it was in time."""


@dataclass(slots=True)
class Tally:
    """How many tasks are open, done, left behind and late."""

    open: int = 0
    completed: int = 0
    tardy: int = 0
    """Those of the completed that came after their deadline, in time of grace or while nothing closed the step."""
    left: int = 0
    """Tasks that the process went on without."""
    late: list[Late] = field(default_factory=list)

    def add(self, task: UserTask, late: Late | None) -> None:
        """Count a task."""
        self.completed += task.state is TaskState.COMPLETED
        self.tardy += _came_late(task)
        self.left += task.state is TaskState.CANCELED
        self.open += task.state not in (TaskState.COMPLETED, TaskState.CANCELED)
        self.late += [late] if late else []


@dataclass(slots=True)
class Step(Tally):
    """The tasks of one element over all reviews of a cycle."""

    process_id: str = ""
    element_id: str = ""
    name: str = ""
    """In the newest version of the process that one of the tasks goes by."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which tasks are looked at; None for all."""

    department_key: int | None = None
    element_id: str | None = None
    username: str | None = None
    """Who has or had the task."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The same tasks, counted three times."""

    steps: list[Step]
    """In the order in which they were first reached."""
    departments: dict[int | None, Tally]
    """By the department of the appraisee."""
    people: dict[str, Tally]
    """By who has or had the task; one that several may do is open for each."""


EVERYTHING = Chosen()


def of_cycle(session: Session, cycle: Cycle, *, by: Identity, chosen: Chosen = EVERYTHING) -> Progress:
    """Count the tasks of a cycle's reviews.

    Appeals are processes of their own and are not counted here: a vote leaves no trace in it. Nor is the own review:
    nobody from HR is told who rates it, or is late (E-95).

    Raises:
        Forbidden: `by` is not HR.
    """
    people.expect_role(by, Role.HR, Sentence("see the progress of cycle {label}", label=cycle.label))
    steps: dict[tuple[str, str], Step] = {}
    departments: defaultdict[int | None, Tally] = defaultdict(Tally)
    holding: defaultdict[str, Tally] = defaultdict(Tally)
    for review, task, holders, late in _tasks(session, cycle, chosen, by):
        name = task.name or task.element_id
        place = (task.process_id, task.element_id)
        step = steps.setdefault(place, Step(process_id=task.process_id, element_id=task.element_id, name=name))
        if task.process_version > step.version:
            step.name, step.version = name, task.process_version
        for tally in (step, departments[review.department_key], *(holding[holder] for holder in holders)):
            tally.add(task, late)
    return Progress(list(steps.values()), dict(departments), dict(holding))


def _tasks(
    session: Session, cycle: Cycle, chosen: Chosen, by: Identity
) -> Iterator[tuple[Review, UserTask, tuple[str, ...], Late | None]]:
    own = select(Person.key).where(Person.username == by.username)
    found = (
        select(Review, UserTask)
        .join(UserTask, UserTask.root_key == Review.instance_key)
        .where(Review.cycle_key == cycle.key, Review.appraisee_key.not_in(own))
        .order_by(UserTask.key)
    )
    if chosen.department_key is not None:
        found = found.where(Review.department_key == chosen.department_key)
    if chosen.element_id is not None:
        found = found.where(UserTask.element_id == chosen.element_id)
    now, days = clock.now(session), calendars.calendar(session, cycle.calendar)
    for review, task in session.execute(found).all():
        is_open = task.state not in (TaskState.COMPLETED, TaskState.CANCELED)
        holders = tuple(reminders.holders(session, task)) if is_open else tuple(filter(None, [task.assignee]))
        if chosen.username is not None and chosen.username not in holders:
            continue
        late = None
        if is_open and task.due_at is not None and task.due_at < now:
            zone = ZoneInfo(cycle.zone)
            count = days.working_days_between(_last_day(task.due_at, zone), now.astimezone(zone).date())
            late = Late(task.key, review.key, task.due_at, holders, count)
        yield review, task, holders, late


def _came_late(task: UserTask) -> bool:
    """Tell whether a task was completed after its deadline."""
    if task.state is not TaskState.COMPLETED or task.ended_at is None or task.due_at is None:
        return False
    return task.ended_at > task.due_at


def _last_day(due_at: datetime, zone: ZoneInfo) -> date:
    """Give the day that ends with a deadline: at 24:00 one has not begun the next."""
    return (due_at.astimezone(zone) - timedelta(microseconds=1)).date()
