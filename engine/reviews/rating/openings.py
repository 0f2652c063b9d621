"""Openings: who looked at anonymous ratings together with who gave them, why and when (E-74)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Forbidden
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import Rater, Rating, RatingOpening, Review, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text


def open_ratings(session: Session, review: Review, *, reason: str, by: Identity) -> list[tuple[Rater, Rating]]:
    """Read every version of the anonymous ratings of a review with who gave them, as its panel or as an auditor.

    Each reading is kept; it cannot be had without.

    Raises:
        Forbidden: `by` neither decides an appeal of this review nor is an auditor, or is its appraisee.
        Invalid: no reason is given.
    """
    intent = Sentence("open the anonymous ratings of review {key}", key=review.key)
    allowed = select(Review.key).where(Review.key == review.key, access.openable(session, by))
    if session.scalar(allowed) is None:
        raise Forbidden("Expected to {intent}, but that is for its appeal's panel and for auditors", intent=intent)
    expect_text(reason, "reason", intent)
    session.add(
        RatingOpening(review_key=review.key, reason=reason, opened_by=by.username, opened_at=clock.now(session))
    )
    found = session.execute(
        select(Rater, Rating)
        .join(Rating, Rating.rater_key == Rater.key)
        .where(Rater.review_key == review.key, Rater.anonymous)
        .order_by(Rating.key)
    )
    return [(rater, rating) for rater, rating in found]


def of_review(session: Session, review: Review, *, by: Identity) -> Sequence[RatingOpening]:
    """List who opened the anonymous ratings of a review, as HR or an auditor, the oldest first.

    Raises:
        Forbidden: `by` is neither.
    """
    if Role.AUDITOR not in by.groups:
        people.expect_role(by, Role.HR, Sentence("see who opened the ratings of review {key}", key=review.key))
    own = select(RatingOpening).where(RatingOpening.review_key == review.key)
    return session.scalars(own.order_by(RatingOpening.key)).all()
