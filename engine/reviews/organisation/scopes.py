"""Scopes: the departments to which somebody's role in HR is bounded, as conditions on people and reviews (D18).

Whoever is in HR of some departments belongs to a group for each, such as `hr@sales`, and not to `hr`: what nobody
opened for them stays closed.
"""

from __future__ import annotations

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import Session, aliased

from engine import calendars
from engine.errors import Forbidden
from engine.identity import BOUNDED, Identity
from engine.reviews.models import Department, Person, Placement, Review, Role
from engine.reviews.organisation import employments

MARK = f"{Role.HR.value}{BOUNDED}"
"""What the name of a bounded group begins with; a department's code follows."""


def codes(identity: Identity) -> frozenset[str]:
    """Give the codes of the departments in whose HR somebody is; empty for everybody else."""
    return frozenset(name.removeprefix(MARK) for name in identity.groups if name.startswith(MARK))


def is_bounded(identity: Identity) -> bool:
    """Tell whether somebody is in HR of some departments alone."""
    return bool(codes(identity)) and Role.HR not in identity.groups and not identity.operator


def departments(identity: Identity) -> Select[int]:
    """Choose the departments of somebody's scope, with all below them."""
    tree = select(Department.key).where(Department.code.in_(codes(identity))).cte(recursive=True)
    above = aliased(tree)
    tree = tree.union(select(Department.key).join(above, Department.parent_key == above.c.key))
    return select(tree.c.key)


def people(session: Session, identity: Identity) -> Select[int]:
    """Choose the people of somebody's scope: by where they are today, or were last."""
    if not codes(identity):
        return select(Person.key).where(false())
    today = calendars.today(session)
    return (
        select(Person.key)
        .join(Placement, Placement.key == employments.placement_on(today))
        .where(Placement.department_key.in_(departments(identity)))
    )


def reviews(session: Session, identity: Identity) -> Select[int]:
    """Choose the reviews of somebody's scope: by the department of the launch, before it by the appraisee's own."""
    if not codes(identity):
        return select(Review.key).where(false())
    drafted = and_(Review.department_key.is_(None), Review.appraisee_key.in_(people(session, identity)))
    return select(Review.key).where(or_(Review.department_key.in_(departments(identity)), drafted))


def keeps(session: Session, review: Review, by: Identity) -> bool:
    """Tell whether somebody is in HR for a review."""
    if Role.HR in by.groups or by.operator:
        return True
    return session.scalar(select(1).where(Review.key == review.key, Review.key.in_(reviews(session, by)))) is not None


def is_own(session: Session, review: Review, by: Identity) -> bool:
    """Tell whether somebody is the appraisee of a review."""
    own = select(1).where(Person.key == review.appraisee_key, Person.username == by.username)
    return session.scalar(own) is not None


def expect_person(session: Session, person: Person, *, by: Identity, intent: str) -> None:
    """Let pass HR, and who is in HR of the department that somebody is in.

    Raises:
        Forbidden: `by` is neither.
    """
    if Role.HR in by.groups or by.operator:
        return
    known = select(1).where(Person.key == person.key, Person.key.in_(people(session, by)))
    if session.scalar(known) is None:
        raise _refusal(by, intent)


def expect_review(session: Session, review: Review, *, by: Identity, intent: str) -> None:
    """Let pass HR, and who is in HR of the department that a review belongs to; nobody in the own review (E-95).

    Raises:
        Forbidden: `by` is neither, or is the appraisee: a colleague acts.
    """
    if not keeps(session, review, by):
        raise _refusal(by, intent)
    if is_own(session, review, by):
        raise Forbidden("Expected to {intent}, but it is one's own", intent=intent)


def _refusal(by: Identity, intent: str) -> Forbidden:
    return Forbidden(
        "Expected to {intent}, but {username} is not in {role}", intent=intent, username=by.username, role=Role.HR.value
    )
