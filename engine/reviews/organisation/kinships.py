"""Kinships: who declared to be related to whom; nobody decides about their own (section 6.2)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import Kinship, Person, Role
from engine.reviews.sentences import Sentence, expect_text


def declare(session: Session, person: Person, other: Person, *, relation: str, by: Identity) -> Kinship:
    """Declare that two people are related, as one of them or as HR.

    Raises:
        Forbidden: `by` is neither of them nor HR.
        Conflict: it is declared already.
        Invalid: it is one person, or how they are related is not said.
    """
    intent = Sentence(
        "declare how {employee_id} and {other_employee_id} are related",
        employee_id=person.employee_id,
        other_employee_id=other.employee_id,
    )
    if by.username not in (person.username, other.username) and Role.HR not in by.groups:
        raise Forbidden("Expected to {intent}, but that is theirs and HR's to declare", intent=intent)
    if person.key == other.key:
        problem = Problem(Sentence("Nobody is related to themselves"), "other", "oneself")
        raise Invalid("Expected to {intent}, but it is one person", [problem], intent=intent)
    expect_text(relation, "relation", intent)
    if session.scalar(select(Kinship.key).where(_between(person.key, other.key))) is not None:
        raise Conflict("Expected to {intent}, but it is declared already", intent=intent)
    kinship = Kinship(
        person_key=person.key,
        other_key=other.key,
        relation=relation,
        declared_by=by.username,
        declared_at=clock.now(session),
    )
    session.add(kinship)
    session.flush()  # a draw reads it
    return kinship


def of_person(session: Session, person: Person, *, by: Identity) -> Sequence[Kinship]:
    """List what is declared of somebody, as that person or as HR.

    Raises:
        Forbidden: `by` is neither.
    """
    if by.username != person.username and Role.HR not in by.groups:
        raise Forbidden(
            "Expected to see whom {employee_id} is related to, but that is theirs and HR's to know",
            employee_id=person.employee_id,
        )
    own = or_(Kinship.person_key == person.key, Kinship.other_key == person.key)
    return session.scalars(select(Kinship).where(own).order_by(Kinship.key)).all()


def keys_of(session: Session, person_key: int) -> set[int]:
    """Find whom somebody is related to, whoever of the two declared it."""
    own = or_(Kinship.person_key == person_key, Kinship.other_key == person_key)
    found = session.scalars(select(Kinship).where(own)).all()
    return {row.other_key if row.person_key == person_key else row.person_key for row in found}


def _between(one: int, other: int) -> ColumnElement[bool]:
    return or_(
        and_(Kinship.person_key == one, Kinship.other_key == other),
        and_(Kinship.person_key == other, Kinship.other_key == one),
    )
