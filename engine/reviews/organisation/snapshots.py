"""Snapshots: a cycle's population as it was at the launch, and what has changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine import calendars
from engine.identity import Identity
from engine.reviews.models import Cycle, Department, Member, Person, Placement, Post, Review, ReviewState, Role, Spell
from engine.reviews.organisation import employments, lines, people
from engine.reviews.organisation.registers import Register
from engine.reviews.sentences import Sentence

Both = tuple[str, str]
"""A name in Chinese and in English."""


class Change(StrEnum):
    """What has become of somebody since the snapshot."""

    JOINED = "joined"
    """Employed since, or moved since, in a department of the population, and not in it."""
    LEFT = "left"
    """No longer employed."""
    TRANSFERRED = "transferred"
    """In another department or post."""
    SUPERIOR = "superior"
    """Under another superior."""
    SECOND_SUPERIOR = "second-superior"
    """With another second superior."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was at the launch; the texts are empty where there was or is nothing."""

    person: Person
    change: Change
    before: str
    after: str
    before_en: str = ""
    after_en: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stood, or stands, on a day."""

    department_key: int | None
    post_key: int | None
    superior_key: int | None
    second_superior_key: int | None


def take(session: Session, cycle: Cycle, person_key: int, register: Register) -> Member:
    """Keep where somebody of a cycle's population stands on the register's day."""
    now = registered(register, person_key)
    member = Member(
        cycle_key=cycle.key,
        person_key=person_key,
        as_of=register.day,
        department_key=now.department_key,
        post_key=now.post_key,
        superior_key=now.superior_key,
        second_superior_key=now.second_superior_key,
    )
    session.add(member)
    return member


def standing(session: Session, person_key: int, day: date) -> Standing:
    """Tell where somebody stands on a day."""
    placement = employments.placement_of(session, person_key, day)
    return _standing(placement, lines.levels_of(session, person_key, day))


def registered(register: Register, person_key: int) -> Standing:
    """Tell where somebody stands by a register."""
    return _standing(register.placement(person_key), register.levels(person_key))


def place(session: Session, review: Review) -> tuple[Department | None, Post | None]:
    """Tell the department and post of a review's appraisee: of the launch, or of today while it is not launched."""
    member = session.scalar(
        select(Member).where(Member.cycle_key == review.cycle_key, Member.person_key == review.appraisee_key)
    )
    held = member or standing(session, review.appraisee_key, calendars.today(session))
    department = session.get(Department, held.department_key) if held.department_key else None
    return department, session.get(Post, held.post_key) if held.post_key else None


def differences(session: Session, cycle: Cycle, *, by: Identity) -> list[Difference]:
    """Name what has changed since a cycle was launched, person by person; nothing of it is applied (E-03).

    Raises:
        Forbidden: `by` is not HR.
    """
    people.expect_role(by, Role.HR, Sentence("compare cycle {label} with today", label=cycle.label))
    today = calendars.today(session, ZoneInfo(cycle.zone))
    members = session.scalars(select(Member).where(Member.cycle_key == cycle.key)).all()
    register = Register(session, today)
    found = [change for member in members for change in _of_member(session, member, register)]
    found += _joined(session, members, today)
    return sorted(found, key=lambda difference: difference.person.employee_id)


def transferred(session: Session, keys: Collection[int]) -> list[tuple[int, int]]:
    """Find which of some running reviews are of people in another department or post than at the launch.

    Each with the key of its cycle.
    """
    rows = session.execute(
        select(Review.key, Review.cycle_key, Member, Placement)
        .join(Member, and_(Member.cycle_key == Review.cycle_key, Member.person_key == Review.appraisee_key))
        .join(Placement, Placement.person_key == Review.appraisee_key)
        .where(Review.key.in_(keys), Review.state != ReviewState.CLOSED)
        .where(Placement.holds_on(calendars.today(session)))
    )
    return [
        (key, cycle_key)
        for key, cycle_key, member, placement in rows
        if (placement.department_key, placement.post_key) != (member.department_key, member.post_key)
    ]


def _standing(placement: Placement | None, above: Sequence[Person]) -> Standing:
    return Standing(
        placement.department_key if placement else None,
        placement.post_key if placement else None,
        *[*(superior.key for superior in above), None, None][:2],
    )


def _of_member(session: Session, member: Member, register: Register) -> Iterator[Difference]:
    person = register.person(member.person_key)
    if not register.is_employed(person.key):
        last = max(employments.spells_of(session, person.key), key=lambda spell: spell.valid_from, default=None)
        yield Difference(person, Change.LEFT, "", str(last.valid_until or "") if last else "")
        return
    now = registered(register, person.key)
    if (now.department_key, now.post_key) != (member.department_key, member.post_key):
        before, after = (_place(session, held.department_key, held.post_key) for held in (member, now))
        yield _told(person, Change.TRANSFERRED, before, after)
    if now.superior_key != member.superior_key:
        before, after = (_name(session, held.superior_key) for held in (member, now))
        yield _told(person, Change.SUPERIOR, before, after)
    if now.second_superior_key != member.second_superior_key:
        before, after = (_name(session, held.second_superior_key) for held in (member, now))
        yield _told(person, Change.SECOND_SUPERIOR, before, after)


def _joined(session: Session, members: Sequence[Member], today: date) -> Iterator[Difference]:
    """Find who is in the population's departments now and came, came back or moved there since the snapshot."""
    if not members:
        return
    known = {member.person_key for member in members}
    departments = {member.department_key for member in members} - {None}
    since = min(member.as_of for member in members)
    there = (
        select(Placement.person_key)
        .join(Spell, Spell.person_key == Placement.person_key)
        .where(Placement.holds_on(since), Spell.holds_on(since), Placement.department_key.in_(departments))
    )
    newcomers = session.execute(
        select(Person, Placement, Spell)
        .join(Spell, Spell.person_key == Person.key)
        .join(Placement, Placement.person_key == Person.key)
        .where(Spell.holds_on(today), Placement.holds_on(today), Placement.department_key.in_(departments))
        .where(or_(Spell.valid_from >= since, Person.key.not_in(there)))
    )
    for person, placement, spell in newcomers:
        if person.key not in known:
            chinese, english = _place(session, placement.department_key, placement.post_key)
            since_day = (spell if spell.valid_from >= since else placement).valid_from.isoformat()
            yield Difference(person, Change.JOINED, "", f"{since_day} {chinese}", after_en=f"{since_day} {english}")


def _told(person: Person, change: Change, before: Both, after: Both) -> Difference:
    return Difference(person, change, before[0], after[0], before[1], after[1])


def _place(session: Session, department_key: int | None, post_key: int | None) -> Both:
    department = session.get(Department, department_key) if department_key else None
    post = session.get(Post, post_key) if post_key else None
    found = [named for named in (department, post) if named]
    return " · ".join(one.name for one in found), " · ".join(one.name_en or one.name for one in found)


def _name(session: Session, key: int | None) -> Both:
    if not key:
        return "", ""
    person = people.by_key(session, key)
    return person.name, person.name_en or person.name
