"""Reviews: one appraisee's passage through a cycle."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import instances, messages
from engine.bpmn.messages import Publication
from engine.bpmn.models import InstanceState, ProcessInstance
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.models import (
    CalibratedReview,
    Calibration,
    CalibrationState,
    ChangedReview,
    CheckIn,
    Cycle,
    Person,
    Reopening,
    ReopeningState,
    Review,
    ReviewState,
)
from engine.reviews.organisation import people, scopes
from engine.reviews.rulebook import templates
from engine.reviews.rulebook.rules import Template
from engine.reviews.sentences import Sentence, expect_text

CHECK_IN = "check-in"
"""The process of a month, which counts as its cycle's."""

OVERTAKEN = "change-overtaken"
"""The message, correlated by the changed review's key, that nothing is to be done any more because of a change."""


def found(session: Session, key: int) -> Review:
    """Find a review by key.

    Raises:
        NotFound: there is none.
    """
    review = session.get(Review, key)
    if review is None:
        raise NotFound("Expected to find review {key}, but there is none", key=key)
    return review


def of_person(session: Session, cycle: Cycle, person: Person) -> Review:
    """Find somebody's review in a cycle.

    Raises:
        NotFound: there is none.
    """
    chosen = select(Review).where(Review.cycle_key == cycle.key, Review.appraisee_key == person.key)
    review = session.scalar(chosen)
    if review is None:
        raise NotFound(
            "Expected to find {username}'s review in cycle {label}, but there is none",
            username=person.username,
            label=cycle.label,
        )
    return review


def template_key(session: Session, review: Review) -> int:
    """Name the version of the template by which a review is scored: the one frozen at its launch."""
    if review.template_key is not None:
        return review.template_key
    return session.scalars(select(Cycle.template_key).where(Cycle.key == review.cycle_key)).one()


def template(session: Session, review: Review) -> Template:
    """Read the rules by which a review is scored, with the weights of the dimensions for the appraisee's post."""
    return templates.weighed(templates.rules(session, template_key(session, review)), review.dimension_weights)


def days(session: Session, review: Review) -> int:
    """Count the days that a review covers: those of the cycle, unless HR split the period."""
    cycle = session.get_one(Cycle, review.cycle_key)
    return ((review.covers_until or cycle.ends_on) - (review.covers_from or cycle.starts_on)).days + 1


def cover(session: Session, review: Review, first: date, last: date, *, by: Identity) -> None:
    """Let a review cover only a part of its cycle's period: by the days it weighs against the other parts (E-09).

    Raises:
        Forbidden: `by` is not HR, or is the appraisee (E-95).
        Conflict: its result is released.
        Invalid: the days are not within the period.
    """
    intent = Sentence("split the period of review {key}", key=review.key)
    scopes.expect_review(session, review, by=by, intent=intent)
    expect_state(review, intent, ReviewState.ENROLLED, ReviewState.RUNNING)
    cycle = session.get_one(Cycle, review.cycle_key)
    if not cycle.starts_on <= first <= last <= cycle.ends_on:
        sentence = Sentence("It must lie within {first} to {last}", first=cycle.starts_on, last=cycle.ends_on)
        raise Invalid(
            "Expected to {intent}, but its days do not fit",
            [Problem(sentence, "first", "outside-period")],
            intent=intent,
        )
    review.covers_from, review.covers_until = first, last


def expect_person(session: Session, key: int | None, by: Identity, intent: str) -> Person:
    """Let pass only the person with `key`: nobody acts for another.

    Raises:
        Forbidden: `by` is somebody else.
    """
    person = None if key is None else people.by_key(session, key)
    if person is None or person.username != by.username:
        raise Forbidden("Expected to {intent}, but that is not {username}'s to do", intent=intent, username=by.username)
    return person


def expect_state(review: Review, intent: str, *states: ReviewState) -> None:
    """Let pass only a review in one of `states`.

    Raises:
        Conflict: it is in another.
    """
    if review.state not in states:
        raise Conflict("Expected to {intent}, but the review is {state}", intent=intent, state=review.state.value)


def reopened(session: Session, keys: Collection[int]) -> Collection[int]:
    """Choose, of reviews by key, those in which something is reopened that is not settled yet."""
    unsettled = (ReopeningState.REQUESTED, ReopeningState.APPROVED)
    return session.scalars(
        select(Reopening.review_key).where(Reopening.review_key.in_(keys), Reopening.state.in_(unsettled))
    ).all()


def is_locked(session: Session, review: Review) -> bool:
    """Tell whether a calibration has locked the result of a review: until the release nothing of it is given anew."""
    return (
        session.scalar(
            select(Calibration.key)
            .join(CalibratedReview, CalibratedReview.calibration_key == Calibration.key)
            .where(CalibratedReview.review_key == review.key)
            .where(Calibration.state.in_((CalibrationState.LOCKED, CalibrationState.APPROVED)))
        )
        is not None
    )


def close(session: Session, review: Review, *, reason: str, by: Identity) -> None:
    """Close a review without the appraisee's answer, as HR: a state of its own, never a signature (E-59).

    Its process ends with it, so that nobody is asked for anything more.

    Raises:
        Forbidden: `by` is not HR, or is the appraisee (E-95).
        Conflict: it is signed or closed already.
        Invalid: no reason is given.
    """
    intent = Sentence("close review {key}", key=review.key)
    scopes.expect_review(session, review, by=by, intent=intent)
    expect_state(review, intent, ReviewState.ENROLLED, ReviewState.RUNNING, ReviewState.RELEASED)
    expect_text(reason, "reason", intent)
    review.state = ReviewState.CLOSED
    review.closing_reason = f"{by.username}: {reason}"
    end(session, review, by=by)


def end(session: Session, review: Review, *, by: Identity) -> None:
    """End the process of a review, if it has one that runs; what people wrote is kept.

    The sheets of other days that would have gone into it end with it, its months, and what changes of the cycle still
    ask for.
    """
    if review.instance_key and instances.get(session, review.instance_key).state is InstanceState.ACTIVE:
        instances.cancel(session, review.instance_key, by=by.trusted())
    _end_months(session, review, by=by)
    waiting = select(ChangedReview).where(ChangedReview.review_key == review.key, ChangedReview.settled_at.is_(None))
    for row in session.scalars(waiting.order_by(ChangedReview.key)).all():
        row.settled_at = clock.now(session)
        messages.publish(session, Publication(OVERTAKEN, str(row.key)), by=by.trusted())
    going_in = Review.part_of_key == review.key, Review.state.in_((ReviewState.ENROLLED, ReviewState.RUNNING))
    for part in session.scalars(select(Review).where(*going_in).order_by(Review.key)).all():
        part.state, part.closing_reason = ReviewState.CLOSED, review.closing_reason
        end(session, part, by=by)


def _end_months(session: Session, review: Review, *, by: Identity) -> None:
    """End the check-ins of a review: nobody is asked for a summary of who has left."""
    months = [str(key) for key in session.scalars(select(CheckIn.key).where(CheckIn.review_key == review.key))]
    running = select(ProcessInstance.key).where(
        ProcessInstance.process_id == CHECK_IN,
        ProcessInstance.business_id.in_(months),
        ProcessInstance.state == InstanceState.ACTIVE,
    )
    for key in session.scalars(running.order_by(ProcessInstance.key)).all():
        instances.cancel(session, key, by=by.trusted())
