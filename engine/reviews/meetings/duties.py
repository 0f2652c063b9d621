"""Duties: meetings, deliverables and trainings that recur by the working calendar, as HR plans them (L001-33).

What a duty is stands in a table of its own, never in a diagram: `processes/duties.toml` has those of the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import instances
from engine.bpmn.instances import Origin
from engine.bpmn.models import ProcessInstance
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.files import records
from engine.reviews.meetings import periods
from engine.reviews.meetings.periods import Each, Period, Side
from engine.reviews.models import Duty, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import publishing
from engine.reviews.sentences import Sentence

ROUND = "duty-round"
"""The process that begins each occasion of a duty."""

LONGEST_LEAD = 60
"""Working days by which an occasion may begin before its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who does or confirms something: whoever is in a role, the head of a department, or one person."""

    role: Role | None = None
    head_of: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who should attend: the people of departments, or of all, by how long they have been employed.

    Attributes:
        departments: their codes; empty for all.
        joined_within: only who joined in so many months before the day; 0 for everybody.
        employed_for: only who has been employed for so many months; 0 for everybody.
    """

    departments: tuple[str, ...] = ()
    joined_within: int = 0
    employed_for: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a duty is.

    Attributes:
        on: from which edge of the period its day is counted.
        count: how many working days from there.
        lead: how many working days before its day it begins.
        done_by: who holds it, hands it over or trains.
        confirmed_by: who confirms it, another than who did it; without, nobody does.
        hands_in: what is due, each named.
        files: how many files are due with it, at least.
        attended_by: who should attend; each is ticked.
        about: what it is for, as its task says it.
    """

    id: str
    name: str
    each: Each
    on: Side
    done_by: Holder
    name_en: str = ""
    count: int = 1
    lead: int = 5
    confirmed_by: Holder | None = None
    hands_in: tuple[str, ...] = ()
    files: int = 0
    attended_by: Audience | None = None
    about: str = ""


def read(given: Mapping[str, Any]) -> Rules:
    """Read the rules of a duty.

    Raises:
        Invalid: something is missing, unknown, of the wrong kind, or can never be due; each place is named.
    """
    reading = records.Reading(_READERS)
    rules = reading.record(Rules, given, "")
    problems = reading.problems or ([*_problems(rules)] if rules else [])
    if problems or rules is None:
        raise Invalid("Expected to read a recurring duty, but it is not written as duties are", problems)
    return rules


def plan(session: Session, given: Mapping[str, Any], *, by: Identity) -> Duty:
    """Let a duty recur from now on, as HR.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: one with this id recurs already.
        Invalid: it is not written as duties are, or names somebody or a department that there is none of.
    """
    rules = read(given)
    intent = Sentence("plan duty {id}", id=rules.id)
    people.expect_role(by, Role.HR, intent)
    if any(duty.duty_id == rules.id for duty in running(session)):
        raise Conflict("Expected to {intent}, but it recurs already: end it first", intent=intent)
    if problems := [*_strangers(session, rules)]:
        raise Invalid("Expected to {intent}, but somebody is not known", problems, intent=intent)
    duty = Duty(duty_id=rules.id, rules=records.write(rules), planned_by=by.username, planned_at=clock.now(session))
    session.add(duty)
    session.flush()  # its round reads it
    _begin_round(session, duty, by)
    return duty


def read_file(content: Mapping[str, Any]) -> list[Rules]:
    """Read the duties of a file, such as `processes/duties.toml`.

    Raises:
        Invalid: there is none, or one is not written as duties are; each place is named.
    """
    rows = content.get("duty")
    if not isinstance(rows, list) or not rows:
        raise Invalid(
            "Expected to plan duties, but there is none", [Problem(Sentence("It is missing"), "duty", "missing")]
        )
    return [read(row) for row in rows]


def plan_file(session: Session, content: Mapping[str, Any], *, by: Identity) -> list[Duty]:
    """Plan each duty of a file that does not recur yet, all or none.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: there is none, or one cannot be planned.
    """
    known = {duty.duty_id for duty in running(session)}
    rules = read_file(content)
    return [plan(session, records.write(one), by=by) for one in rules if one.id not in known]


def end(session: Session, duty: Duty, *, by: Identity) -> None:
    """Let a duty recur no more, as HR; an occasion that has begun is carried out.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is ended.
    """
    intent = Sentence("end duty {duty_id}", duty_id=duty.duty_id)
    people.expect_role(by, Role.HR, intent)
    if duty.ended_at is not None:
        raise Conflict("Expected to {intent}, but it is ended", intent=intent)
    duty.ended_by, duty.ended_at = by.username, clock.now(session)


def found(session: Session, key: int) -> Duty:
    """Find a duty by key.

    Raises:
        NotFound: there is none.
    """
    duty = session.get(Duty, key)
    if duty is None:
        raise NotFound("Expected to find duty {key}, but there is none", key=key)
    return duty


def rules_of(duty: Duty) -> Rules:
    """Read what a duty is."""
    return read(duty.rules)


def running(session: Session) -> Sequence[Duty]:
    """List the duties that recur."""
    return session.scalars(select(Duty).where(Duty.ended_at.is_(None)).order_by(Duty.key)).all()


def next_period(session: Session, duty: Duty, *, after: str = "") -> Period | None:
    """Find the next period of a duty: the first whose day has not passed; none once it is ended."""
    if duty.ended_at is not None:
        return None
    rules, today = rules_of(duty), calendars.today(session)
    calendar, period = calendars.calendar(session), periods.around(rules.each, today).before
    while period.label <= after or period.day(rules.on, rules.count, calendar) < today:
        period = period.following
    return period


def period_called(duty: Duty, label: str) -> Period:
    """Find the period of a duty by its name.

    Raises:
        NotFound: it has none of this name.
    """
    period = periods.called(rules_of(duty).each, label)
    if period is None:
        raise NotFound(
            "Expected to find period {label} of duty {duty_id}, but there is none", label=label, duty_id=duty.duty_id
        )
    return period


def due_on(session: Session, rules: Rules, period: Period) -> date:
    """Tell on which day a duty is due in a period, by the calendar as it stands."""
    return period.day(rules.on, rules.count, calendars.calendar(session))


def _begin_round(session: Session, duty: Duty, by: Identity) -> ProcessInstance:
    started = instances.start(
        session,
        process_id=ROUND,
        variables={"duty": str(duty.key)},
        by=by.trusted(),
        origin=Origin(business_id=str(duty.key)),
    )
    return instances.get(session, started.key)


def _problems(rules: Rules) -> Iterator[Problem]:
    if not publishing.is_plain(rules.id.replace("-", "_")):
        yield Problem(Sentence("The id {id} is no plain name such as sales_revenue", id=rules.id), "id", "bad-id")
    if rules.count < 1:
        yield Problem(Sentence("Working days are counted from 1"), "count", "bad-count")
    if rules.lead > LONGEST_LEAD:
        yield Problem(Sentence("It begins at most {most} working days before", most=LONGEST_LEAD), "lead", "bad-lead")
    for where, holder in (("done_by", rules.done_by), ("confirmed_by", rules.confirmed_by)):
        if holder is not None and len([one for one in (holder.role, holder.head_of, holder.person) if one]) != 1:
            sentence = Sentence("It names a role, the head of a department or a person: one of them")
            yield Problem(sentence, where, "bad-holder")


def _strangers(session: Session, rules: Rules) -> Iterator[Problem]:
    """Name the people and departments of a duty that there are none of."""
    for where, holder in (("done_by", rules.done_by), ("confirmed_by", rules.confirmed_by)):
        if holder is not None and holder.person is not None:
            yield from _unknown(session, people.named, holder.person, f"{where}/person")
        if holder is not None and holder.head_of is not None:
            yield from _unknown(session, people.department, holder.head_of, f"{where}/head_of")
    for code in rules.attended_by.departments if rules.attended_by else ():
        yield from _unknown(session, people.department, code, "attended_by/departments")


def _unknown(session: Session, find: Callable[[Session, str], object], name: str, where: str) -> Iterator[Problem]:
    try:
        find(session, name)
    except NotFound:
        yield Problem(Sentence("There is nothing called {name}", name=name), where, "unknown")


_READERS = {
    **records.PLAIN,
    "str | None": records.optional(records.PLAIN["str"]),
    "Each": records.one_of(Each),
    "Side": records.one_of(Side),
    "Role | None": records.optional(records.one_of(Role)),
    "Holder": records.one(Holder),
    "Holder | None": records.optional(records.one(Holder)),
    "Audience | None": records.optional(records.one(Audience)),
}
