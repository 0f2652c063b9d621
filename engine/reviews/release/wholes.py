"""Whole results: those that the sheets of other days go into, computed again when such a sheet is scored anew."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.identity import SYSTEM
from engine.reviews.cycle import reviews
from engine.reviews.models import Result, Review, ReviewState
from engine.reviews.release import grading, results


def compute_again(session: Session, part: Review, *, reason: str) -> Result | None:
    """Compute the result of a review again whose second sheet has another total, if it has one already.

    A sheet that has not gone into its review yet does so in its own process.

    Raises:
        Invalid: something is missing; each gap is named.
        Conflict: the table gives the total no grade.
    """
    if part.part_of_key is None or part.state is not ReviewState.CLOSED:
        return None
    whole = reviews.found(session, part.part_of_key)
    if results.newest(session, whole) is None:
        return None
    result = results.compute(session, whole, by=SYSTEM, reason=reason)
    return results.grade(session, whole, grading.grade_of(session, result, result.total), total=result.total)
