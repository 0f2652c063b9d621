"""Appeals: lodged by the appraisee while the window is open, admitted by HR, decided by a panel."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import instances, messages
from engine.bpmn.messages import Publication
from engine.bpmn.models import ProcessInstance
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews import access, notices
from engine.reviews.cases import evidence, panels, votes, windows
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    PENDING,
    Appeal,
    AppealState,
    Reopening,
    ReopeningKind,
    Result,
    Review,
    ReviewState,
    Verdict,
)
from engine.reviews.organisation import people
from engine.reviews.rating import ratings
from engine.reviews.release import results
from engine.reviews.scores import figures, scorecards
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.signing import deliveries

RELEASED_STATES = (ReviewState.RELEASED, ReviewState.SIGNED, ReviewState.CLOSED)


def lodge(
    session: Session,
    review: Review,
    *,
    grounds: str,
    items: Sequence[str],
    remedy: str,
    by: Identity,
    documents: Collection[int] = (),
) -> Appeal:
    """Appeal against the own result, however it was signed (X-07), with documents if any; its process starts at once.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: the result is not released, an appeal against it was lodged already, or the window is not open.
        Invalid: grounds or remedy are empty, an item is no indicator, or a document is none that one can hand in.
    """
    intent = f"lodge an appeal in review {review.key}"
    result = _expect_appealable(session, review, by, intent)
    problems = _lodging_problems(session, review, grounds, items, remedy)
    if problems := [*problems, *_closed_items(session, review, items)]:
        raise Invalid(f"Expected to {intent}, but it is not complete", problems)
    appeal = Appeal(
        review_key=review.key,
        result_key=result.key,
        items=list(items),
        lodged_by=by.username,
        lodged_at=clock.now(session),
        grounds=grounds,
        remedy=remedy,
    )
    _request(session, review, appeal, by, intent)
    session.add(appeal)
    session.flush()  # its panel and its evidence refer to it
    evidence.attach_to_appeal(session, appeal, documents, by=by)
    return appeal


def found(session: Session, key: int) -> Appeal:
    """Find an appeal by key.

    Raises:
        NotFound: there is none.
    """
    appeal = session.get(Appeal, key)
    if appeal is None:
        raise NotFound(f"Expected to find appeal {key}, but there is none")
    return appeal


def visible(session: Session, *, by: Identity) -> Sequence[Appeal]:
    """List the appeals that somebody may know of, the newest first."""
    return session.scalars(select(Appeal).where(access.appeals(session, by)).order_by(Appeal.key.desc())).all()


def admit(appeal: Appeal, *, by: Identity) -> None:
    """Find an appeal admissible, as HR: a panel will hear it.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it is admitted or over.
    """
    intent = f"admit appeal {appeal.key}"
    panels.expect_officer(appeal, by, intent)
    expect_state(appeal, intent, AppealState.LODGED)
    appeal.state = AppealState.ADMITTED


def reject(session: Session, appeal: Appeal, *, reasons: str, by: Identity) -> None:
    """Find an appeal inadmissible, as HR, with reasons.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it is admitted or over.
        Invalid: no reasons are given.
    """
    intent = f"reject appeal {appeal.key}"
    panels.expect_officer(appeal, by, intent)
    expect_state(appeal, intent, AppealState.LODGED)
    expect_text(reasons, "reason", intent)
    _end(session, appeal, AppealState.REJECTED, reasons)


def withdraw(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """Take an appeal back, as the appellant.

    Raises:
        Forbidden: `by` did not lodge it.
        Conflict: it is over.
    """
    intent = f"withdraw appeal {appeal.key}"
    if appeal.lodged_by != by.username:
        raise Forbidden(f"Expected to {intent}, but {by.username} did not lodge it")
    expect_state(appeal, intent, *PENDING)
    _end(session, appeal, AppealState.WITHDRAWN, "")


def decide(
    session: Session, appeal: Appeal, *, reasons: str, by: Identity, corrections: Mapping[str, str] | None = None
) -> Appeal:
    """Serve the panel's decision with its reasons, as the chair; without a majority the result stands (E-71).

    Where the majority corrects the result, `corrections` are the panel's ratings, by indicator, in the place of the
    superior's; the process then computes the next version of the result.

    Raises:
        Forbidden: `by` does not chair the panel.
        Conflict: not all votes are cast, or the appeal is not heard.
        Invalid: no reasons are given; corrections are missing, unfounded, or would make the result worse (E-80).
    """
    intent = f"decide appeal {appeal.key}"
    expect_state(appeal, intent, AppealState.HEARD)
    chair = next(member for member in panels.of_appeal(session, appeal) if member.chair)
    reviews.expect_person(session, chair.person_key, by, intent)
    expect_text(reasons, "reasons", intent)
    verdict = votes.majority(session, appeal) or Verdict.UPHELD
    corrected = dict(corrections or {})
    if problems := _correction_problems(session, appeal, verdict, corrected):
        raise Invalid(f"Expected to {intent}, but its corrections do not fit", problems)
    review = reviews.found(session, appeal.review_key)
    ratings.correct(session, review, corrected, reason=f"appeal {appeal.key}: {reasons}", by=by)
    appeal.verdict = verdict
    _end(session, appeal, AppealState.DECIDED, reasons)
    return appeal


def expect_state(appeal: Appeal, intent: str, *states: AppealState) -> None:
    """Let pass only an appeal in one of `states`.

    Raises:
        Conflict: it is in another.
    """
    if appeal.state not in states:
        raise Conflict(f"Expected to {intent}, but it is {appeal.state.value}")


def _expect_appealable(session: Session, review: Review, by: Identity, intent: str) -> Result:
    reviews.expect_person(session, review.appraisee_key, by, intent)
    reviews.expect_state(review, intent, *RELEASED_STATES)
    result = results.expected(session, review)
    closing = windows.closes_at(session, review)
    if closing is not None and clock.now(session) >= closing:  # the clock decides, not whether the timer was woken
        raise Conflict(f"Expected to {intent}, but {_late(session, review, closing)}")
    if session.scalar(select(Appeal.key).where(Appeal.result_key == result.key)) is not None:
        raise Conflict(f"Expected to {intent}, but an appeal against this result was lodged already")
    return result


def _lodging_problems(
    session: Session, review: Review, grounds: str, items: Sequence[str], remedy: str
) -> list[Problem]:
    known = {indicator.id for indicator in reviews.template(session, review).indicators}
    texts = {"grounds": grounds, "remedy": remedy}
    problems = [Problem(Sentence("It must not be empty"), name, "empty") for name in texts if not texts[name].strip()]
    problems += [
        Problem(Sentence("It is no indicator"), name, "unknown-indicator") for name in items if name not in known
    ]
    return problems


def _closed_items(session: Session, review: Review, items: Sequence[str]) -> list[Problem]:
    """Name the items that the open window is not about: one that a correction opens is for what it corrects (E-30)."""
    if (window := windows.of_review(session, review)) is None:
        return []
    opened = select(Reopening).where(Reopening.instance_key == window.instance_key)
    correction = session.scalar(opened.where(Reopening.kind == ReopeningKind.ACTUAL))
    if correction is None:
        return []
    sentence = Sentence("The window is open for what was corrected alone")
    return [Problem(sentence, name, "not-corrected") for name in items if name != correction.change["indicator"]]


def _request(session: Session, review: Review, appeal: Appeal, by: Identity, intent: str) -> None:
    """Tell the review that it is appealed against, and keep which process that started."""
    window = windows.of_review(session, review)
    name = window.message_name if window else windows.REQUESTED
    message = Publication(name, str(review.key), {"appeal": str(appeal.key)})
    try:
        messages.correlate(session, message, by=by.trusted())
    except NotFound as nobody:
        raise Conflict(f"Expected to {intent}, but {_closed(session, review)}") from nobody
    started = select(ProcessInstance.key).where(
        ProcessInstance.business_id == str(review.key),
        ProcessInstance.parent_key.is_(None),
        ProcessInstance.key > appeal.key,
    )
    appeal.instance_key = session.scalar(started)


def _closed(session: Session, review: Review) -> str:
    instance = None if review.instance_key is None else instances.get(session, review.instance_key)
    closed = windows.closed_at(session, review) or (instance.ended_at if instance else None)
    if closed is None:
        return "the window is not open: it opens when the result is released"
    return _late(session, review, closed)


def _late(session: Session, review: Review, closed: datetime) -> str:
    """Say when the window closed, by the cycle's zone (E-40)."""
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    return f"the window closed at {closed.astimezone(zone).isoformat(timespec='minutes')}"


