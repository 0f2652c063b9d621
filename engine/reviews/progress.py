"""Progress: how far a cycle's reviews are, step by step, and who is late."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn.models import TaskState, UserTask
from engine.identity import Identity
from engine.reviews import people, reminders
from engine.reviews.models import Cycle, Review, Role


@dataclass(frozen=True, slots=True)
class Late:
    """An open task that is overdue, and who can do it."""

    task_key: int
    review_key: int
    due_at: datetime
    holders: tuple[str, ...]


@dataclass(slots=True)
class Step:
    """The tasks of one element over all reviews of a cycle."""

    process_id: str
    element_id: str
    name: str
    """In the newest version of the process that one of the tasks goes by."""
    version: int = 0
    open: int = 0
    completed: int = 0
    tardy: int = 0
    """Those of the completed that came after their deadline, in time of grace or while nothing closed the step."""
    left: int = 0
    """Tasks that the process went on without."""
    late: list[Late] = field(default_factory=list)


def of_cycle(session: Session, cycle: Cycle, *, by: Identity) -> list[Step]:
    """Count the tasks of a cycle's reviews by step, in the order in which the steps were first reached.

    Appeals are processes of their own and are not counted here: a vote leaves no trace in it.

    Raises:
        Forbidden: `by` is not HR.
    """
    people.expect_role(by, Role.HR, f"see the progress of cycle {cycle.label}")
    tasks = session.execute(
        select(Review.key, UserTask)
        .join(UserTask, UserTask.root_key == Review.instance_key)
        .where(Review.cycle_key == cycle.key)
        .order_by(UserTask.key)
    )
    steps: dict[tuple[str, str], Step] = {}
    for review_key, task in tasks:
        place = (task.process_id, task.element_id)
        step = steps.setdefault(place, Step(task.process_id, task.element_id, task.name or task.element_id))
        if task.process_version > step.version:
            step.name, step.version = task.name or task.element_id, task.process_version
        _count(session, step, task, review_key)
    return list(steps.values())


def _count(session: Session, step: Step, task: UserTask, review_key: int) -> None:
    if task.state is TaskState.COMPLETED:
        step.completed += 1
        step.tardy += bool(task.due_at and task.ended_at and task.ended_at > task.due_at)
    elif task.state is TaskState.CANCELED:
        step.left += 1
    else:
        step.open += 1
        if task.due_at is not None and task.due_at < clock.now(session):
            step.late.append(Late(task.key, review_key, task.due_at, tuple(reminders.holders(session, task))))
