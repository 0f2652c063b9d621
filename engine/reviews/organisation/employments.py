"""Employment: who is there on a day, in which department and post, on leave or protected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, case, or_, select
from sqlalchemy.orm import Session

from engine.reviews.models import Department, Leave, Person, Placement, Post, Protection, ProtectionKind, Spell

Held = TypeVar("Held", Placement, Spell)


def is_employed(session: Session, person_key: int, on: date) -> bool:
    """Tell whether somebody is employed on a day."""
    spell = select(Spell.key).where(Spell.person_key == person_key, Spell.holds_on(on))
    return session.scalar(spell.limit(1)) is not None


def employed_on(day: date) -> ColumnElement[bool]:
    """Choose the people who are employed on a day."""
    return Person.key.in_(select(Spell.person_key).where(Spell.holds_on(day)))


def spells_of(session: Session, person_key: int) -> Sequence[Spell]:
    """List when somebody was employed, the first time first (E-14)."""
    return session.scalars(select(Spell).where(Spell.person_key == person_key).order_by(Spell.valid_from)).all()


def spell_of(session: Session, person_key: int, on: date) -> Spell | None:
    """Find the spell of a day: the last one that has begun, else the next one that will."""
    return session.scalar(select(Spell).where(Spell.person_key == person_key).order_by(*_nearest(Spell, on)).limit(1))


def last_spell() -> ScalarSelect[int]:
    """Choose the key of the last spell of each person of a query."""
    own = select(Spell.key).where(Spell.person_key == Person.key).order_by(Spell.valid_from.desc())
    return own.limit(1).correlate(Person).scalar_subquery()


def placement_on(day: date) -> ScalarSelect[int]:
    """Choose the key of the placement of each person of a query on a day, as `placement_of` does."""
    own = select(Placement.key).where(Placement.person_key == Person.key).order_by(*_nearest(Placement, day))
    return own.limit(1).correlate(Person).scalar_subquery()


def placement_of(session: Session, person_key: int, on: date) -> Placement | None:
    """Find where somebody is on a day: for who has left where they were last, for who is to come where they begin."""
    own = select(Placement).where(Placement.person_key == person_key).order_by(*_nearest(Placement, on))
    return session.scalar(own.limit(1))


def department_of(session: Session, person_key: int, on: date) -> Department | None:
    """Find somebody's department on a day, as `placement_of` does."""
    placement = placement_of(session, person_key, on)
    return session.get_one(Department, placement.department_key) if placement else None


def post_of(session: Session, person_key: int, on: date) -> Post | None:
    """Find somebody's post on a day, as `placement_of` does."""
    placement = placement_of(session, person_key, on)
    return session.get_one(Post, placement.post_key) if placement and placement.post_key else None


def leaves_of(session: Session, person_key: int, first: date, last: date) -> Sequence[Leave]:
    """List the leaves of somebody that touch a period, the first one first (E-16, E-52)."""
    touching = Leave.valid_from <= last, or_(Leave.valid_until.is_(None), Leave.valid_until >= first)
    return session.scalars(
        select(Leave).where(Leave.person_key == person_key, *touching).order_by(Leave.valid_from)
    ).all()


def days_of_leave(session: Session, person_key: int, first: date, last: date) -> int:
    """Count the days of a period on which somebody was on leave, both ends included."""
    return days_within(leaves_of(session, person_key, first, last), first, last)


def days_within(leaves: Iterable[Leave], first: date, last: date) -> int:
    """Count the days of a period that leaves cover, both ends included."""
    spans = ((max(leave.valid_from, first), min(leave.valid_until or last, last)) for leave in leaves)
    return sum(max(0, (end - begin).days + 1) for begin, end in spans)


def nearest(rows: Sequence[Held], day: date) -> Held | None:
    """Choose, of somebody's rows, the last one that has begun, else the next one that will."""
    begun = [row for row in rows if row.valid_from <= day]
    return max(begun, key=_beginning) if begun else min(rows, key=_beginning, default=None)


def protections_of(session: Session, person_key: int, on: date) -> list[ProtectionKind]:
    """List why somebody's contract cannot be ended on a day (Labour Contract Law art. 42; E-18)."""
    held = select(Protection.kind).where(Protection.person_key == person_key, Protection.holds_on(on))
    return list(session.scalars(held.order_by(Protection.kind)))


def _beginning(row: Placement | Spell) -> date:
    return row.valid_from


def _nearest(kind: type[Placement | Spell], day: date) -> tuple[ColumnElement[Any], ...]:
    """Order rows so that the last one that has begun comes first, then the next one that will."""
    begun = kind.valid_from <= day
    return case((begun, 0), else_=1), case((begun, kind.valid_from)).desc(), kind.valid_from.asc()
