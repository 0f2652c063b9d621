"""Boards: a superior's own line at a glance, by person and together (L000-20, L003-14).

Only tasks in somebody's own review that they hold themselves are shown: whom somebody rates is nobody's to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Conflict, NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import reviews
from engine.reviews.feedback import check_ins
from engine.reviews.models import Cycle, CycleState, Person, Review, ReviewState, WeekExplanation
from engine.reviews.organisation import people
from engine.reviews.reports import conversions, weekly_figures
from engine.reviews.scores.quantities import Notation, parse
from engine.reviews.sentences import Sentence, UnreadableError, expect_text
from engine.reviews.signing import targets


@dataclass(frozen=True, slots=True)
class Track:
    """How far an indicator is, as the newest check-in or the targets say it."""

    indicator_id: str
    name: str
    name_en: str
    unit: str
    target: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person's review on the board."""

    person: Person
    review: Review
    cycle: Cycle
    tasks: tuple[str, ...]
    """The names of the own open tasks."""
    next_due: datetime | None
    late: int
    month: str
    """The newest month of the check-ins; empty before the first."""
    summarised: bool
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """An indicator over the whole line, where values can be added up."""

    name: str
    name_en: str
    unit: str
    target: Fraction
    value: Fraction
    people: int

    @property
    def completion(self) -> Fraction | None:
        """How much of the targets is reached."""
        return self.value / self.target if self.target else None


def of_line(session: Session, *, by: Identity) -> list[Line]:
    """List the running reviews of everybody below somebody, by employee id."""
    own = select(Person.key).where(Person.username == by.username).scalar_subquery()
    running = (
        select(Person, Review, Cycle)
        .join(Review, Review.appraisee_key == Person.key)
        .join(Cycle, Cycle.key == Review.cycle_key)
        .where(
            access.below(session, by),
            Person.key != own,
            Review.state == ReviewState.RUNNING,
            Cycle.state == CycleState.LAUNCHED,
        )
        .order_by(Person.employee_id, Cycle.starts_on)
    )
    return [_line(session, *row, by) for row in session.execute(running)]


def together(lines: Iterable[Line]) -> list[Together]:
    """Add up the indicators that are counted in numbers, those of one unit together."""
    found: dict[tuple[str, str], list[tuple[Track, Fraction, Fraction]]] = {}
    for line in lines:
        for track in line.tracks:
            try:
                pair = parse(track.target, Notation.NUMBER), parse(track.value, Notation.NUMBER)
            except UnreadableError:
                continue
            found.setdefault((track.indicator_id, track.unit), []).append((track, *pair))
    return [
        Together(
            rows[0][0].name,
            rows[0][0].name_en,
            unit,
            sum((target for _, target, _ in rows), Fraction(0)),
            sum((value for _, _, value in rows), Fraction(0)),
            len(rows),
        )
        for (_, unit), rows in found.items()
    ]


def explain(session: Session, week: date, text: str, *, by: Identity) -> WeekExplanation:
    """Say why a week fell off, as whoever leads those people (L001-12).

    Raises:
        NotFound: `by` is nobody.
        Conflict: the week has not fallen off.
        Invalid: nothing is said.
    """
    intent = Sentence("explain the week of {week}", week=week)
    person = people.named(session, by.username)
    series = conversions.weeks(weekly_figures.newest(session, by=by))
    if not any(one.monday == week and one.has_fallen for one in series):
        raise Conflict("Expected to {intent}, but it has not fallen off", intent=intent)
    expect_text(text, "text", intent)
    row = WeekExplanation(superior_key=person.key, week=week, text=text, written_at=clock.now(session))
    session.add(row)
    return row


def explanations(session: Session, week: date, *, by: Identity) -> Sequence[WeekExplanation]:
    """List what was said of a week by those whom somebody may see, the first one first."""
    seen = select(Person.key).where(access.people(session, by))
    rows = select(WeekExplanation).where(WeekExplanation.week == week, WeekExplanation.superior_key.in_(seen))
    return session.scalars(rows.order_by(WeekExplanation.key)).all()


def week_of(series: Sequence[conversions.Week], monday: date) -> conversions.Week:
    """Find a week in a series.

    Raises:
        NotFound: it is not in it.
    """
    for week in series:
        if week.monday == monday:
            return week
    raise NotFound("Expected to find the week of {monday}, but there are no figures of it", monday=monday)


def _line(session: Session, person: Person, review: Review, cycle: Cycle, by: Identity) -> Line:
    own = select(UserTask).where(
        UserTask.root_key == review.instance_key,
        UserTask.assignee == person.username,
        UserTask.state == TaskState.CREATED,
    )
    tasks = session.scalars(own.order_by(UserTask.due_at, UserTask.key)).all()
    dues = [task.due_at for task in tasks if task.due_at is not None]
    months = check_ins.of_review(session, review, by=by)
    newest = months[-1] if months else None
    return Line(
        person=person,
        review=review,
        cycle=cycle,
        tasks=tuple(task.name or task.element_id for task in tasks),
        next_due=min(dues, default=None),
        late=sum(due < clock.now(session) for due in dues),
        month=newest.month if newest else "",
        summarised=newest is not None and newest.summarised_at is not None,
        tracks=tuple(_tracks(session, review, newest.values if newest else ())),
    )


def _tracks(session: Session, review: Review, values: Iterable[dict[str, str]]) -> Iterable[Track]:
    sheet, said = targets.of_review(session, review), {one["indicator"]: one["value"] for one in values}
    for one in reviews.template(session, review).measured:
        target = sheet.targets.get(one.id, "") if sheet else ""
        if target or one.id in said:
            yield Track(one.id, one.name, one.name_en, one.unit, target, said.get(one.id, ""))
