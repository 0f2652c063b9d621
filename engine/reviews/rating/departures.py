"""Departures: raters who decline, are gone, or hand their task on; nothing that they wrote is lost."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import chores, messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Forbidden
from engine.identity import SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.cycle import reviews
from engine.reviews.models import Cycle, CycleState, Person, Rater, RaterState, Rating, Review
from engine.reviews.organisation import lines, people, scopes
from engine.reviews.rating import candidacies, raters
from engine.reviews.rulebook.rules import RaterGroup
from engine.reviews.sentences import Sentence, expect_text

DECLINED = "rater-declined"
"""The message that takes the task from a rater; it is correlated by the key of the first who held the place."""

WATCH = "reviewflow.watch-raters"
"""The chore that looks every day for raters who are gone."""

LEFT = "已离职或账号停用 Has left, or the account has ended"
"""Why a rater is gone where a record, not a person, said so."""


def decline(session: Session, rater: Rater, *, reason: str, by: Identity) -> None:
    """Decline to rate, as the one who was asked: somebody else may be named for the place (E-22).

    Raises:
        Forbidden: somebody else was asked.
        Conflict: the rating is given or not awaited, or that position cannot be declined.
        Invalid: no reason is given.
    """
    intent = Sentence("decline rating review {review_key}", review_key=rater.review_key)
    reviews.expect_person(session, rater.person_key, by, intent)
    _depart(session, rater, reason, intent, by)


def withdraw(session: Session, rater: Rater, *, reason: str, by: Identity) -> None:
    """Take the task from a rater who is gone, as HR: somebody else may be named for the place (E-06).

    Raises:
        Forbidden: `by` is not HR, or is the appraisee (E-95).
        Conflict: the rating is given or not awaited, or that position cannot be given up.
        Invalid: no reason is given.
    """
    intent = Sentence("withdraw rater {key}", key=rater.key)
    scopes.expect_review(session, reviews.found(session, rater.review_key), by=by, intent=intent)
    _depart(session, rater, reason, intent, by)


def delegate(session: Session, review: Review, group_id: str, holder: Person, to: Person) -> Rater:
    """Let somebody rate in another's place, to whom that one has given the task.

    Raises:
        NotFound: `holder` does not rate from there.
        Forbidden: it is a self-rating, or `to` is the appraisee or below the appraisee, however far (E-07, E-08).
        Conflict: the rating is given, or `to` rates the appraisee already.
        Invalid: the rules of the group exclude `to`.
    """
    intent = Sentence("hand the rating of review {key} on to {username}", key=review.key, username=to.username)
    rater = raters.found(session, review, holder, group_id)
    expect_delegate(session, review, group_id, to, intent)
    _expect_asked(rater, intent)
    successor = _former(session, review, group_id, to)
    if successor is None:
        successor = _asked_instead(session, review, rater, to, intent)
    elif not _may_take_back(rater, successor):
        raise Conflict(
            "Expected to {intent}, but {username} rates the appraisee already", intent=intent, username=to.username
        )
    raters.settle(session, rater, RaterState.DECLINED, reason=f"→ {to.username}", by=SYSTEM)
    successor.state, successor.reason = RaterState.ASKED, ""
    if rater.stands_for_key == successor.key:
        rater.stands_for_key = None
    else:
        successor.stands_for_key = rater.key
    session.flush()  # whoever reads the place next finds its new holder
    return successor


def expect_delegate(session: Session, review: Review, group_id: str, to: Person, intent: str) -> None:
    """Let pass only whoever may rate in another's place (E-07, E-08).

    Raises:
        Forbidden: it is a self-rating, or `to` is the appraisee or below the appraisee, however far.
    """
    if group_id == raters.SELF:
        raise Forbidden("Expected to {intent}, but nobody rates oneself for another", intent=intent)
    if to.key == review.appraisee_key:
        raise Forbidden("Expected to {intent}, but that is the appraisee", intent=intent)
    above = lines.superiors_of(session, to.key, calendars.today(session))
    if review.appraisee_key in {person.key for person in above}:
        raise Forbidden(
            "Expected to {intent}, but {username} is below the appraisee", intent=intent, username=to.username
        )


def watch(session: Session, cycle: Cycle) -> None:
    """Look for raters of a cycle who are gone, tomorrow and every day until it is closed."""
    zone = ZoneInfo(cycle.zone)
    tomorrow = calendars.end_of(calendars.today(session, zone), zone)
    chores.defer(session, WATCH, {"cycle": cycle.key}, run_at=max(tomorrow, clock.now(session)))


@chores.chore(WATCH)
def withdraw_gone(session: Session, cycle: int) -> None:
    """Take the tasks from raters of a cycle who have left or whose account has ended (E-06)."""
    held = session.get_one(Cycle, cycle)
    if held.state is not CycleState.LAUNCHED:
        return
    day = calendars.today(session, ZoneInfo(held.zone))
    of_cycle = select(Review.key).where(Review.cycle_key == cycle)
    there = select(Person.key).where(candidacies.there_on(day))
    gone = (
        select(Rater)
        .where(Rater.review_key.in_(of_cycle), Rater.state == RaterState.ASKED, Rater.person_key.not_in(there))
        .where(Rater.group_id.not_in(raters.BY_POSITION))
    )
    for rater in session.scalars(gone.order_by(Rater.key)).all():
        withdraw(session, rater, reason=LEFT, by=SYSTEM)
    watch(session, held)


def _depart(session: Session, rater: Rater, reason: str, intent: str, by: Identity) -> None:
    _expect_asked(rater, intent)
    if rater.group_id in raters.BY_POSITION:
        raise Conflict(
            "Expected to {intent}, but the position cannot be given up: hand the task on instead", intent=intent
        )
    expect_text(reason, "reason", intent)
    given = session.scalar(select(Rating.key).where(Rating.rater_key == rater.key).limit(1))
    if given is None:
        raters.settle(session, rater, RaterState.DECLINED, reason=reason, by=by)
    else:  # asked again: what was given before stands
        raters.settle(session, rater, RaterState.SUBMITTED, reason=reason, by=by)
    session.flush()  # the process that goes on reads it
    seat = str(raters.seat_of(session, rater))
    messages.publish(session, Publication(DECLINED, seat), by=SYSTEM)


def _expect_asked(rater: Rater, intent: str) -> None:
    if rater.state is not RaterState.ASKED:
        raise Conflict("Expected to {intent}, but the rater is {state}", intent=intent, state=rater.state.value)


def _asked_instead(session: Session, review: Review, rater: Rater, to: Person, intent: str) -> Rater:
    group = _group(session, review, rater.group_id)
    if candidacies.rates(session, review, to):
        raise Conflict(
            "Expected to {intent}, but {username} rates the appraisee already", intent=intent, username=to.username
        )
    if not group.by_position:
        candidacies.expect(session, review, group, [to], intent)
    notices.write(session, to.key, "rating-handed-on", review=str(review.key))
    return raters.add(session, review, to.key, group, by=people.by_key(session, rater.person_key).username)


def _former(session: Session, review: Review, group_id: str, person: Person) -> Rater | None:
    """Find the rater that somebody was asked to be from there before."""
    return next((one for one in raters.of_review(session, review, group_id) if one.person_key == person.key), None)


def _may_take_back(rater: Rater, former: Rater) -> bool:
    """Tell whether a task may go back: to whom it came from, or in a position to who stood in before."""
    stood_in = former.group_id in raters.BY_POSITION and former.state is RaterState.DECLINED
    return stood_in or rater.stands_for_key == former.key


def _group(session: Session, review: Review, group_id: str) -> RaterGroup:
    return next(group for group in raters.groups(session, review) if group.id == group_id)
