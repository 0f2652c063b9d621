"""Reporting lines: who reports to whom, as of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import Line, Person, ReportingLine, Role
from engine.reviews.organisation import amendments, employments, people, scopes
from engine.reviews.sentences import Sentence

LEVELS = 2
"""How many levels above somebody take part in a cycle."""


class Stretch(NamedTuple):
    """One primary line, with people named by whatever tells them apart."""

    person: str
    superior: str
    valid_from: str
    """A day in ISO form; such days sort as text."""
    valid_until: str
    """Empty while it has no last day."""

    def holds_on(self, day: str) -> bool:
        """Whether the line holds on a day."""
        return self.valid_from <= day and (not self.valid_until or day <= self.valid_until)


def assign(
    session: Session, person: Person, superior: Person, *, valid_from: date, by: Identity, kind: Line = Line.PRIMARY
) -> ReportingLine:
    """Let `person` report to `superior` from a day on; but for dotted lines, it ends the one before.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: the line would lead back to `person` (E-12), or the superior is not employed on that day.
    """
    intent = Sentence("assign a superior to employee {employee_id}", employee_id=person.employee_id)
    scopes.expect_person(session, person, by=by, intent=intent)
    _expect_employed(session, superior, valid_from, intent)
    until = _make_room(session, person, superior, valid_from, kind=kind, by=by)
    line = ReportingLine(
        person_key=person.key, superior_key=superior.key, kind=kind, valid_from=valid_from, valid_until=until
    )
    session.add(line)
    session.flush()  # it is looked at together with the lines there are
    if kind is Line.PRIMARY:
        _expect_no_circle(session, intent)
    amendments.note(session, "lines", person.employee_id, None, _told(person, superior, line), by=by)
    return line


def superior_of(session: Session, person_key: int, on: date, kind: Line = Line.PRIMARY) -> Person | None:
    """Find the superior on a day, the primary one unless another kind is asked for; None where there is none."""
    return session.scalar(
        select(Person)
        .join(ReportingLine, ReportingLine.superior_key == Person.key)
        .where(ReportingLine.person_key == person_key, ReportingLine.kind == kind, ReportingLine.holds_on(on))
        .order_by(ReportingLine.key)
    )


def dotted_of(session: Session, person_key: int, on: date) -> Sequence[Person]:
    """List those whom somebody has a dotted line to on a day, without the primary superior (E-10)."""
    primary = superior_of(session, person_key, on)
    dotted = (
        select(Person)
        .join(ReportingLine, ReportingLine.superior_key == Person.key)
        .where(ReportingLine.person_key == person_key, ReportingLine.kind == Line.MATRIX, ReportingLine.holds_on(on))
        .order_by(ReportingLine.key)
    )
    return [person for person in session.scalars(dotted) if person is not primary]


def superiors_of(session: Session, person_key: int, on: date, most: int | None = None) -> list[Person]:
    """List the superiors on a day, `most` of them, the direct one first, then the second, then who stands above."""
    return climb(person_key, lambda key, kind: superior_of(session, key, on, kind), most)


def ever_above(session: Session, person_key: int, first: date, last: date) -> set[int]:
    """Find who stood above somebody, at any level, on any day of a period; dotted lines count at the first level."""
    seen: set[tuple[int, date, date]] = set()
    reached = {(person_key, first, last)}
    while reached:
        seen |= reached
        reached = {step for held in reached for step in _steps_up(session, *held, dotted=held[0] == person_key)} - seen
    return {key for key, _, _ in seen} - {person_key}


def levels_of(session: Session, person_key: int, on: date) -> list[Person]:
    """List the two levels above somebody for a cycle; the board is the next level after the top (E-11)."""
    above = superiors_of(session, person_key, on, most=LEVELS)
    return with_board(person_key, above, lambda: people.in_role(session, Role.BOARD, on))


def climb(person_key: int, superior_of: Callable[[int, Line], Person | None], most: int | None = None) -> list[Person]:
    """Walk up from somebody, `most` levels: a second superior stands above the first one in this case alone."""
    chain: list[Person] = []
    superior, second = superior_of(person_key, Line.PRIMARY), superior_of(person_key, Line.SECOND)
    while superior is not None and superior.key not in {person_key, *(other.key for other in chain)}:
        chain.append(superior)
        if len(chain) == most:
            break
        superior = second if second and len(chain) == 1 else superior_of(superior.key, Line.PRIMARY)
    return chain


def with_board(person_key: int, above: list[Person], board: Callable[[], Iterable[Person]]) -> list[Person]:
    """Let the board be the next level where there are fewer than two (E-11)."""
    if len(above) == LEVELS:
        return above
    taken = {person_key, *(one.key for one in above)}
    return [*above, *islice((one for one in board() if one.key not in taken), 1)]


def circles(stretches: Iterable[Stretch]) -> Iterator[list[str]]:
    """Find where lines lead back on any day: each circle as the people on it, the first one named again at the end.

    A circle first holds on the day on which the last of its lines begins, so only those days are looked at.
    """
    above: defaultdict[str, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        above[stretch.person].append(stretch)
    found: set[frozenset[str]] = set()
    for stretch in (each for own in list(above.values()) for each in own):
        circle = _walk(stretch, above)
        if circle and frozenset(circle) not in found:
            found.add(frozenset(circle))
            yield circle


def _walk(stretch: Stretch, above: Mapping[str, list[Stretch]]) -> list[str]:
    """Walk up from a line on the day it begins; return the way if it leads back to where it began."""
    way, seen = [stretch.person], {stretch.person}
    superior: str | None = stretch.superior
    while superior is not None and superior not in seen:
        way.append(superior)
        seen.add(superior)
        held = (s.superior for s in above.get(superior, ()) if s.holds_on(stretch.valid_from))
        superior = next(held, None)
    return [*way, stretch.person] if superior == stretch.person else []


def _steps_up(
    session: Session, person_key: int, first: date, last: date, *, dotted: bool
) -> Iterator[tuple[int, date, date]]:
    """Give each superior of a period, with the part of it in which the line held."""
    kinds = list(Line) if dotted else [Line.PRIMARY, Line.SECOND]
    touching = (
        ReportingLine.valid_from <= last,
        or_(ReportingLine.valid_until.is_(None), ReportingLine.valid_until >= first),
    )
    own = select(ReportingLine).where(ReportingLine.person_key == person_key, ReportingLine.kind.in_(kinds), *touching)
    for line in session.scalars(own).all():
        yield line.superior_key, max(first, line.valid_from), min(last, line.valid_until or last)


def _expect_employed(session: Session, superior: Person, day: date, intent: str) -> None:
    if not employments.is_employed(session, superior.key, day):
        sentence = Sentence("{name} is not employed on {day}", name=superior.name, day=day.isoformat())
        problem = Problem(sentence, superior.employee_id, "not-employed")
        raise Invalid("Expected to {intent}, but not somebody who is not there", [problem], intent=intent)


def _make_room(
    session: Session, person: Person, superior: Person, day: date, *, kind: Line, by: Identity
) -> date | None:
    """End the line that holds on a day the day before; return the last day before the one that follows."""
    same = [ReportingLine.person_key == person.key, ReportingLine.kind == kind]
    if kind is Line.MATRIX:
        same.append(ReportingLine.superior_key == superior.key)
    for line in session.scalars(select(ReportingLine).where(*same, ReportingLine.holds_on(day))).all():
        above = people.by_key(session, line.superior_key)
        before = _told(person, above, line)
        if line.valid_from == day:
            session.delete(line)
            amendments.note(session, "lines", person.employee_id, before, None, by=by)
        else:
            line.valid_until = day - timedelta(days=1)
            amendments.note(session, "lines", person.employee_id, before, _told(person, above, line), by=by)
    session.flush()  # what is deleted makes room for what is added
    later = select(ReportingLine.valid_from).where(*same, ReportingLine.valid_from > day)
    following = session.scalar(later.order_by(ReportingLine.valid_from).limit(1))
    return following - timedelta(days=1) if following else None


def _expect_no_circle(session: Session, intent: str) -> None:
    rows = session.execute(
        select(
            ReportingLine.person_key, ReportingLine.superior_key, ReportingLine.valid_from, ReportingLine.valid_until
        ).where(ReportingLine.kind == Line.PRIMARY)
    )
    stretches = [
        Stretch(str(row.person_key), str(row.superior_key), row.valid_from.isoformat(),
                row.valid_until.isoformat() if row.valid_until else "")
        for row in rows
    ]  # fmt: skip
    problems = []
    for circle in circles(stretches):
        way = [people.by_key(session, int(key)) for key in circle]
        sentence = Sentence("The line would lead back: {names}", names=" → ".join(person.name for person in way))
        problems.append(Problem(sentence, way[0].employee_id, "line-circle"))
    if problems:
        raise Invalid("Expected to {intent}, but not one of the own", problems, intent=intent)


def _told(person: Person, superior: Person, line: ReportingLine) -> dict[str, str]:
    return {
        "employee_id": person.employee_id,
        "kind": line.kind.value,
        "superior": superior.employee_id,
        "valid_from": line.valid_from.isoformat(),
        "valid_until": line.valid_until.isoformat() if line.valid_until else "",
    }
