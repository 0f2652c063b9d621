"""Results: versions of a total and its grade, released at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.changes import records, stretches
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Cycle, CycleState, Result, Review, ReviewState, Role
from engine.reviews.organisation import people
from engine.reviews.rating import anonymity
from engine.reviews.release import embargoes
from engine.reviews.rulebook import templates
from engine.reviews.scores import figures, scorecards
from engine.reviews.sentences import Sentence
from engine.reviews.signing import deliveries

APPEALED = "appeal "
"""How the reason of each version begins that an appeal led to."""

RELEASED = "released"
"""The message for which a review waits between its evaluation and its interview."""

KEPT = timedelta(days=30)
"""How long the message is kept for a process that is held up."""


def compute(session: Session, review: Review, *, by: Identity, reason: str = "") -> Result:
    """Compute the next version of a review's result from what is recorded; the grade follows from a decision table.

    What a calibration added to the total of the version before, or took from it, stays.

    Raises:
        Invalid: something is missing; each gap is named.
    """
    computed = scorecards.compute(session, review)
    latest, template = newest(session, review), reviews.template(session, review)
    difference = figures.adjustment_of(latest.figures) if latest else Fraction(0)
    total, rests_on = figures.adjusted(computed.total, computed.figure.to_json(), difference)
    result = Result(
        review_key=review.key,
        version=latest.version + 1 if latest else 1,
        template_key=reviews.template_key(session, review),
        total=total,
        figures=rests_on,
        reason=reason,
        counted=anonymity.revealed(template, anonymity.countable(session, review, template)),
        computed_by=by.username,
        computed_at=clock.now(session),
    )
    session.add(result)
    session.flush()  # the grade, the release and the sign-off refer to it
    return result


def grade(session: Session, review: Review, level: str, *, total: str) -> Result:
    """Set the grade of the newest version, once; one that follows a released version is in force at once.

    Raises:
        NotFound: there is no result.
        Conflict: it has its grade, the grade was found for another total, or it is no level of the scale (X-01).
    """
    result = expected(session, review)
    if result.grade is not None:
        raise Conflict(
            "Expected to grade review {key}, but result {version} is {grade} already",
            key=review.key,
            version=result.version,
            grade=result.grade,
        )
    if Decimal(total) != Decimal(result.total):
        raise Conflict(
            "Expected to grade review {key}, but its total is {total}, not {other_total}",
            key=review.key,
            total=result.total,
            other_total=total,
        )
    levels = templates.rules(session, result.template_key).levels
    if levels and level not in {name for one in levels for name in (one.id, one.name)}:
        raise Conflict(
            "Expected to grade review {key}, but {level} is no level of its scale", key=review.key, level=level
        )
    result.grade = level
    if review.part_of_key is None and review.state not in (ReviewState.ENROLLED, ReviewState.RUNNING):
        _publish(session, review, result)
    return result


def annul(session: Session, review: Review, *, reason: str, by: Identity) -> Result:
    """Annul the result in force for a breach of procedure: the next version has its figures and no grade.

    The period counts as not rated then: it neither counts in a streak nor ends it, and takes nothing back that was
    paid.

    Raises:
        NotFound: there is no result.
        Conflict: it is annulled already.
    """
    before = expected(session, review)
    if before.annulled:
        raise Conflict("Expected to annul the result of review {key}, but it is annulled already", key=review.key)
    result = Result(
        review_key=review.key,
        version=before.version + 1,
        template_key=before.template_key,
        total=before.total,
        figures=before.figures,
        reason=reason,
        counted=before.counted,
        computed_by=by.username,
        computed_at=clock.now(session),
        annulled=True,
    )
    session.add(result)
    session.flush()  # its delivery refers to it
    _publish(session, review, result)
    return result


def is_appealed(result: Result) -> bool:
    """Tell whether a version of a result is what an appeal made of it."""
    return result.reason.startswith(APPEALED)


def level_id(session: Session, result: Result) -> str:
    """Give the id of a result's grade: rules refer to ids, never to what a scale calls its levels (X-01)."""
    levels = templates.rules(session, result.template_key).levels
    return next((one.id for one in levels if result.grade in {one.id, one.name}), result.grade or "")


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
        raise NotFound("Expected to find the result of review {key}, but there is none yet", key=review.key)
    return result


def release(
    session: Session, cycle: Cycle, *, by: Identity, left_out: Mapping[int, str] | None = None
) -> Sequence[Review]:
    """Release the results of a cycle at one moment and let their processes go on.

    `left_out` names reviews, by key, that are not released with the others, each with the reason; they may be released
    later by another call.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is not launched, its embargo holds, or reviews that are not left out have no grade yet, are
            still being calibrated, or have something reopened or changed that is not settled.
        Invalid: a reason is missing, or what is left out is not running in this cycle.
    """
    intent = Sentence("release the results of cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.LAUNCHED:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    running = {r.key: r for r in cycles.to_be_rated(session, cycle)}
    _expect_reasons(left_out or {}, running, intent)
    chosen = [review for key, review in running.items() if key not in (left_out or {})]
    embargoes.expect_over(session, cycle, [review.key for review in chosen], intent)
    ungraded = [review for review in chosen if (result := newest(session, review)) is None or result.grade is None]
    if ungraded or not chosen:
        raise Conflict(
            "Expected to {intent}, but {count} of {chosen_count} reviews have no grade yet",
            intent=intent,
            count=len(ungraded),
            chosen_count=len(chosen),
        )
    if reopened := reviews.reopened(session, [review.key for review in chosen]):
        raise Conflict(
            "Expected to {intent}, but {count} of {chosen_count} reviews are reopened",
            intent=intent,
            count=len(reopened),
            chosen_count=len(chosen),
        )
    if unsettled := records.unsettled(session, [review.key for review in chosen]):
        awaited = Sentence(
            "{count} of {chosen_count} reviews wait for what a change of the cycle asked for",
            count=len(unsettled),
            chosen_count=len(chosen),
        )
        raise Conflict("Expected to {intent}, but {awaited}", intent=intent, awaited=awaited)
    for key, reason in (left_out or {}).items():
        notices.write(session, running[key].appraisee_key, "result-withheld", review=str(key), reason=reason)
    publish(session, cycle, chosen, by=by)
    return chosen


def publish(session: Session, cycle: Cycle, chosen: Sequence[Review], *, by: Identity) -> None:
    """Let the appraisees see their graded results, all at one moment, and their processes go on."""
    cycle.released_at = cycle.released_at or clock.now(session)
    for review in chosen:
        review.state = ReviewState.RELEASED
        _publish(session, review, expected(session, review))
    session.flush()  # the processes that go on read it
    for review in chosen:
        stretches.hand_on(session, review)
        message = Publication(RELEASED, str(review.key), time_to_live=KEPT)
        messages.publish(session, message, by=by.trusted())


def _expect_reasons(left_out: Mapping[int, str], running: Mapping[int, Review], intent: str) -> None:
    problems = [
        Problem(Sentence("It is not running in this cycle"), str(key), "not-running")
        for key in left_out
        if key not in running
    ]
    problems += [
        Problem(Sentence("A reason is due"), str(key), "missing-reason")
        for key, reason in left_out.items()
        if not reason.strip()
    ]
    if problems:
        raise Invalid("Expected to {intent}, but what is left out is not clear", problems, intent=intent)


def _publish(session: Session, review: Review, result: Result) -> None:
    result.released_at = clock.now(session)
    deliveries.send(session, review, result_key=result.key)
    notices.write(session, review.appraisee_key, "result-released", review=str(review.key), version=result.version)
