"""Candidacies: who may rate an appraisee from a group, by its rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from engine import calendars
from engine.errors import Invalid, Problem
from engine.identity import Account
from engine.reviews.cycle import reviews
from engine.reviews.models import Cycle, Department, Person, Placement, Rater, RaterState, Review, ReviewState
from engine.reviews.organisation import employments
from engine.reviews.rulebook.rules import BY_POSITION, RaterGroup
from engine.reviews.sentences import Sentence

CARRIED = (RaterState.NOMINATED, RaterState.ASKED, RaterState.SUBMITTED)
"""The states of a rater who counts against the load."""

NOMINATED = and_(Rater.group_id.not_in(BY_POSITION), Rater.state.in_(CARRIED))
"""Chooses the raters who were named and have not declined."""


def candidates(session: Session, review: Review, group: RaterGroup) -> Sequence[Person]:
    """List the people whom the rules let rate from a group, by employee id: those without exclusions.

    What was nominated there and is not approved may be nominated again.
    """
    day = _today(session, review)
    replaced = _replaceable(review, group)
    asked = select(Rater.person_key).where(Rater.review_key == review.key, not_(replaced))
    allowed: list[ColumnElement[bool]] = [Department.code.in_(group.departments)] if group.departments else []
    own = employments.department_of(session, review.appraisee_key, day)
    if group.outside and own is not None:
        allowed.append(or_(Department.key.is_(None), Department.key != own.key))
    return session.scalars(
        select(Person)
        .join(Account, Account.username == Person.username)
        .outerjoin(Placement, Placement.key == employments.placement_on(day))
        .outerjoin(Department, Department.key == Placement.department_key)
        .where(
            employments.employed_on(day),
            Account.disabled.is_(False),
            Person.key != review.appraisee_key,
            Person.key.not_in(asked),
            Person.key.not_in(_carrying(review.cycle_key, group.load, besides=replaced)),
            *allowed,
        )
        .order_by(Person.employee_id)
    ).all()


def exclusions(session: Session, review: Review, group: RaterGroup, person: Person) -> Iterator[Problem]:
    """Name why the rules do not let somebody rate an appraisee from a group."""
    if person.key == review.appraisee_key:
        yield _problem(person, "own", Sentence("{name} is the appraisee", name=person.name))
        return
    if rates(session, review, person):
        yield _problem(person, "rates-already", Sentence("{name} was asked already", name=person.name))
    if not is_there(session, person, _today(session, review)):
        yield _problem(person, "not-there", Sentence("{name} has left, or has no account", name=person.name))
    yield from _place_problems(session, review, group, person)
    if load(session, review.cycle_key, person) >= group.load:
        sentence = Sentence("{name} is to rate {load} others already", name=person.name, load=group.load)
        yield _problem(person, "overloaded", sentence)


def load(session: Session, cycle_key: int, person: Person) -> int:
    """Count the appraisees of a cycle whom somebody was nominated to rate and has not declined (E-20)."""
    own = select(func.count()).select_from(Rater).where(_carried(cycle_key), Rater.person_key == person.key)
    return session.scalars(own).one()


def loads(session: Session, review_keys: Collection[int]) -> Sequence[tuple[Person, int]]:
    """Count, for everybody named in some reviews, whom they are to rate in all reviews that are not over."""
    open_ = select(Review.key).where(Review.state.in_((ReviewState.ENROLLED, ReviewState.RUNNING)))
    here = select(Rater.person_key).where(Rater.review_key.in_(review_keys), NOMINATED)
    rows = session.execute(
        select(Person, func.count())
        .join(Rater, Rater.person_key == Person.key)
        .where(Person.key.in_(here), Rater.review_key.in_(open_), NOMINATED)
        .group_by(Person.key)
        .order_by(Person.employee_id)
    )
    return [(person, count) for person, count in rows]


def is_there(session: Session, person: Person, day: date) -> bool:
    """Tell whether somebody is employed on a day and has an account that can log in."""
    return session.scalar(select(Person.key).where(Person.key == person.key, there_on(day))) is not None


def there_on(day: date) -> ColumnElement[bool]:
    """Choose the people who are employed on a day and have an account that can log in."""
    enabled = select(Account.username).where(Account.disabled.is_(False))
    return and_(Person.username.in_(enabled), employments.employed_on(day))


def place(session: Session, review: Review, person: Person) -> str:
    """Name the department that somebody is in today."""
    department = employments.department_of(session, person.key, _today(session, review))
    return department.name if department else ""


def expected(session: Session, review: Review, group_id: str, intent: str) -> RaterGroup:
    """Find a rater group of the template that people are nominated for.

    Raises:
        Invalid: there is none.
    """
    for group in reviews.template(session, review).rater_groups:
        if group.id == group_id and not group.by_position:
            return group
    raise Invalid("Expected to {intent}, but nobody is nominated for that group", intent=intent)


def rates(session: Session, review: Review, person: Person) -> bool:
    """Tell whether somebody was asked to rate an appraisee, from whatever position."""
    asked = select(Rater.key).where(Rater.review_key == review.key, Rater.person_key == person.key)
    return session.scalar(asked.limit(1)) is not None


def expect(session: Session, review: Review, group: RaterGroup, named: Sequence[Person], intent: str) -> None:
    """Let pass only people whom the rules of a group do not exclude.

    Raises:
        Invalid: they exclude somebody; each is named, with every reason.
    """
    if problems := [p for person in named for p in exclusions(session, review, group, person)]:
        raise Invalid("Expected to {intent}, but the rules exclude it", problems, intent=intent)


def _today(session: Session, review: Review) -> date:
    return calendars.today(session, ZoneInfo(session.get_one(Cycle, review.cycle_key).zone))


def _problem(person: Person, code: str, sentence: Sentence) -> Problem:
    return Problem(sentence, person.username, code)


def _place_problems(session: Session, review: Review, group: RaterGroup, person: Person) -> Iterator[Problem]:
    if not group.departments and not group.outside:
        return
    day = _today(session, review)
    place = employments.department_of(session, person.key, day)
    if group.departments and (place is None or place.code not in group.departments):
        codes = ", ".join(group.departments)
        sentence = Sentence("{name} is in none of the departments {codes}", name=person.name, codes=codes)
        yield _problem(person, "other-department", sentence)
    own = employments.department_of(session, review.appraisee_key, day)
    if group.outside and place is not None and own is not None and place.key == own.key:
        sentence = Sentence("{name} is in the appraisee's own department", name=person.name)
        yield _problem(person, "same-department", sentence)


def _carried(cycle_key: int) -> ColumnElement[bool]:
    """Choose the raters of a cycle who count against the load."""
    of_cycle = select(Review.key).where(Review.cycle_key == cycle_key)
    return and_(Rater.review_key.in_(of_cycle), NOMINATED)


def _carrying(cycle_key: int, most: int, *, besides: ColumnElement[bool]) -> Select[int]:
    """Choose the people who are to rate so many in a cycle that nobody else may be added."""
    counted = select(Rater.person_key).where(_carried(cycle_key), not_(besides)).group_by(Rater.person_key)
    return counted.having(func.count() >= most)


def _replaceable(review: Review, group: RaterGroup) -> ColumnElement[bool]:
    """Choose what was nominated for a group and is not approved."""
    here = and_(Rater.review_key == review.key, Rater.group_id == group.id)
    return and_(here, Rater.state == RaterState.NOMINATED)
