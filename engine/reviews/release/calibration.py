"""Calibration: a session per unit, convened by HR, locked by its chair, approved by the second level (P4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import instances, messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.changes import records
from engine.reviews.cycle import cycles, reviews
from engine.reviews.deadlines import timing
from engine.reviews.models import (
    CalibratedReview,
    Calibration,
    CalibrationMember,
    CalibrationState,
    Cycle,
    CycleState,
    Department,
    Person,
    Review,
    ReviewState,
    Role,
    Seat,
)
from engine.reviews.organisation import employments, lines, people
from engine.reviews.rating import raters
from engine.reviews.release import embargoes, guidelines, hearings, results
from engine.reviews.scores import actuals
from engine.reviews.sentences import Sentence, expect_text

PROCESS = "calibration-release"
"""The process that every session runs."""

RETURNED = "evaluation-returned"
"""The message by which a review that waits for its release goes back to evaluation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """What a session is advised by: never more than advice (section 5, rule 10).

    Attributes:
        shares: the grades from the best down, each with the per cent of the group that is advised.
        smallest_group: the fewest people to whom that says anything.
        decision_id: the decision table that grades adjusted totals; empty for that of each one's rules.
    """

    shares: Mapping[str, str]
    smallest_group: int = 5
    decision_id: str = ""


