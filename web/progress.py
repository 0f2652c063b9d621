"""How far the steps of a cycle have got and who is late, as HR's page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.identity import Identity
from engine.reviews import progress
from engine.reviews.models import Cycle, Person, Review
from engine.reviews.progress import Step
from web import names
from web.dates import Deadline, deadline
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

    name: str
    people: tuple[str, ...]
    about: str
    due: Deadline


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a cycle stands."""

    steps: tuple[StepProgress, ...] = ()
    late: tuple[LateTask, ...] = ()


def of_cycle(session: Session, cycle: Cycle, *, by: Identity) -> Progress:
    """Read how far a cycle is, the latest of the late first.

    Raises:
        Forbidden: `by` is not HR.
    """
    steps = progress.of_cycle(session, cycle, by=by).steps
    counted = (
        StepProgress(names.local(step.name), step.completed, step.open, len(step.late))
        for step in steps
        if step.completed + step.open
    )
    late = sorted(_late(session, cycle, steps), key=lambda task: task.due.at)
    return Progress(tuple(counted), tuple(late))


def _late(session: Session, cycle: Cycle, steps: Sequence[Step]) -> list[LateTask]:
    waiting = [(step, late) for step in steps for late in step.late]
    people = names.of_accounts(session, (holder for _, late in waiting for holder in late.holders))
    rows = session.execute(
        select(Review.key, Person)
        .join(Person, Person.key == Review.appraisee_key)
        .where(Review.key.in_({late.review_key for _, late in waiting}))
    )
    about = {key: names.of_person(person) for key, person in rows}
    now, zone = clock.now(session), ZoneInfo(cycle.zone)
    return [
        LateTask(
            name=names.local(step.name),
            people=tuple(people[holder] for holder in late.holders) or (gettext("nobody yet"),),
            about=about[late.review_key],
            due=deadline(session, late.due_at, now, zone),
        )
        for step, late in waiting
    ]
