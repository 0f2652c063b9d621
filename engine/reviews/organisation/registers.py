"""Registers: where everybody stands on one day, read at once for those who ask about many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Account
from engine.reviews.models import (
    Department,
    Leave,
    Line,
    Person,
    Placement,
    Post,
    ReportingLine,
    Role,
    Spell,
)
from engine.reviews.organisation import employments, lines, people

Named = TypeVar("Named", Person, Department, Post)
Own = TypeVar("Own", Spell, Placement, Leave)


class Register:
    """The organisation on a day: each table is read once, when somebody first asks for what it holds.

    It says what `employments` and `lines` say of one person, and knows no row that is added after it was read.
    """

    def __init__(self, session: Session, day: date) -> None:
        self._session = session
        self.day = day

    def person(self, key: int) -> Person:
        """Find a person by key."""
        return self._people[key]

    def is_employed(self, key: int) -> bool:
        """Tell whether somebody is employed."""
        return any(spell.is_held_on(self.day) for spell in self._spells.get(key, ()))

    def can_log_in(self, key: int) -> bool:
        """Tell whether somebody has an account that is enabled."""
        return self.person(key).username in self._accounts

    def spell(self, key: int) -> Spell | None:
        """Find the spell of the day, as `employments.spell_of` does."""
        return employments.nearest(self._spells.get(key, ()), self.day)

    def placement(self, key: int) -> Placement | None:
        """Find where somebody is, as `employments.placement_of` does."""
        return employments.nearest(self._placements.get(key, ()), self.day)

    def department(self, key: int) -> Department | None:
        """Find somebody's department."""
        placement = self.placement(key)
        return self._departments[placement.department_key] if placement else None

    def post(self, key: int) -> Post | None:
        """Find somebody's post."""
        placement = self.placement(key)
        return self._posts[placement.post_key] if placement and placement.post_key else None

    def days_of_leave(self, key: int, first: date, last: date) -> int:
        """Count the days of a period on which somebody is on leave, both ends included."""
        return employments.days_within(self._leaves.get(key, ()), first, last)

    def superior(self, key: int, kind: Line = Line.PRIMARY) -> Person | None:
        """Find somebody's superior of a kind."""
        above = self._lines.get((key, kind))
        return self._people[above[0]] if above else None

    def dotted(self, key: int) -> list[Person]:
        """List those whom somebody has a dotted line to, without the primary superior (E-10)."""
        primary = self.superior(key)
        return [
            self._people[one] for one in self._lines.get((key, Line.MATRIX), ()) if self._people[one] is not primary
        ]

    def levels(self, key: int) -> list[Person]:
        """List the two levels above somebody, as `lines.levels_of` does."""
        return lines.with_board(key, lines.climb(key, self.superior, lines.LEVELS), lambda: self._board)

    @cached_property
    def _people(self) -> Mapping[int, Person]:
        return _by_key(self._session.scalars(select(Person)))

    @cached_property
    def _departments(self) -> Mapping[int, Department]:
        return _by_key(self._session.scalars(select(Department)))

    @cached_property
    def _posts(self) -> Mapping[int, Post]:
        return _by_key(self._session.scalars(select(Post)))

    @cached_property
    def _accounts(self) -> frozenset[str]:
        return frozenset(self._session.scalars(select(Account.username).where(Account.disabled.is_(False))))

    @cached_property
    def _board(self) -> Sequence[Person]:
        return people.in_role(self._session, Role.BOARD, self.day)

    @cached_property
    def _spells(self) -> Mapping[int, Sequence[Spell]]:
        return _by_person(self._session.scalars(select(Spell)))

    @cached_property
    def _placements(self) -> Mapping[int, Sequence[Placement]]:
        return _by_person(self._session.scalars(select(Placement)))

    @cached_property
    def _leaves(self) -> Mapping[int, Sequence[Leave]]:
        return _by_person(self._session.scalars(select(Leave)))

    @cached_property
    def _lines(self) -> Mapping[tuple[int, Line], Sequence[int]]:
        above: defaultdict[tuple[int, Line], list[int]] = defaultdict(list)
        columns = (ReportingLine.person_key, ReportingLine.kind, ReportingLine.superior_key)
        held = select(*columns).where(ReportingLine.holds_on(self.day)).order_by(ReportingLine.key)
        for person_key, kind, superior_key in self._session.execute(held):
            above[person_key, kind].append(superior_key)
        return above


def _by_key(rows: Iterable[Named]) -> Mapping[int, Named]:
    return {row.key: row for row in rows}


def _by_person(rows: Iterable[Own]) -> Mapping[int, Sequence[Own]]:
    found: defaultdict[int, list[Own]] = defaultdict(list)
    for row in rows:
        found[row.person_key].append(row)
    return found
