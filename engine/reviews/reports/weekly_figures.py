"""Weekly figures: what people reached week by week, by tier of customers, imported in versions (L003-14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.files import lines
from engine.reviews.files.spreadsheets import Row, read_rows
from engine.reviews.models import Person, Role, WeeklyFigure
from engine.reviews.scores.quantities import Notation, parse
from engine.reviews.sentences import Sentence, UnreadableError

COLUMNS = {
    "employee_id": ("工号",),
    "week": ("周", "日期"),
    "tier": ("层级", "客户层级"),
    "measure": ("项目",),
    "value": ("数值",),
    "source": ("来源",),
}
"""The columns of an import, and how else they are headed; any day of a week stands for it."""

LEADS, CONVERTED = "leads", "converted"
"""The measures that make a rate of conversion; every other one is behaviour, such as visits or calls."""

HEADED = {"线索": LEADS, "转化": CONVERTED}
"""How else these are written."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The newest version of one figure."""

    person_key: int
    week: date
    tier: str
    measure: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class _Entry:
    row: Row
    person: Person
    week: date
    tier: str
    measure: str
    value: str
    source: str

    @property
    def about(self) -> tuple[int, date, str, str]:
        return self.person.key, self.week, self.tier, self.measure


def import_csv(session: Session, content: bytes, *, by: Identity) -> list[WeeklyFigure]:
    """Import weekly figures, all or none. One that is entered again is a new version; the ones before are kept.

    Raises:
        Forbidden: `by` is neither HR nor finance nor auditor, or a row is of the own figures.
        Invalid: rows are wrong; each is named with row and column.
    """
    intent = Sentence("import weekly figures")
    if not {Role.HR, Role.FINANCE, Role.AUDITOR} & by.groups:
        raise Forbidden(
            "Expected to {intent}, but {username} is neither in hr nor in finance nor auditor",
            intent=intent,
            username=by.username,
        )
    staff = {person.employee_id: person for person in session.scalars(select(Person))}
    problems: list[Problem] = []
    read = read_rows(content, COLUMNS, problems, of=Sentence("weekly figures"), optional={"tier"})
    entries = [one for row in read if (one := _entry(row, staff, problems)) is not None]
    problems += _repetitions(entries)
    if problems:
        raise Invalid("Expected to {intent}, but some rows are wrong and nothing was imported", problems, intent=intent)
    if any(entry.person.username == by.username for entry in entries):
        raise Forbidden("Expected to {intent}, but nobody enters the own values", intent=intent)
    return [_enter(session, entry, by) for entry in entries]


def newest(session: Session, *, by: Identity, first: date | None = None, last: date | None = None) -> Sequence[Figure]:
    """List the newest version of each figure of some weeks that somebody may see: own, of those below, all for HR."""
    about = (WeeklyFigure.person_key, WeeklyFigure.week, WeeklyFigure.tier, WeeklyFigure.measure)
    latest = select(func.max(WeeklyFigure.key)).group_by(*about)
    people = select(Person.key).where(access.people(session, by))
    rows = select(WeeklyFigure).where(WeeklyFigure.key.in_(latest), WeeklyFigure.person_key.in_(people))
    if first is not None:
        rows = rows.where(WeeklyFigure.week >= monday(first))
    if last is not None:
        rows = rows.where(WeeklyFigure.week <= last)
    return [
        Figure(row.person_key, row.week, row.tier, row.measure, parse(row.value, Notation.NUMBER))
        for row in session.scalars(rows.order_by(WeeklyFigure.week, WeeklyFigure.key))
    ]


def monday(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _entry(row: Row, staff: Mapping[str, Person], problems: list[Problem]) -> _Entry | None:
    found, cells = [], row.cells
    person = staff.get(cells["employee_id"])
    if person is None:
        sentence = Sentence("Nobody has the employee id {id}", id=cells["employee_id"])
        found.append(Problem(sentence, "employee_id", "unknown-employee"))
    week = lines.day(cells["week"])
    if week is None:
        found.append(Problem(Sentence("{text} is no date", text=cells["week"]), "week", "bad-date"))
    found += [
        Problem(Sentence("It is missing"), name, "missing") for name in ("measure", "source") if not cells[name].strip()
    ]
    try:
        if parse(cells["value"], Notation.NUMBER) < 0:
            found.append(Problem(Sentence("{text} is below zero", text=cells["value"]), "value", "negative"))
    except UnreadableError as error:
        found.append(Problem(error.sentence, "value", "bad-quantity"))
    problems += row.placed(found)
    if found or person is None or week is None:
        return None
    measure = HEADED.get(cells["measure"].strip(), cells["measure"].strip())
    return _Entry(row, person, monday(week), cells["tier"].strip(), measure, cells["value"], cells["source"])


def _repetitions(entries: Sequence[_Entry]) -> list[Problem]:
    seen: set[tuple[int, date, str, str]] = set()
    problems = []
    for entry in entries:
        if entry.about in seen:
            name = f"{entry.person.employee_id}, {entry.week}, {entry.measure}"
            sentence = Sentence("{name} stands there twice", name=name)
            problems.append(Problem(sentence, entry.row.where("week"), "repeated-row"))
        seen.add(entry.about)
    return problems


def _enter(session: Session, entry: _Entry, by: Identity) -> WeeklyFigure:
    before = select(func.max(WeeklyFigure.version)).where(
        WeeklyFigure.person_key == entry.person.key,
        WeeklyFigure.week == entry.week,
        WeeklyFigure.tier == entry.tier,
        WeeklyFigure.measure == entry.measure,
    )
    row = WeeklyFigure(
        person_key=entry.person.key,
        week=entry.week,
        tier=entry.tier,
        measure=entry.measure,
        version=(session.scalar(before) or 0) + 1,
        value=entry.value,
        source=entry.source,
        entered_by=by.username,
        entered_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # the next version counts on from it
    return row
