"""Hearings: a matrix superior's session hears a review that another one owns, and comments on it (E-37)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.errors import Forbidden
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    CalibratedReview,
    Calibration,
    CalibrationMember,
    CalibrationRemark,
    Cycle,
    HeardReview,
    Person,
    Result,
    Review,
    ReviewState,
    Seat,
)
from engine.reviews.organisation import employments, lines, people
from engine.reviews.release import embargoes, results, sittings
from engine.reviews.sentences import Sentence, expect_text


@dataclass(frozen=True, slots=True)
class Heard:
    """A review that a session hears."""

    review: Review
    appraisee: Person
    owner: Calibration | None
    """The session that decides on it; None while none is convened."""
    outcome: Result | None
    """What that session left, once it is approved."""
    remarks: Sequence[CalibrationRemark]


def enter(session: Session, held: Calibration, cycle: Cycle, departments: Collection[int]) -> None:
    """Let a session hear the running reviews of those who have a dotted line into its unit and are not of it."""
    today = calendars.today(session)
    for review in cycles.to_be_rated(session, cycle):
        if review.department_key in departments:
            continue
        for superior in lines.dotted_of(session, review.appraisee_key, today):
            place = employments.placement_of(session, superior.key, today)
            if place is not None and place.department_key in departments:
                session.add(HeardReview(calibration_key=held.key, review_key=review.key))
                break


def of_session(session: Session, held: Calibration, *, by: Identity) -> list[Heard]:
    """List what a session hears, as far as somebody may see it: who owns each review, and what came of it there."""
    rows = select(HeardReview).where(HeardReview.calibration_key == held.key, sittings.heard(session, by))
    return [_heard(session, one) for one in session.scalars(rows.order_by(HeardReview.key))]


def remarks_on(session: Session, review: Review) -> Sequence[CalibrationRemark]:
    """List what other sessions say of a review, the oldest first."""
    said = select(CalibrationRemark).where(CalibrationRemark.review_key == review.key)
    return session.scalars(said.order_by(CalibrationRemark.key)).all()


def remark(session: Session, held: Calibration, review: Review, text: str, *, by: Identity) -> CalibrationRemark:
    """Comment on a review that one's session hears; who sits in the session that owns it is told.

    Raises:
        Forbidden: `by` does not sit in the session, or does not hear that review there.
        Conflict: the result is released.
        Invalid: nothing is said.
    """
    intent = Sentence("comment on review {key} in calibration {held_key}", key=review.key, held_key=held.key)
    known = select(HeardReview.key).where(
        HeardReview.calibration_key == held.key, HeardReview.review_key == review.key, sittings.heard(session, by)
    )
    if session.scalar(known) is None:
        raise Forbidden(
            "Expected to {intent}, but {username} does not hear it there", intent=intent, username=by.username
        )
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    expect_text(text, "text", intent)
    said = CalibrationRemark(
        calibration_key=held.key,
        review_key=review.key,
        text=text,
        written_by=by.username,
        written_at=clock.now(session),
    )
    session.add(said)
    session.flush()  # the owning session reads it
    if (owner := owner_of(session, review)) is not None:
        _tell(session, owner)
    return said


def owner_of(session: Session, review: Review) -> Calibration | None:
    """Find the session that owns a review; None while none is convened."""
    owning = select(CalibratedReview.calibration_key).where(CalibratedReview.review_key == review.key)
    return session.scalar(select(Calibration).where(Calibration.key.in_(owning)))


def _heard(session: Session, row: HeardReview) -> Heard:
    review = reviews.found(session, row.review_key)
    owner = owner_of(session, review)
    decided = owner is not None and owner.state in embargoes.DONE
    return Heard(
        review=review,
        appraisee=people.by_key(session, review.appraisee_key),
        owner=owner,
        outcome=results.newest(session, review) if decided else None,
        remarks=[one for one in remarks_on(session, review) if one.calibration_key == row.calibration_key],
    )


def _tell(session: Session, owner: Calibration) -> None:
    """Tell those who decide in a session that another one has commented; the text is in the session alone."""
    own = (CalibrationMember.calibration_key == owner.key, CalibrationMember.seat == Seat.CHAIR)
    for key in {*session.scalars(select(CalibrationMember.person_key).where(*own)), owner.approver_key}:
        notices.write(session, key, "calibration-remark", calibration=str(owner.key))