def convene(
    session: Session,
    cycle: Cycle,
    unit: Sequence[Department],
    *,
    chair: Person,
    guidance: Guidance,
    by: Identity,
    approver: Person | None = None,
    embargo: datetime | None = None,
) -> Calibration:
    """Convene the session of a unit, as HR; its superiors sit in it, `by` keeps its record, and its process starts.

    Without `approver` the chair's superior approves. `embargo` is the moment of release of the whole cycle.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is not launched, or results of it are released.
        Invalid: the unit is empty, a review is another session's (E-37), chair or approver cannot be it, the guideline
            does not add up, or no embargo is set.
    """
    intent = Sentence("convene a calibration of cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.LAUNCHED:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    if embargo is not None:
        embargoes.put(session, cycle, embargo, by=by)
    today = calendars.today(session)
    second = approver or lines.superior_of(session, chair.key, today)
    departments = {one.key for one in unit}
    running = [review for review in cycles.to_be_rated(session, cycle) if review.department_key in departments]
    problems = [
        *_unit_problems(session, running),
        *_head_problems(session, running, chair, second),
        *guidelines.problems_of(guidance.shares, guidance.smallest_group),
    ]
    if embargoes.until(session, cycle) is None:
        problems.append(Problem(Sentence("The moment of release is missing"), "embargo", "missing-embargo"))
    if problems or second is None:
        raise Invalid("Expected to {intent}, but it cannot be held like this", problems, intent=intent)
    calibration = Calibration(
        cycle_key=cycle.key,
        department_keys=[str(one.key) for one in unit],
        guideline=[[level, share] for level, share in guidance.shares.items()],
        smallest_group=guidance.smallest_group,
        decision_id=guidance.decision_id,
        approver_key=second.key,
        opened_by=by.username,
        opened_at=clock.now(session),
    )
    session.add(calibration)
    session.flush()  # its members and reviews refer to it
    _seat(session, calibration, running, chair, by)
    hearings.enter(session, calibration, cycle, departments)
    people_of = {"chair": chair.username, "approver": second.username}
    _begin(session, calibration, cycle, people_of, by=by)
    return calibration


def found(session: Session, key: int) -> Calibration:
    """Find a session by key.

    Raises:
        NotFound: there is none.
    """
    calibration = session.get(Calibration, key)
    if calibration is None:
        raise NotFound("Expected to find calibration {key}, but there is none", key=key)
    return calibration


def members(session: Session, calibration: Calibration) -> Sequence[CalibrationMember]:
    """List who sits in a session, the chair first."""
    return session.scalars(
        select(CalibrationMember)
        .where(CalibrationMember.calibration_key == calibration.key)
        .order_by(CalibrationMember.key)
    ).all()


def chair_of(session: Session, calibration: Calibration) -> Person:
    """Find who chairs a session."""
    (chair,) = (one.person_key for one in members(session, calibration) if one.seat is Seat.CHAIR)
    return people.by_key(session, chair)


def owned(session: Session, calibration: Calibration) -> Sequence[CalibratedReview]:
    """List the reviews that a session owns."""
    return session.scalars(
        select(CalibratedReview)
        .where(CalibratedReview.calibration_key == calibration.key)
        .order_by(CalibratedReview.review_key)
    ).all()


def send_back(session: Session, calibration: Calibration, review: Review, *, reason: str, by: Identity) -> None:
    """Send one review back to evaluation (P3), as the chair; the session waits for its new result.

    Its ratings are asked for again, with those before at hand; its actual values are confirmed again.

    Raises:
        Forbidden: `by` does not chair the session, or leads nobody there: the review is the own or a superior's.
        NotFound: the review is not the session's.
        Conflict: the session is not open, its chair has left, or the review does not wait for its release.
        Invalid: no reason is given.
    """
    intent = Sentence("send review {key} back to evaluation", key=review.key)
    expect_chair(session, calibration, by, intent)
    expect_state(calibration, intent, CalibrationState.OPEN)
    place = place_of(session, calibration, review)
    if is_awaited(session, place):
        raise Conflict("Expected to {intent}, but its result is still to come", intent=intent)
    expect_text(reason, "reason", intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    place.returned_version = results.expected(session, review).version
    place.returned_by, place.returned_at, place.return_reason = by.username, clock.now(session), reason
    raters.reopen(session, review)
    session.flush()  # the process that goes back reads them
    try:
        messages.correlate(session, Publication(RETURNED, str(review.key)), by=by.trusted())
    except NotFound as nobody:
        raise Conflict("Expected to {intent}, but its process does not wait for its release", intent=intent) from nobody
    actuals.announce(session, review, by=by)
    superior = [one.person_key for one in raters.of_review(session, review, raters.SUPERIOR)]
    for key in superior:
        notices.write(session, key, "result-returned", review=str(review.key), reason=reason)


def place_of(session: Session, calibration: Calibration, review: Review) -> CalibratedReview:
    """Find a review in a session.

    Raises:
        NotFound: it is not the session's.
    """
    for place in owned(session, calibration):
        if place.review_key == review.key:
            return place
    raise NotFound(
        "Expected to find review {key} in calibration {calibration_key}, but it is not there",
        key=review.key,
        calibration_key=calibration.key,
    )


def is_awaited(session: Session, place: CalibratedReview) -> bool:
    """Tell whether a review's result is still to come: none is graded, or something of it is sent back or changed.

    Nothing is awaited of a review that was closed meanwhile, as of somebody who has left (E-15).
    """
    review = reviews.found(session, place.review_key)
    if review.state is ReviewState.CLOSED:
        return False
    if reviews.reopened(session, [place.review_key]) or records.unsettled(session, [place.review_key]):
        return True
    result = results.newest(session, review)
    if result is None or result.grade is None:
        return True
    return place.returned_version is not None and result.version <= place.returned_version


def expect_chair(session: Session, calibration: Calibration, by: Identity, intent: str) -> None:
    """Let pass only the chair, who must be there: nobody acts for an absent one.

    Raises:
        Forbidden: `by` does not chair the session.
        Conflict: the chair has left.
    """
    expect_present(session, calibration, intent)
    if (chair := chair_of(session, calibration)).username != by.username:
        raise Forbidden(
            "Expected to {intent}, but {username} chairs it, not {by_username}",
            intent=intent,
            username=chair.username,
            by_username=by.username,
        )


def expect_present(session: Session, calibration: Calibration, intent: str) -> None:
    """Let pass only what happens while the session has its chair.

    Raises:
        Conflict: the chair has left.
    """
    chair = chair_of(session, calibration)
    if not employments.is_employed(session, chair.key, calendars.today(session)):
        raise Conflict(
            "Expected to {intent}, but its chair {username} has left", intent=intent, username=chair.username
        )


def expect_state(calibration: Calibration, intent: str, *states: CalibrationState) -> None:
    """Let pass only a session in one of `states`.

    Raises:
        Conflict: it is in another.
    """
    if calibration.state not in states:
        raise Conflict(
            "Expected to {intent}, but the calibration is {state}", intent=intent, state=calibration.state.value
        )


def _unit_problems(session: Session, running: Sequence[Review]) -> list[Problem]:
    if not running:
        return [Problem(Sentence("Nobody of the unit is being reviewed"), "unit", "empty-unit")]
    taken = select(Person.name).join(Review, Review.appraisee_key == Person.key).where(
        Review.key.in_(select(CalibratedReview.review_key)), Review.key.in_([review.key for review in running])
    )  # fmt: skip
    return [
        Problem(Sentence("{name} is in another session already", name=name), "unit", "in-another-session")
        for name in session.scalars(taken.order_by(Person.employee_id))
    ]


def _head_problems(
    session: Session, running: Sequence[Review], chair: Person, approver: Person | None
) -> list[Problem]:
    if approver is None:
        return [Problem(Sentence("{name} has no superior who approves", name=chair.name), "approver", "no-approver")]
    problems = []
    if approver.key == chair.key:
        problems.append(Problem(Sentence("The chair cannot approve the own session"), "approver", "own-approval"))
    appraised = {review.appraisee_key for review in running}
    for where, person in (("chair", chair), ("approver", approver)):
        if person.key in appraised:
            sentence = Sentence("{name} is appraised in this unit", name=person.name)
            problems.append(Problem(sentence, where, "appraised"))
        if not employments.is_employed(session, person.key, calendars.today(session)):
            problems.append(Problem(Sentence("{name} has left", name=person.name), where, "has-left"))
    return problems


def _seat(session: Session, calibration: Calibration, running: Sequence[Review], chair: Person, by: Identity) -> None:
    seats = {chair.key: Seat.CHAIR}
    for review in running:
        if review.superior_key is not None and review.superior_key != calibration.approver_key:
            seats.setdefault(review.superior_key, Seat.SUPERIOR)
    clerk = session.scalar(select(Person.key).where(Person.username == by.username))
    if clerk is not None:
        seats.setdefault(clerk, Seat.CLERK)
    session.add_all(CalibratedReview(calibration_key=calibration.key, review_key=review.key) for review in running)
    for key, seat in seats.items():
        session.add(CalibrationMember(calibration_key=calibration.key, person_key=key, seat=seat))
        notices.write(session, key, "calibration-convened", calibration=str(calibration.key))
    session.flush()  # who may see what follows from them


def _begin(
    session: Session, calibration: Calibration, cycle: Cycle, people_of: Mapping[str, str], *, by: Identity
) -> None:
    instance = instances.start(
        session,
        process_id=PROCESS,
        variables={"calibration": str(calibration.key), "cycle": cycle.label, **people_of, **timing.variables(cycle)},
        by=by.trusted(),
        origin=timing.origin(cycle, calibration.key),
    )
    calibration.instance_key = instance.key
