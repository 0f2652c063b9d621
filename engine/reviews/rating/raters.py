"""Raters: who rates an appraisee, and from which position."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, NotFound
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Cycle, Person, Rater, RaterState, Rating, Review, ReviewState, Role
from engine.reviews.organisation import people, scopes
from engine.reviews.rating import candidacies
from engine.reviews.rulebook.rules import BY_POSITION, SELF, SUPERIOR, RaterGroup
from engine.reviews.sentences import Sentence

__all__ = ["BY_POSITION", "SELF", "SUPERIOR"]

AWAITED = (RaterState.NOMINATED, RaterState.ASKED)

RATING = (RaterState.ASKED, RaterState.SUBMITTED, RaterState.STALE)
"""The states of those who rate, or have rated."""

"""The states of a rater whose rating may still come."""


def of_review(session: Session, review: Review, group_id: str | None = None) -> Sequence[Rater]:
    """List the raters of a review, or of one of its groups, in the order they were asked."""
    chosen = select(Rater).where(Rater.review_key == review.key).order_by(Rater.key)
    return session.scalars(chosen if group_id is None else chosen.where(Rater.group_id == group_id)).all()


def by_review(session: Session, cycle: Cycle) -> Mapping[int, Sequence[Rater]]:
    """List the raters of all reviews of a cycle by the review's key, in the order they were asked."""
    found: defaultdict[int, list[Rater]] = defaultdict(list)
    chosen = select(Rater).join(Review, Review.key == Rater.review_key).where(Review.cycle_key == cycle.key)
    for rater in session.scalars(chosen.order_by(Rater.key)):
        found[rater.review_key].append(rater)
    return found


def by_key(session: Session, key: int) -> Rater:
    """Find a rater by key.

    Raises:
        NotFound: there is none.
    """
    rater = session.get(Rater, key)
    if rater is None:
        raise NotFound("Expected to find rater {key}, but there is none", key=key)
    return rater


def found(session: Session, review: Review, person: Person, group_id: str) -> Rater:
    """Find the rater that somebody is in a review.

    Raises:
        NotFound: that person does not rate it from that position.
    """
    for rater in of_review(session, review, group_id):
        if rater.person_key == person.key:
            return rater
    raise NotFound(
        "Expected to find rater {username} of review {key}, but none is asked as {group_id}",
        username=person.username,
        key=review.key,
        group_id=group_id,
    )


def nominate(session: Session, review: Review, person: Person, *, group_id: str, by: Identity) -> Rater:
    """Ask somebody to rate an appraisee, as HR before the launch: nobody else then nominates for that group.

    Raises:
        Forbidden: `by` is not HR, or is the appraisee (E-95).
        Invalid: it is no group that anybody is nominated for, or the rules of the group exclude that person.
        Conflict: that person rates the appraisee already, or the review has begun with the raters it has.
    """
    intent = Sentence("nominate {username} as {group_id}", username=person.username, group_id=group_id)
    people.expect_role(by, Role.HR, intent)
    scopes.expect_review(session, review, by=by, intent=intent)
    reviews.expect_state(review, intent, ReviewState.ENROLLED)
    group = candidacies.expected(session, review, group_id, intent)
    if candidacies.rates(session, review, person):
        raise Conflict("Expected to {intent}, but they rate review {key} already", intent=intent, key=review.key)
    candidacies.expect(session, review, group, [person], intent)
    return add(session, review, person.key, group, by=by.username)


def add(session: Session, review: Review, person_key: int, group: RaterGroup, *, by: str = "") -> Rater:
    """Ask somebody to rate from a position, by the rules of its group."""
    rater = Rater(
        review_key=review.key,
        group_id=group.id,
        person_key=person_key,
        nominated_by=by,
        anonymous=group.anonymous,
    )
    session.add(rater)
    session.flush()  # ratings refer to it, and the next nomination is checked against it
    return rater


def excuse(session: Session, rater: Rater, *, reason: str, by: Identity) -> None:
    """Decide that a rating will not come: it is then absent, never zero (E-25, E-60).

    Raises:
        Forbidden: `by` is not HR, or is the appraisee (E-95).
        Conflict: it came already.
        Invalid: there is no reason.
    """
    review = reviews.found(session, rater.review_key)
    scopes.expect_review(session, review, by=by, intent=Sentence("excuse rater {key}", key=rater.key))
    if rater.state in (RaterState.SUBMITTED, RaterState.STALE):
        raise Conflict("Expected to excuse rater {key}, but the rating came already", key=rater.key)
    if not reason.strip():
        raise Invalid("Expected to excuse rater {key}, but no reason is given", key=rater.key)
    settle(session, rater, RaterState.EXCUSED, reason=reason, by=by)


