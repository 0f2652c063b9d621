"""Adjustments: changes of results that a calibration proposes and decides, written back all at once (E-36)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    Adjustment,
    AdjustmentState,
    CalibratedReview,
    Calibration,
    CalibrationState,
    Result,
    Review,
    ReviewState,
    Role,
)
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.release import calibration, embargoes, grading, results, sittings
from engine.reviews.scores import figures
from engine.reviews.scores.quantities import Notation, parse, rounded
from engine.reviews.sentences import Sentence, UnreadableError, expect_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to become of a result: another total, graded by the decision table, or another grade of the same."""

    total: str = ""
    grade: str = ""


def propose(
    session: Session, held: Calibration, review: Review, change: Change, *, reason: str, by: Identity
) -> Adjustment:
    """Propose to change a result, as a member of the session.

    Raises:
        Forbidden: `by` is no member, or the review is the own or a superior's.
        NotFound: the review is not the session's.
        Conflict: the session is not open, its chair has left, or the review has no result yet or is closed.
        Invalid: not one of total and grade is given, it is no value, it changes nothing, or no reason is given.
    """
    intent = Sentence("adjust the result of review {key}", key=review.key)
    _expect_member(session, held, by, intent)
    calibration.expect_present(session, held, intent)
    calibration.expect_state(held, intent, CalibrationState.OPEN)
    place = calibration.place_of(session, held, review)
    _expect_distant(session, place, by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    if calibration.is_awaited(session, place):
        raise Conflict("Expected to {intent}, but its result is still to come", intent=intent)
    expect_text(reason, "reason", intent)
    result = results.expected(session, review)
    total, grade = _changed(session, held, result, change, intent)
    adjustment = Adjustment(
        calibration_key=held.key,
        review_key=review.key,
        result_key=result.key,
        total=total,
        grade=grade,
        reason=reason,
        proposed_by=by.username,
        proposed_at=clock.now(session),
    )
    session.add(adjustment)
    session.flush()  # the chair decides on it
    return adjustment


def found(session: Session, key: int) -> Adjustment:
    """Find an adjustment by key.

    Raises:
        NotFound: there is none.
    """
    adjustment = session.get(Adjustment, key)
    if adjustment is None:
        raise NotFound("Expected to find adjustment {key}, but there is none", key=key)
    return adjustment


def decide(session: Session, adjustment: Adjustment, *, accepted: bool, by: Identity) -> None:
    """Decide on a proposal, as the chair, in the open session; an earlier decision may be changed until the lock.

    Raises:
        Forbidden: `by` does not chair the session, or the review is the own or a superior's.
        Conflict: the session is not open, its chair has left, another change of the result is accepted, or the result
            has another version by now.
    """
    intent = Sentence("decide on adjustment {key}", key=adjustment.key)
    held = calibration.found(session, adjustment.calibration_key)
    calibration.expect_chair(session, held, by, intent)
    calibration.expect_state(held, intent, CalibrationState.OPEN)
    review = reviews.found(session, adjustment.review_key)
    _expect_distant(session, calibration.place_of(session, held, review), by, intent)
    if accepted:
        others = [one for one in of_session(session, held, AdjustmentState.ACCEPTED) if one is not adjustment]
        if review.key in {one.review_key for one in others}:
            raise Conflict("Expected to {intent}, but another change of this result is accepted", intent=intent)
        _expect_newest(session, adjustment, intent)
    adjustment.state = AdjustmentState.ACCEPTED if accepted else AdjustmentState.DECLINED
    adjustment.decided_by, adjustment.decided_at = by.username, clock.now(session)


def of_session(session: Session, held: Calibration, *states: AdjustmentState) -> Sequence[Adjustment]:
    """List the adjustments of a session, the oldest first, or those in some states."""
    chosen = select(Adjustment).where(Adjustment.calibration_key == held.key).order_by(Adjustment.key)
    return session.scalars(chosen.where(Adjustment.state.in_(states)) if states else chosen).all()


def lock(session: Session, held: Calibration, *, by: Identity) -> None:
    """Lock a session, as its chair: nothing is proposed or decided any more.

    Raises:
        Forbidden: `by` does not chair it.
        Conflict: it is not open, its chair has left, results are still to come, proposals are not decided, or what is
            accepted was about a version that is not the newest.
    """
    intent = Sentence("lock calibration {key}", key=held.key)
    calibration.expect_chair(session, held, by, intent)
    calibration.expect_state(held, intent, CalibrationState.OPEN)
    awaited = [place for place in calibration.owned(session, held) if calibration.is_awaited(session, place)]
    if awaited:
        raise Conflict("Expected to {intent}, but {count} results are still to come", intent=intent, count=len(awaited))
    if undecided := of_session(session, held, AdjustmentState.PROPOSED):
        raise Conflict(
            "Expected to {intent}, but {count} proposals are not decided", intent=intent, count=len(undecided)
        )
    for adjustment in _to_write(session, held):
        _expect_newest(session, adjustment, intent)
    held.state, held.locked_at = CalibrationState.LOCKED, clock.now(session)


def approve(session: Session, held: Calibration, *, by: Identity) -> datetime:
    """Approve what the chair locked, as the second level: every accepted change is written back, or none is.

    A review that was closed meanwhile stays as it was then.

    Each becomes a new version of its result; those who rated as superiors are told that there is one. Returns the
    moment of release.

    Raises:
        Forbidden: `by` is not the second level.
        Conflict: the session is not locked, or a result has another version by now: nothing is written then.
    """
    intent = Sentence("approve calibration {key}", key=held.key)
    reviews.expect_person(session, held.approver_key, by, intent)
    calibration.expect_state(held, intent, CalibrationState.LOCKED)
    accepted = _to_write(session, held)
    locked = select(Review).where(Review.key.in_([one.review_key for one in accepted])).order_by(Review.key)
    changing = {review.key: review for review in session.scalars(locked.with_for_update())}
    for adjustment in accepted:
        _expect_newest(session, adjustment, intent)
    for adjustment in accepted:
        _write_back(session, adjustment, changing[adjustment.review_key])
    now = clock.now(session)
    held.state, held.approved_at = CalibrationState.APPROVED, now
    instant = embargoes.until(session, cycles.found(session, held.cycle_key)) or now
    if instant < now:
        _warn(session, held, "calibration-late")
    return instant


def return_(session: Session, held: Calibration, *, reason: str, by: Identity) -> None:
    """Return a locked session to its members, as the second level.

    Raises:
        Forbidden: `by` is not the second level.
        Conflict: it is not locked.
        Invalid: no reason is given.
    """
    intent = Sentence("return calibration {key}", key=held.key)
    reviews.expect_person(session, held.approver_key, by, intent)
    calibration.expect_state(held, intent, CalibrationState.LOCKED)
    expect_text(reason, "reason", intent)
    held.state, held.locked_at, held.remark = CalibrationState.OPEN, None, reason


def release(session: Session, held: Calibration) -> bool:
    """Release the results of every approved session of the cycle at one moment, once the embargo is over.

    Returns whether this session's are released: not yet where the embargo was moved.

    Raises:
        Conflict: it is not approved.
    """
    intent = f"release the results of calibration {held.key}"
    calibration.expect_state(held, intent, *embargoes.DONE)
    cycle = cycles.found(session, held.cycle_key)
    instant = embargoes.until(session, cycle)
    if instant is not None and clock.now(session) < instant:
        return False
    approved = select(Calibration).where(
        Calibration.cycle_key == cycle.key, Calibration.state == CalibrationState.APPROVED
    )
    ready_now = session.scalars(approved.order_by(Calibration.key)).all()
    unfinished = select(Calibration).where(Calibration.cycle_key == cycle.key, Calibration.state.not_in(embargoes.DONE))
    for behind in session.scalars(unfinished.order_by(Calibration.key)).all() if ready_now else ():
        _warn(session, behind, "calibration-behind")
    for ready in ready_now:
        ready.state, ready.released_at = CalibrationState.RELEASED, clock.now(session)
        chosen = [reviews.found(session, place.review_key) for place in calibration.owned(session, ready)]
        running = [review for review in chosen if review.state is ReviewState.RUNNING]
        results.publish(session, cycle, running, by=SYSTEM)
    return True


def _warn(session: Session, held: Calibration, kind: str) -> None:
    """Tell HR that the results of a session do not come, or did not come, out with the others."""
    for person in people.in_role(session, Role.HR):
        notices.write(session, person.key, kind, calibration=str(held.key))


def _changed(session: Session, held: Calibration, result: Result, change: Change, intent: str) -> tuple[str, str]:
    """Find the total and the grade that a change leads to."""
    levels = [level for level, _ in held.guideline]
    problem = None
    total, grade = result.total, change.grade
    if bool(change.total) == bool(change.grade):
        problem = Problem(Sentence("Either a total or a grade is given"), "total", "one-of-two")
    elif change.grade:
        if change.grade not in levels:
            problem = Problem(Sentence("{grade} is no level of the scale", grade=change.grade), "grade", "no-level")
    else:
        total = _total(session, result, change.total, intent)
        grade = grading.grade_of(session, result, total, held.decision_id)
    if problem is None and (Fraction(total), grade) == (Fraction(result.total), result.grade):
        problem = Problem(Sentence("It changes nothing"), "total" if change.total else "grade", "no-change")
    if problem is not None:
        raise Invalid("Expected to {intent}, but the change is not clear", [problem], intent=intent)
    return total, grade


def _total(session: Session, result: Result, text: str, intent: str) -> str:
    places = reviews.template(session, reviews.found(session, result.review_key)).scale.places
    try:
        exact = parse(text, Notation.NUMBER)
    except UnreadableError as unreadable:
        problem = Problem(unreadable.sentence, "total", "bad-quantity")
        raise Invalid("Expected to {intent}, but the change is not clear", [problem], intent=intent) from unreadable
    if exact < 0 or Fraction(rounded(exact, places)) != exact:
        problem = Problem(Sentence("A total has at most {places} places", places=places), "total", "bad-total")
        raise Invalid("Expected to {intent}, but the change is not clear", [problem], intent=intent)
    return str(rounded(exact, places))


def _to_write(session: Session, held: Calibration) -> list[Adjustment]:
    """List the accepted changes of reviews that run; whoever has left has no result to be changed (E-15)."""
    accepted = of_session(session, held, AdjustmentState.ACCEPTED)
    return [one for one in accepted if reviews.found(session, one.review_key).state is ReviewState.RUNNING]


def _write_back(session: Session, adjustment: Adjustment, review: Review) -> None:
    before = session.get_one(Result, adjustment.result_key)
    result = Result(
        review_key=review.key,
        version=before.version + 1,
        template_key=before.template_key,
        total=adjustment.total,
        figures=_figures(before, adjustment),
        counted=before.counted,
        grade=adjustment.grade,
        reason=f"calibration {adjustment.calibration_key}: {adjustment.reason}",
        computed_by=adjustment.decided_by,
        computed_at=clock.now(session),
    )
    session.add(result)
    session.flush()  # the adjustment names it
    adjustment.written_key = result.key
    for rater in raters.of_review(session, review, raters.SUPERIOR):
        notices.write(session, rater.person_key, "result-calibrated", review=str(review.key))


def _figures(before: Result, adjustment: Adjustment) -> dict[str, Any]:
    difference = Fraction(adjustment.total) - Fraction(before.total)
    return figures.adjusted(Decimal(before.total), before.figures, difference)[1]


def _expect_newest(session: Session, adjustment: Adjustment, intent: str) -> None:
    review = reviews.found(session, adjustment.review_key)
    if results.expected(session, review).key != adjustment.result_key:
        raise Conflict(
            "Expected to {intent}, but the result of review {key} has another version by now",
            intent=intent,
            key=review.key,
        )


def _expect_member(session: Session, held: Calibration, by: Identity, intent: str) -> None:
    person = people.named(session, by.username)
    if person.key not in {one.person_key for one in calibration.members(session, held)}:
        raise Forbidden(
            "Expected to {intent}, but {username} does not sit in calibration {key}",
            intent=intent,
            username=by.username,
            key=held.key,
        )


def _expect_distant(session: Session, place: CalibratedReview, by: Identity, intent: str) -> None:
    """Let pass nobody to the own result or to that of a superior."""
    seen = select(CalibratedReview.key).where(sittings.calibrated(session, by), CalibratedReview.key == place.key)
    if session.scalar(seen) is None:
        raise Forbidden(
            "Expected to {intent}, but it is {username}'s own or that of a superior",
            intent=intent,
            username=by.username,
        )
