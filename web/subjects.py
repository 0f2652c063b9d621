"""What process instances are about: whose review of which cycle, found from the instances' records in HR."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from engine.bpmn.models import UserTask
from engine.reviews.models import Appeal, Calibration, Cycle, Person, Plan, Review
from web import names

Roots = Collection[int]


def of_roots(session: Session, roots: Roots) -> Mapping[int, str]:
    """Say in a few words what each instance at the top of its calls is about; nothing for what HR does not know."""
    said: dict[int, str] = {}
    for statement in (_reviews(), _appeals(), _plans()):
        root = statement.selected_columns[0]
        rows = session.execute(statement.where(root.in_(roots)))
        said |= {key: f"{names.of_person(person)} · {label}" for key, person, label in rows if key is not None}
    launches = select(Cycle.procedure_key, Cycle.label).where(Cycle.procedure_key.in_(roots))
    return said | {key: label for key, label in session.execute(launches) if key is not None}


def review_of_root(session: Session, root: int) -> Review | None:
    """Find the review that an instance at the top of its calls belongs to."""
    keys = [
        select(Review.key).where(Review.instance_key == root),
        select(Appeal.review_key).where(Appeal.instance_key == root),
        select(Plan.review_key).where(Plan.instance_key == root),
    ]
    return session.scalars(select(Review).where(or_(*(Review.key.in_(key) for key in keys)))).first()


def calibration_of_root(session: Session, root: int) -> Calibration | None:
    """Find the calibration session that an instance at the top of its calls runs."""
    return session.scalars(select(Calibration).where(Calibration.instance_key == root)).first()


def cycle_of_root(session: Session, root: int) -> Cycle | None:
    """Find the cycle that an instance launches."""
    return session.scalars(select(Cycle).where(Cycle.procedure_key == root)).first()


def mentioning(pattern: str) -> ColumnElement[bool]:
    """Choose the tasks whose person or cycle is like a pattern."""
    like = or_(*(text.ilike(pattern, escape="\\") for text in (Person.name, Person.name_en, Cycle.label)))
    roots = [
        statement.with_only_columns(statement.selected_columns[0]).where(like)
        for statement in (_reviews(), _appeals(), _plans())
    ]
    return or_(*(UserTask.root_key.in_(root) for root in roots))


def _reviews() -> Select[int | None, Person, str]:
    return (
        select(Review.instance_key, Person, Cycle.label)
        .join(Person, Person.key == Review.appraisee_key)
        .join(Cycle, Cycle.key == Review.cycle_key)
    )


def _appeals() -> Select[int | None, Person, str]:
    return (
        select(Appeal.instance_key, Person, Cycle.label)
        .join(Review, Review.key == Appeal.review_key)
        .join(Person, Person.key == Review.appraisee_key)
        .join(Cycle, Cycle.key == Review.cycle_key)
    )


def _plans() -> Select[int | None, Person, str]:
    return (
        select(Plan.instance_key, Person, Cycle.label)
        .join(Review, Review.key == Plan.review_key)
        .join(Person, Person.key == Review.appraisee_key)
        .join(Cycle, Cycle.key == Review.cycle_key)
    )