def excuse_awaited(session: Session, review: Review, *, reason: str, by: Identity) -> list[Rater]:
    """Go on without the ratings that did not come in time; one from a mandatory group is waited for (E-60)."""
    optional = {group.id for group in groups(session, review) if not group.mandatory}
    late = [r for r in of_review(session, review) if r.state in AWAITED and r.group_id in optional]
    rated = set(session.scalars(select(Rating.rater_key).where(Rating.review_key == review.key)))
    for rater in late:
        if rater.key in rated:  # asked again: what was given before stands
            rater.state = RaterState.SUBMITTED
        else:
            settle(session, rater, RaterState.EXCUSED, reason=reason, by=by)
    return late


def reopen(session: Session, review: Review) -> None:
    """Ask all raters of a review again; what they gave before stays until they give another rating.

    Whoever declined is not asked again; whoever had handed a rating of the own position on is.
    """
    for rater in of_review(session, review):
        if rater.group_id in BY_POSITION and rater.stands_for_key is not None:
            rater.state = RaterState.DECLINED
        elif rater.group_id in BY_POSITION or rater.state is not RaterState.DECLINED:
            rater.state, rater.reason = RaterState.ASKED, ""


def seat_of(session: Session, rater: Rater) -> int:
    """Find whose place a rater took in the end: the key of the first who was asked for it."""
    while rater.stands_for_key is not None:
        rater = by_key(session, rater.stands_for_key)
    return rater.key


def holder_of(session: Session, seat: int) -> Rater:
    """Find who holds a place now: the last of those who took it from one another."""
    rater = by_key(session, seat)
    while (successor := _successor(session, rater)) is not None:
        rater = successor
    return rater


def seats(session: Session, review: Review, group_id: str) -> list[int]:
    """List the places of a group from which a rating is awaited, in the order they were first asked."""
    asked = [rater for rater in of_review(session, review, group_id) if rater.state is RaterState.ASKED]
    return sorted(seat_of(session, rater) for rater in asked)


def rated(session: Session, review: Review, group_id: str) -> int:
    """Count those of a group who have rated."""
    return sum(rater.state is RaterState.SUBMITTED for rater in of_review(session, review, group_id))


def make_stale(session: Session, review: Review, group_id: str) -> bool:
    """Let the ratings that a group gave wait to be confirmed, or given anew (E-56); whether there are any."""
    given = to_confirm(session, review, group_id)
    for rater in given:
        rater.state = RaterState.STALE
    return bool(given)


def to_confirm(session: Session, review: Review, group_id: str) -> list[Rater]:
    """List who gave ratings that have to be confirmed where what they rest on changes.

    Where the present superior rates too, it is that one alone: what those before gave of their own days stands.
    """
    group = [one for one in of_review(session, review, group_id) if one.state in RATING]
    present = [one for one in group if group_id == SUPERIOR and one.person_key == review.superior_key]
    return [one for one in present or group if one.state is RaterState.SUBMITTED]


def keep_stale(session: Session, review: Review, group_id: str) -> None:
    """Let the ratings of a group stand that were not given anew in time."""
    for rater in of_review(session, review, group_id):
        if rater.state is RaterState.STALE:
            rater.state = RaterState.SUBMITTED


def days(rater: Rater) -> list[int]:
    """Count the days that a rating is of, where several rate one after the other; nothing where nobody does."""
    if rater.covers_from is None or rater.covers_until is None:
        return []
    return [(rater.covers_until - rater.covers_from).days + 1]


def groups(session: Session, review: Review) -> tuple[RaterGroup, ...]:
    """List the rater groups of a review's template."""
    return reviews.template(session, review).rater_groups


def _successor(session: Session, rater: Rater) -> Rater | None:
    followers = select(Rater).where(Rater.stands_for_key == rater.key).order_by(Rater.key.desc())
    return session.scalars(followers.limit(1)).first()


def settle(session: Session, rater: Rater, state: RaterState, *, reason: str, by: Identity) -> None:
    """Put a rater into a state in which no rating is awaited, with the reason."""
    rater.state = state
    rater.reason = reason
    rater.decided_by = by.username
    rater.decided_at = clock.now(session)
