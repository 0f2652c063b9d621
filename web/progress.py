"""How far the steps of a cycle have got, counted from its tasks, and who is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn.models import TaskState, UserTask
from engine.reviews.models import Cycle, Review
from web import names, subjects
from web.dates import Deadline
from web.languages import gettext


@dataclass(frozen=True, slots=True)
class StepProgress:
    """How many tasks of one step are done, open and late."""

    name: str
    done: int
    open: int
    late: int
    """How many of the open ones are past their deadline."""

    @property
    def total(self) -> int:
        """All tasks that this step has had."""
        return self.done + self.open

    def share(self, count: int) -> str:
        """Answer the count as a share of all, as CSS writes it."""
        return f"{100 * count / self.total:.2f}%" if self.total else "0%"


@dataclass(frozen=True, slots=True)
class LateTask:
    """A task past its deadline, and who has it."""

    key: int
    name: str
    person: str
    about: str
    due: Deadline


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a cycle stands."""

    steps: tuple[StepProgress, ...]
    late: tuple[LateTask, ...]


def of_cycle(session: Session, cycle: Cycle) -> Progress:
    """Count the tasks of a cycle's reviews step by step, in the order in which the steps first came up."""
    roots = select(Review.instance_key).where(Review.cycle_key == cycle.key)
    chosen = select(UserTask).where(UserTask.root_key.in_(roots), UserTask.state != TaskState.CANCELED)
    tasks = session.scalars(chosen.order_by(UserTask.key)).all()
    now = clock.now(session)
    late = [task for task in tasks if _is_late(task, now)]
    return Progress(tuple(_steps(tasks, now)), tuple(_late(session, cycle, late, now)))


def _steps(tasks: Collection[UserTask], now: datetime) -> list[StepProgress]:
    names_of = {_step(task): task.name or task.element_id for task in reversed(list(tasks))}
    done = Counter(_step(task) for task in tasks if task.state is TaskState.COMPLETED)
    opened = Counter(_step(task) for task in tasks if task.state is TaskState.CREATED)
    late = Counter(_step(task) for task in tasks if _is_late(task, now))
    order = dict.fromkeys(_step(task) for task in tasks)
    return [StepProgress(names.local(names_of[step]), done[step], opened[step], late[step]) for step in order]


def _late(session: Session, cycle: Cycle, tasks: Collection[UserTask], now: datetime) -> list[LateTask]:
    people = names.of_accounts(session, [task.assignee for task in tasks])
    about = subjects.of_roots(session, {task.root_key for task in tasks})
    zone = ZoneInfo(cycle.zone)
    return [
        LateTask(
            key=task.key,
            name=names.local(task.name or task.element_id),
            person=people.get(task.assignee or "", gettext("nobody yet")),
            about=about.get(task.root_key, ""),
            due=Deadline(task.due_at, now, zone),
        )
        for task in sorted(tasks, key=lambda one: one.due_at or now)
        if task.due_at
    ]


def _step(task: UserTask) -> tuple[str, str]:
    return task.process_id, task.element_id


def _is_late(task: UserTask, now: datetime) -> bool:
    return task.state is TaskState.CREATED and task.due_at is not None and task.due_at <= now
