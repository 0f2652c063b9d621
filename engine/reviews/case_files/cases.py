"""Cases: what a case file is about, for those who may know of it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files.kinds import Case, Subject
from engine.reviews.changes import stretches
from engine.reviews.models import Appeal, Plan, Review
from engine.reviews.plans import chains


def found(session: Session, subject: Subject, key: int, *, by: Identity) -> Case:
    """Find what a case file is to be made of.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    case = _FINDING[subject](session, key, by)
    if case is None:
        raise NotFound(
            "Expected to find {subject} {key}, but there is none that {username} may know of",
            subject=subject.value,
            key=key,
            username=by.username,
        )
    return case


def _review(session: Session, key: int, by: Identity) -> Case | None:
    review = session.scalar(select(Review).where(Review.key == key, access.scorecards(session, by)))
    if review is None:
        return None
    keys = _with_sheets(session, {key})
    plans_of = frozenset(session.scalars(select(Plan.key).where(Plan.review_key.in_(keys))))
    return _case(Subject.REVIEW, key, review, reviews=keys, appeals=_appeals_about(session, keys), plans=plans_of)


def _appeal(session: Session, key: int, by: Identity) -> Case | None:
    appeal = session.scalar(select(Appeal).where(Appeal.key == key, access.appeals(session, by)))
    if appeal is None:
        return None
    review = session.get_one(Review, appeal.review_key)
    keys = _with_sheets(session, {review.key})
    return _case(Subject.APPEAL, key, review, reviews=keys, appeals=frozenset([key]))


def _plan(session: Session, key: int, by: Identity) -> Case | None:
    """Take in the plans it goes on from, and every result that any ground rests on, with the appeals about them."""
    plan = session.scalar(select(Plan).where(Plan.key == key, access.plans(session, by)))
    if plan is None:
        return None
    chain = chains.of_plan(session, plan)
    keys = _with_sheets(session, {one.review_key for one in chain} | chains.rested_on(session, chain))
    return _case(
        Subject.PLAN,
        key,
        session.get_one(Review, plan.review_key),
        reviews=keys,
        appeals=_appeals_about(session, keys),
        plans=frozenset(one.key for one in chain),
    )


def _case(
    subject: Subject,
    key: int,
    review: Review,
    *,
    reviews: frozenset[int],
    appeals: frozenset[int] = frozenset(),
    plans: frozenset[int] = frozenset(),
) -> Case:
    return Case(
        subject=subject,
        key=key,
        review_key=review.key,
        person_key=review.appraisee_key,
        cycle_key=review.cycle_key,
        reviews=reviews,
        appeals=appeals,
        plans=plans,
    )


def _with_sheets(session: Session, keys: set[int]) -> frozenset[int]:
    """Add the sheets of other days: a period that a transfer splits is one case."""
    own = [session.get_one(Review, key) for key in keys]
    return frozenset(keys | {sheet.key for one in own for sheet in stretches.of_review(session, one)})


def _appeals_about(session: Session, keys: frozenset[int]) -> frozenset[int]:
    return frozenset(session.scalars(select(Appeal.key).where(Appeal.review_key.in_(keys))))


_FINDING = {Subject.REVIEW: _review, Subject.APPEAL: _appeal, Subject.PLAN: _plan}