def _correction_problems(
    session: Session, appeal: Appeal, verdict: Verdict, corrections: Mapping[str, str]
) -> list[Problem]:
    if verdict is not Verdict.CORRECTED:
        sentence = Sentence("The majority does not correct the result")
        return [Problem(sentence, "corrections", "not-corrected")] if corrections else []
    review = reviews.found(session, appeal.review_key)
    if problems := ratings.correction_problems(session, review, corrections):
        return problems
    if not ratings.changed(session, review, corrections):
        return [Problem(Sentence("No rating is corrected"), "corrections", "no-corrections")]
    in_force = results.expected(session, review)
    computed = scorecards.compute(session, review, corrections)
    total = Decimal(figures.adjusted(computed.total, {}, figures.adjustment_of(in_force.figures))[0])
    before = Decimal(in_force.total)
    if total >= before:
        return []
    sentence = Sentence("The total would fall from {before} to {total}", before=before, total=total)
    return [Problem(sentence, "corrections", "worse")]


def _end(session: Session, appeal: Appeal, state: AppealState, reasons: str) -> None:
    appeal.state = state
    appeal.reasons = reasons
    appeal.ended_at = clock.now(session)
    if state is not AppealState.WITHDRAWN:
        deliveries.send(session, reviews.found(session, appeal.review_key), appeal_key=appeal.key)
    appellant = people.named(session, appeal.lodged_by)
    verdict = appeal.verdict.value if appeal.verdict else ""
    notices.write(
        session, appellant.key, f"appeal-{state.value}", appeal=str(appeal.key), verdict=verdict, reasons=reasons
    )
