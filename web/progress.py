"""How far the steps of a cycle have got and who is late, as HR's page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.identity import Identity
from engine.reviews.models import Cycle, Department, Person, Review
from engine.reviews.reports import progress
from engine.reviews.reports.progress import EVERYTHING, Chosen, Step, Tally
from web import names
from web.dates import Deadline, deadline
from web.languages import gettext


@dataclass(frozen=True, slots=True)
class StepProgress:
    """How many tasks of one step, department or person are done, open and late."""

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
    working_days: int
    """Since the last day on which it was in time."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a cycle stands."""

    steps: tuple[StepProgress, ...] = ()
    late: tuple[LateTask, ...] = ()
    departments: tuple[StepProgress, ...] = ()
    people: tuple[StepProgress, ...] = ()


def of_cycle(session: Session, cycle: Cycle, *, by: Identity, chosen: Chosen = EVERYTHING) -> Progress:
    """Read how far a cycle is, the latest of the late first.

    Raises:
        Forbidden: `by` is not HR.
    """
    counted = progress.of_cycle(session, cycle, by=by, chosen=chosen)
    late = sorted(_late(session, cycle, counted.steps), key=lambda task: task.due.at)
    departments = {row.key: names.either(row.name, row.name_en) for row in session.scalars(select(Department))}
    people = names.of_accounts(session, counted.people)
    return Progress(
        steps=_lines((names.local(step.name), step) for step in counted.steps),
        late=tuple(late),
        departments=_lines((departments.get(key or 0, "–"), one) for key, one in counted.departments.items()),
        people=_lines((people[username], one) for username, one in sorted(counted.people.items())),
    )


def _lines(tallies: Iterable[tuple[str, Tally]]) -> tuple[StepProgress, ...]:
    return tuple(
        StepProgress(name, one.completed, one.open, len(one.late)) for name, one in tallies if one.completed + one.open
    )


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
            working_days=late.working_days,
        )
        for step, late in waiting
    ]
