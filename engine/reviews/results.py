"""Results: versions of a total and its grade, released at one moment."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, NotFound
from engine.identity import Identity
from engine.reviews import cycles, people, reviews, scorecards
from engine.reviews.models import Cycle, CycleState, Notice, Result, Review, ReviewState, Role


def compute(session: Session, review: Review, *, by: Identity, reason: str = "") -> Result:
    """Compute the next version of a review's result from what is recorded; the grade follows from a decision table.

    Raises:
        Invalid: something is missing; each gap is named.
    """
    computed = scorecards.compute(session, review)
    latest = newest(session, review)
    result = Result(
        review_key=review.key,
        version=latest.version + 1 if latest else 1,
        template_key=reviews.template_key(session, review),
        total=str(computed.total),
        figures=computed.figure.to_json(),
        reason=reason,
        computed_by=by.username,
        computed_at=clock.now(session),
    )
    session.add(result)
    session.flush()  # the grade, the release and the sign-off refer to it
    return result


def grade(session: Session, review: Review, level: str) -> Result:
    """Set the grade of the newest version, once.

    Raises:
        NotFound: there is no result.
        Conflict: it has its grade.
    """
    result = expected(session, review)
    if result.grade is not None:
        raise Conflict(f"Expected to grade review {review.key}, but result {result.version} is {result.grade} already")
    result.grade = level
    return result


def newest(session: Session, review: Review) -> Result | None:
    """Find the result in force."""
    versions = select(Result).where(Result.review_key == review.key)
    return session.scalar(versions.order_by(Result.version.desc()).limit(1))


def expected(session: Session, review: Review) -> Result:
    """Find the result in force.

    Raises:
        NotFound: there is none yet.
    """
    result = newest(session, review)
    if result is None:
        raise NotFound(f"Expected to find the result of review {review.key}, but there is none yet")
    return result


def release(session: Session, cycle: Cycle, *, by: Identity) -> Sequence[Review]:
    """Release all results of a cycle at one moment; the message to each process is the caller's to publish.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is not launched, released already, or reviews have no grade yet.
    """
    intent = f"release the results of cycle {cycle.label}"
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.LAUNCHED or cycle.released_at is not None:
        raise Conflict(f"Expected to {intent}, but it is not launched, or released already")
    running = [review for review in cycles.reviews_of(session, cycle) if review.state is ReviewState.RUNNING]
    ungraded = [review for review in running if (result := newest(session, review)) is None or result.grade is None]
    if ungraded or not running:
        raise Conflict(f"Expected to {intent}, but {len(ungraded)} of {len(running)} reviews have no grade yet")
    cycle.released_at = clock.now(session)
    for review in running:
        _release(session, review)
    return running


def _release(session: Session, review: Review) -> None:
    now = clock.now(session)
    expected(session, review).released_at = now
    review.state = ReviewState.RELEASED
    details = {"review": str(review.key)}
    session.add(Notice(person_key=review.appraisee_key, kind="result-released", details=details, written_at=now))
