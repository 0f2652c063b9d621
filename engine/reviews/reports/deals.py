"""Deals: imported in versions from a CRM, with where each came from and how long it took (L001-06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.files import lines
from engine.reviews.files.spreadsheets import Row, read_rows
from engine.reviews.models import Deal, Person, Role
from engine.reviews.scores.quantities import Notation, parse
from engine.reviews.sentences import Sentence, UnreadableError

COLUMNS = {
    "employee_id": ("工号",),
    "reference": ("订单号", "合同号"),
    "channel": ("线索来源", "渠道"),
    "lead_on": ("线索日期",),
    "closed_on": ("成交日期",),
    "value": ("金额", "金额(元)"),
    "source": ("数据来源", "来源"),
}
"""The columns of an import, and how else they are headed."""


@dataclass(frozen=True, slots=True)
class Sale:
    """The newest version of one deal."""

    person_key: int
    channel: str
    lead_on: date
    closed_on: date
    value: Fraction

    @property
    def days(self) -> int:
        """How many days lie between the first contact and the contract."""
        return (self.closed_on - self.lead_on).days


@dataclass(frozen=True, slots=True)
class _Entry:
    row: Row
    person: Person
    cells: Mapping[str, str]
    lead_on: date
    closed_on: date


def import_csv(session: Session, content: bytes, *, by: Identity) -> list[Deal]:
    """Import deals, all or none. One that is entered again is a new version; the ones before are kept.

    Raises:
        Forbidden: `by` is neither HR nor finance nor auditor, or a row is of the own deals.
        Invalid: rows are wrong; each is named with row and column.
    """
    intent = Sentence("import deals")
    if not {Role.HR, Role.FINANCE, Role.AUDITOR} & by.groups:
        raise Forbidden(
            "Expected to {intent}, but {username} is neither in hr nor in finance nor auditor",
            intent=intent,
            username=by.username,
        )
    staff = {person.employee_id: person for person in session.scalars(select(Person))}
    problems: list[Problem] = []
    read = read_rows(content, COLUMNS, problems, of=Sentence("deals"))
    entries = [one for row in read if (one := _entry(row, staff, problems)) is not None]
    problems += _repetitions(entries)
    if problems:
        raise Invalid("Expected to {intent}, but some rows are wrong and nothing was imported", problems, intent=intent)
    if any(entry.person.username == by.username for entry in entries):
        raise Forbidden("Expected to {intent}, but nobody enters the own values", intent=intent)
    return [_enter(session, entry, by) for entry in entries]


def newest(session: Session, *, by: Identity, first: date | None = None, last: date | None = None) -> Sequence[Sale]:
    """List the newest version of each deal of some days that somebody may see: own, of those below, all for HR."""
    latest = select(func.max(Deal.key)).group_by(Deal.reference)
    people = select(Person.key).where(access.people(session, by))
    rows = select(Deal).where(Deal.key.in_(latest), Deal.person_key.in_(people))
    if first is not None:
        rows = rows.where(Deal.closed_on >= first)
    if last is not None:
        rows = rows.where(Deal.closed_on <= last)
    return [
        Sale(row.person_key, row.channel, row.lead_on, row.closed_on, parse(row.value, Notation.NUMBER))
        for row in session.scalars(rows.order_by(Deal.closed_on, Deal.key))
    ]


def _entry(row: Row, staff: Mapping[str, Person], problems: list[Problem]) -> _Entry | None:
    cells = {name: text.strip() for name, text in row.cells.items()}
    found = [
        Problem(Sentence("It is missing"), name, "missing")
        for name in ("reference", "channel", "source")
        if not cells[name]
    ]
    person = staff.get(cells["employee_id"])
    if person is None:
        sentence = Sentence("Nobody has the employee id {id}", id=cells["employee_id"])
        found.append(Problem(sentence, "employee_id", "unknown-employee"))
    days = {name: lines.day(cells[name]) for name in ("lead_on", "closed_on")}
    found += [
        Problem(Sentence("{text} is no date", text=cells[name]), name, "bad-date")
        for name, day in days.items()
        if day is None
    ]
    lead_on, closed_on = days["lead_on"], days["closed_on"]
    if lead_on and closed_on and closed_on < lead_on:
        found.append(Problem(Sentence("It ends before it begins"), "closed_on", "period-backwards"))
    found += _value_problems(cells["value"])
    problems += row.placed(found)
    if found or person is None or lead_on is None or closed_on is None:
        return None
    return _Entry(row, person, cells, lead_on, closed_on)


def _value_problems(text: str) -> list[Problem]:
    try:
        value = parse(text, Notation.NUMBER)
    except UnreadableError as error:
        return [Problem(error.sentence, "value", "bad-quantity")]
    return [Problem(Sentence("{text} is below zero", text=text), "value", "negative")] if value < 0 else []


def _repetitions(entries: Sequence[_Entry]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for entry in entries:
        reference = entry.cells["reference"]
        if reference in seen:
            sentence = Sentence("{name} stands there twice", name=reference)
            problems.append(Problem(sentence, entry.row.where("reference"), "repeated-row"))
        seen.add(reference)
    return problems


def _enter(session: Session, entry: _Entry, by: Identity) -> Deal:
    before = select(func.max(Deal.version)).where(Deal.reference == entry.cells["reference"])
    cells = entry.cells
    row = Deal(
        person_key=entry.person.key,
        reference=cells["reference"],
        version=(session.scalar(before) or 0) + 1,
        channel=cells["channel"],
        lead_on=entry.lead_on,
        closed_on=entry.closed_on,
        value=cells["value"],
        source=cells["source"],
        entered_by=by.username,
        entered_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # the next version counts on from it
    return row
