"""The records of changes: those of a cycle, those of a review, and what is still to be done because of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews.changes import visibility
from engine.reviews.models import ChangedReview, ChangeState, Cycle, CycleChange, Review


def found(session: Session, key: int) -> CycleChange:
    """Find a change by key.

    Raises:
        NotFound: there is none.
    """
    change = session.get(CycleChange, key)
    if change is None:
        raise NotFound("Expected to find change {key}, but there is none", key=key)
    return change


def visible(session: Session, key: int, *, by: Identity) -> CycleChange:
    """Find a change that somebody may know of.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    change = session.scalar(select(CycleChange).where(CycleChange.key == key, visibility.changes(session, by)))
    if change is None:
        raise NotFound(
            "Expected to find change {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    return change


def of_cycle(session: Session, cycle: Cycle, *, by: Identity) -> Sequence[CycleChange]:
    """List the changes of a cycle that somebody may know of, the newest first."""
    own = select(CycleChange).where(CycleChange.cycle_key == cycle.key, visibility.changes(session, by))
    return session.scalars(own.order_by(CycleChange.key.desc())).all()


def of_review(session: Session, review: Review, *, by: Identity) -> Sequence[tuple[CycleChange, ChangedReview]]:
    """List what changes did to a review, for whoever may see its targets; the newest first."""
    rows = session.execute(
        select(CycleChange, ChangedReview)
        .join(ChangedReview, ChangedReview.change_key == CycleChange.key)
        .where(ChangedReview.review_key == review.key, visibility.changed_reviews(session, by))
        .order_by(ChangedReview.key.desc())
    )
    return [(change, row) for change, row in rows]


def under_way(session: Session, cycle: Cycle) -> Sequence[CycleChange]:
    """List the changes of a cycle that are neither applied nor rejected."""
    open_ = CycleChange.state.in_((ChangeState.ENTERED, ChangeState.DECIDED))
    return session.scalars(select(CycleChange).where(CycleChange.cycle_key == cycle.key, open_)).all()


def reviews_of(session: Session, change: CycleChange) -> Sequence[ChangedReview]:
    """List the reviews that a change was applied to."""
    own = select(ChangedReview).where(ChangedReview.change_key == change.key)
    return session.scalars(own.order_by(ChangedReview.key)).all()


def unsettled(session: Session, review_keys: Collection[int]) -> Collection[int]:
    """Choose, of reviews by key, those in which, or in whose sheets, something is to be done because of a change."""
    whole = func.coalesce(Review.part_of_key, Review.key)
    waiting = select(whole).join(ChangedReview, ChangedReview.review_key == Review.key)
    return set(session.scalars(waiting.where(ChangedReview.settled_at.is_(None), whole.in_(review_keys))).all())


def waiting_in(session: Session, review_keys: Collection[int]) -> Sequence[ChangedReview]:
    """List what is still to be done in reviews because of changes."""
    waiting = select(ChangedReview).where(ChangedReview.settled_at.is_(None))
    return session.scalars(waiting.where(ChangedReview.review_key.in_(review_keys)).order_by(ChangedReview.key)).all()


def settle(session: Session, row: ChangedReview) -> None:
    """Note that nothing is left to be done in a review because of a change."""
    row.settled_at = row.settled_at or clock.now(session)
