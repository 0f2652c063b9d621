"""Cases: what a case file is about, for those who may know of it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.bpmn.models import ProcessInstance
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files.kinds import Case, Subject
from engine.reviews.changes import stretches
from engine.reviews.models import Appeal, Plan, Review


def found(session: Session, subject: Subject, key: int, *, by: Identity) -> Case:
    """Find what a case file is to be made of.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    case = _FINDING[subject](session, key, by)
    if case is None:
        raise NotFound(f"Expected to find {subject.value} {key}, but there is none that {by.username} may know of")
    return case


def _review(session: Session, key: int, by: Identity) -> Case | None:
    review = session.scalar(select(Review).where(Review.key == key, access.scorecards(session, by)))
    if review is None:
        return None
    appeals = frozenset(session.scalars(select(Appeal.key).where(Appeal.review_key == key)))
    plans = frozenset(session.scalars(select(Plan.key).where(Plan.review_key == key)))
    own = [review, *stretches.of_review(session, review)]
    about_it = or_(
        ProcessInstance.business_id.in_([str(one.key) for one in own]),
        ProcessInstance.key.in_([one.instance_key for one in own if one.instance_key]),
    )
    return _case(session, Subject.REVIEW, key, review, appeals=appeals, plans=plans, roots=about_it)


def _appeal(session: Session, key: int, by: Identity) -> Case | None:
    appeal = session.scalar(select(Appeal).where(Appeal.key == key, access.appeals(session, by)))
    if appeal is None:
        return None
    review = session.get_one(Review, appeal.review_key)
    roots = ProcessInstance.key.in_(filter(None, [review.instance_key, appeal.instance_key]))
    return _case(session, Subject.APPEAL, key, review, appeals=frozenset([key]), roots=roots)


def _plan(session: Session, key: int, by: Identity) -> Case | None:
    plan = session.scalar(select(Plan).where(Plan.key == key, access.plans(session, by)))
    if plan is None:
        return None
    review = session.get_one(Review, plan.review_key)
    roots = ProcessInstance.key.in_(filter(None, [review.instance_key, plan.instance_key]))
    return _case(session, Subject.PLAN, key, review, plans=frozenset([key]), roots=roots)


def _case(
    session: Session,
    subject: Subject,
    key: int,
    review: Review,
    *,
    roots: ColumnElement[bool],
    appeals: frozenset[int] = frozenset(),
    plans: frozenset[int] = frozenset(),
) -> Case:
    tops = select(ProcessInstance.root_key).where(roots)
    family = select(ProcessInstance.key).where(ProcessInstance.root_key.in_(tops)).order_by(ProcessInstance.key)
    return Case(
        subject=subject,
        key=key,
        person_key=review.appraisee_key,
        cycle_key=review.cycle_key,
        reviews=frozenset([review.key, *(one.key for one in stretches.of_review(session, review))]),
        appeals=appeals,
        plans=plans,
        instances=tuple(session.scalars(family)),
    )


_FINDING = {Subject.REVIEW: _review, Subject.APPEAL: _appeal, Subject.PLAN: _plan}
