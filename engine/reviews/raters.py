"""Raters: who rates an appraisee, and from which position."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, NotFound
from engine.identity import Identity
from engine.reviews import people, reviews
from engine.reviews.models import Person, Rater, RaterState, Rating, Review, ReviewState, Role
from engine.reviews.rules import RaterGroup

SELF = "self"
"""The group of the appraisee."""
SUPERIOR = "superior"
"""The group of the direct superior."""
BY_POSITION = frozenset({SELF, SUPERIOR})
"""Groups that nobody is nominated for: the launch fills them from the reporting line."""


def of_review(session: Session, review: Review, group_id: str | None = None) -> Sequence[Rater]:
    """List the raters of a review, or of one of its groups, in the order they were asked."""
    chosen = select(Rater).where(Rater.review_key == review.key).order_by(Rater.key)
    return session.scalars(chosen if group_id is None else chosen.where(Rater.group_id == group_id)).all()


def found(session: Session, review: Review, person: Person, group_id: str) -> Rater:
    """Find the rater that somebody is in a review.

    Raises:
        NotFound: that person does not rate it from that position.
    """
    for rater in of_review(session, review, group_id):
        if rater.person_key == person.key:
            return rater
    raise NotFound(f"Expected to find rater {person.username} of review {review.key}, but none is asked as {group_id}")


def nominate(session: Session, review: Review, person: Person, *, group_id: str, by: Identity) -> Rater:
    """Ask somebody to rate an appraisee.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: it is the appraisee, or a position that nobody is nominated for, or no group of the template.
        Conflict: that person rates the appraisee already, or the review has begun with the raters it has.
    """
    people.expect_role(by, Role.HR, f"nominate {person.username} as rater")
    reviews.expect_state(review, f"nominate {person.username} as rater", ReviewState.ENROLLED)
    if group_id in BY_POSITION or group_id not in {group.id for group in groups(session, review)}:
        raise Invalid(f"Expected to nominate {person.username} as {group_id}, but nobody is nominated for that group")
    if person.key == review.appraisee_key:
        raise Invalid(f"Expected to nominate {person.username} as {group_id}, but nobody rates oneself from there")
    if any(rater.person_key == person.key for rater in of_review(session, review)):
        raise Conflict(
            f"Expected to nominate {person.username} as {group_id}, but they rate review {review.key} already"
        )
    rater = Rater(review_key=review.key, group_id=group_id, person_key=person.key)
    session.add(rater)
    session.flush()  # ratings refer to it, and the next nomination is checked against it
    return rater


def excuse(session: Session, rater: Rater, *, reason: str, by: Identity) -> None:
    """Decide that a rating will not come: it is then absent, never zero (E-25, E-60).

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it came already.
        Invalid: there is no reason.
    """
    people.expect_role(by, Role.HR, f"excuse rater {rater.key}")
    if rater.state in (RaterState.SUBMITTED, RaterState.STALE):
        raise Conflict(f"Expected to excuse rater {rater.key}, but the rating came already")
    if not reason.strip():
        raise Invalid(f"Expected to excuse rater {rater.key}, but no reason is given")
    _excuse(session, rater, reason, by)


def excuse_awaited(session: Session, review: Review, *, reason: str, by: Identity) -> list[Rater]:
    """Go on without the ratings that did not come in time; one from a mandatory group is waited for (E-60)."""
    optional = {group.id for group in groups(session, review) if not group.mandatory}
    late = [r for r in of_review(session, review) if r.state is RaterState.ASKED and r.group_id in optional]
    rated = set(session.scalars(select(Rating.rater_key).where(Rating.review_key == review.key)))
    for rater in late:
        if rater.key in rated:  # asked again: what was given before stands
            rater.state = RaterState.SUBMITTED
        else:
            _excuse(session, rater, reason, by)
    return late


def reopen(session: Session, review: Review) -> None:
    """Ask all raters of a review again; what they gave before stays until they give another rating."""
    for rater in of_review(session, review):
        rater.state, rater.reason = RaterState.ASKED, ""


def make_stale(session: Session, review: Review, group_id: str) -> bool:
    """Let the ratings that a group gave wait to be confirmed, or given anew (E-56); whether there are any."""
    given = [one for one in of_review(session, review, group_id) if one.state is RaterState.SUBMITTED]
    for rater in given:
        rater.state = RaterState.STALE
    return bool(given)


def keep_stale(session: Session, review: Review, group_id: str) -> None:
    """Let the ratings of a group stand that were not given anew in time."""
    for rater in of_review(session, review, group_id):
        if rater.state is RaterState.STALE:
            rater.state = RaterState.SUBMITTED


def groups(session: Session, review: Review) -> tuple[RaterGroup, ...]:
    """List the rater groups of a review's template."""
    return reviews.template(session, review).rater_groups


def _excuse(session: Session, rater: Rater, reason: str, by: Identity) -> None:
    rater.state = RaterState.EXCUSED
    rater.reason = reason
    rater.decided_by = by.username
    rater.decided_at = clock.now(session)
