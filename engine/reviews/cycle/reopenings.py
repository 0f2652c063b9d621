"""Reopenings: what was given in a review is given again, by request and approval, as new versions (record 0022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import instances
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Identity
from engine.reviews import access, notices
from engine.reviews.cycle import cycles, reviews
from engine.reviews.deadlines import timing
from engine.reviews.models import (
    PENDING,
    TEAMS,
    Appeal,
    Countersignature,
    RaterState,
    Reopening,
    ReopeningKind,
    ReopeningState,
    Result,
    Review,
    ReviewState,
    SignOff,
    VoidedSignature,
)
from engine.reviews.organisation import people, scopes
from engine.reviews.rating import raters
from engine.reviews.release import results
from engine.reviews.scores import actuals
from engine.reviews.scores.actuals import Value
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.signing import interviews

PROCESS = "reopen-correct"
"""The process that a reopening runs, beside that of the review."""

TAKEN = {
    "reopened-already": Sentence("something else is being reopened in it"),
    "under-appeal": Sentence("an appeal is being decided: the panel corrects"),
    "calibration-locked": Sentence("its calibration is locked: it is reopened after the release"),
}
"""Who else is deciding about a review, by code."""


def correct_actual(session: Session, review: Review, entry: Value, *, by: Identity) -> Reopening:
    """Ask for the correction of an actual value that a result rests on (E-30); the reason is the entry's.

    Raises:
        Forbidden: `by` is neither HR nor finance nor auditor, or it is the own review.
        Conflict: there is no result yet, or something else keeps it as it is.
        Invalid: the entry is wrong, gives no reason, or changes nothing.
    """
    intent = Sentence("correct {indicator_id} of review {key}", indicator_id=entry.indicator_id, key=review.key)
    _expect_free(session, review, intent)
    if results.newest(session, review) is None:
        raise Conflict("Expected to {intent}, but there is no result yet: enter the value", intent=intent)
    expect_text(entry.reason, "reason", intent)
    actuals.check_correction(session, review, entry, by=by)
    names = {"indicator_id": "indicator"}
    change = {names.get(name, name): value for name, value in asdict(entry).items() if name != "reason"}
    return _request(session, review, ReopeningKind.ACTUAL, change, reason=entry.reason, by=by)


def reopen_self_evaluation(session: Session, review: Review, *, reason: str, by: Identity) -> Reopening:
    """Ask to let the appraisee rate again (E-56), as the appraisee, the superior or HR.

    Raises:
        Forbidden: `by` is none of them.
        Conflict: the appraisee has not rated, the result is released, or something else keeps it as it is.
        Invalid: no reason is given.
    """
    intent = Sentence("reopen the self-evaluation of review {key}", key=review.key)
    _expect_close(session, review, by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    _expect_free(session, review, intent)
    if not _has_rated(session, review):
        raise Conflict("Expected to {intent}, but none is given", intent=intent)
    expect_text(reason, "reason", intent)
    return _request(session, review, ReopeningKind.SELF_EVALUATION, {}, reason=reason, by=by)


def reopen_signature(session: Session, review: Review, *, reason: str, by: Identity) -> Reopening:
    """Ask to make the answer to the result void, so that both sign again (E-57): the appraisee, the superior or HR.

    Raises:
        Forbidden: `by` is none of them.
        Conflict: the result is not answered, or something else keeps it as it is.
        Invalid: no reason is given.
    """
    intent = Sentence("reopen the signature of review {key}", key=review.key)
    _expect_close(session, review, by, intent)
    reviews.expect_state(review, intent, ReviewState.SIGNED)
    if review.superior_key is None:
        raise Conflict("Expected to {intent}, but nobody leads the appraisee who could sign again", intent=intent)
    _expect_free(session, review, intent)
    expect_text(reason, "reason", intent)
    return _request(session, review, ReopeningKind.SIGNATURE, {}, reason=reason, by=by)


def obstacle(session: Session, review: Review, kind: ReopeningKind) -> str:
    """Name by its code what keeps something of a review from being reopened at present; empty where nothing does."""
    due = {
        ReopeningKind.ACTUAL: results.newest(session, review) is not None,
        ReopeningKind.SELF_EVALUATION: review.state is ReviewState.RUNNING and _has_rated(session, review),
        ReopeningKind.SIGNATURE: review.state is ReviewState.SIGNED and review.superior_key is not None,
    }
    return _taken(session, review) if due[kind] else f"not-given-{kind.value}"


def found(session: Session, key: int) -> Reopening:
    """Find a reopening by key.

    Raises:
        NotFound: there is none.
    """
    reopening = session.get(Reopening, key)
    if reopening is None:
        raise NotFound("Expected to find reopening {key}, but there is none", key=key)
    return reopening


def of_review(session: Session, review: Review, *, by: Identity) -> Sequence[Reopening]:
    """List the reopenings of a review that somebody may know of, the newest first."""
    own = select(Reopening).where(Reopening.review_key == review.key, access.reopenings(session, by))
    return session.scalars(own.order_by(Reopening.key.desc())).all()


def approve(session: Session, reopening: Reopening, *, by: Identity) -> bool:
    """Reopen what was asked for, as HR; whether the superior's ratings are stale by it and must be confirmed.

    Raises:
        Forbidden: `by` is not HR, asked for it, or is the appraisee.
        Conflict: it is decided.
        Invalid: the correction could not be entered any more.
    """
    review = _decided(session, reopening, ReopeningState.APPROVED, by)
    if reopening.kind is ReopeningKind.ACTUAL:
        entry = _entry(reopening)
        actuals.correct(session, review, entry, author=reopening.requested_by, by=by)
        return False
    if reopening.kind is ReopeningKind.SIGNATURE:
        _void(session, reopening, review)
        return False
    raters.make_stale(session, review, raters.SELF)
    return raters.make_stale(session, review, raters.SUPERIOR)


def decline(session: Session, reopening: Reopening, *, reason: str, by: Identity) -> None:
    """Decide that nothing is reopened, as HR, with the reason.

    Raises:
        Forbidden: `by` is not HR, asked for it, or is the appraisee.
        Conflict: it is decided.
        Invalid: no reason is given.
    """
    expect_text(reason, "remark", Sentence("decline reopening {key}", key=reopening.key))
    review = _decided(session, reopening, ReopeningState.DECLINED, by)
    reopening.remark = reason
    asker = people.named(session, reopening.requested_by)
    notices.write(session, asker.key, "reopening-declined", review=str(review.key), reason=reason)


def countersign(session: Session, reopening: Reopening, *, by: Identity) -> Countersignature:
    """Sign the result again as the superior, after the signatures became void (E-57).

    Raises:
        Forbidden: `by` is not the superior: nobody signs for another.
        Conflict: the reopening is not approved, or is of something else.
    """
    intent = Sentence("countersign review {review_key}", review_key=reopening.review_key)
    review = reviews.found(session, reopening.review_key)
    reviews.expect_person(session, review.superior_key, by, intent)
    if reopening.state is not ReopeningState.APPROVED or reopening.kind is not ReopeningKind.SIGNATURE:
        raise Conflict("Expected to {intent}, but its reopening is {state}", intent=intent, state=reopening.state.value)
    result = results.expected(session, review)
    signature = Countersignature(
        reopening_key=reopening.key,
        result_key=result.key,
        signed_by=by.username,
        signed_at=clock.now(session),
        digest=interviews.digest(result),
    )
    session.add(signature)
    return signature


def settle(session: Session, reopening: Reopening) -> bool:
    """Note what is in force now and tell the appraisee what has changed; whether an appeal may be lodged about it.

    It may where the result was answered before: else the window of the review itself is still to come.

    Raises:
        Conflict: it is not approved.
    """
    if reopening.state is not ReopeningState.APPROVED:
        raise Conflict(
            "Expected to settle reopening {key}, but it is {state}", key=reopening.key, state=reopening.state.value
        )
    review = reviews.found(session, reopening.review_key)
    after = results.newest(session, review)
    reopening.state, reopening.settled_at = ReopeningState.SETTLED, clock.now(session)
    reopening.after_key = after.key if after else None
    answered = review.state in (ReviewState.SIGNED, ReviewState.CLOSED)
    if after is None or after.released_at is None or reopening.kind is not ReopeningKind.ACTUAL:
        return answered
    before = session.get_one(Result, reopening.before_key) if reopening.before_key else after
    told = {"before": _told(before), "after": _told(after), "reason": reopening.reason}
    notices.write(session, review.appraisee_key, "result-corrected", review=str(review.key), **told)
    return answered


def _told(result: Result) -> str:
    return f"{result.total} {result.grade or ''}".strip()


def _request(
    session: Session, review: Review, kind: ReopeningKind, change: dict[str, str | None], *, reason: str, by: Identity
) -> Reopening:
    before = results.newest(session, review)
    reopening = Reopening(
        review_key=review.key,
        kind=kind,
        change=change,
        reason=reason,
        requested_by=by.username,
        requested_at=clock.now(session),
        before_key=before.key if before else None,
    )
    session.add(reopening)
    session.flush()  # its process refers to it
    cycle = cycles.found(session, review.cycle_key)
    accounts = {"appraisee": review.appraisee_key, "superior": review.superior_key}
    instance = instances.start(
        session,
        process_id=PROCESS,
        variables={
            "reopening": str(reopening.key),
            "review": str(review.key),
            "kind": kind.value,
            "team": cycle.kind in TEAMS,
            **{name: people.by_key(session, key).username if key else None for name, key in accounts.items()},
            **timing.variables(cycle),
        },
        by=by.trusted(),
        origin=timing.origin(cycle, review.key),
    )
    reopening.instance_key = instance.key
    return reopening


def _decided(session: Session, reopening: Reopening, state: ReopeningState, by: Identity) -> Review:
    """Note the decision of somebody from HR who did not ask for it and whom it is not about (four eyes, E-95)."""
    intent = Sentence("decide on reopening {key}", key=reopening.key)
    review = reviews.found(session, reopening.review_key)
    scopes.expect_review(session, review, by=by, intent=intent)
    appraisee = people.by_key(session, review.appraisee_key)
    if by.username in (reopening.requested_by, appraisee.username):
        raise Forbidden(
            "Expected to {intent}, but {username} asked for it or is the appraisee: another decides",
            intent=intent,
            username=by.username,
        )
    if reopening.state is not ReopeningState.REQUESTED:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=reopening.state.value)
    reopening.state, reopening.decided_by, reopening.decided_at = state, by.username, clock.now(session)
    return review


def _entry(reopening: Reopening) -> Value:
    change = reopening.change
    return Value(
        change["indicator"], change["value"], change["unit"], change["source"], reopening.reason, change["period"]
    )


def _void(session: Session, reopening: Reopening, review: Review) -> None:
    """Make every answer to the result void that is not so yet; the review waits for another."""
    void = select(VoidedSignature.sign_off_key)
    answers = select(SignOff).where(SignOff.review_key == review.key, SignOff.key.not_in(void))
    for signature in session.scalars(answers):
        session.add(
            VoidedSignature(sign_off_key=signature.key, reopening_key=reopening.key, voided_at=clock.now(session))
        )
    review.state = ReviewState.RELEASED
    for key in (review.appraisee_key, review.superior_key):
        if key is not None:
            notices.write(session, key, "signature-void", review=str(review.key), reason=reopening.reason)


def _expect_close(session: Session, review: Review, by: Identity, intent: str) -> None:
    close = {review.appraisee_key, review.superior_key}
    if people.named(session, by.username).key not in close:
        scopes.expect_review(session, review, by=by, intent=intent)


def _expect_free(session: Session, review: Review, intent: str) -> None:
    """Let pass only what nobody else is deciding about."""
    if code := _taken(session, review):
        raise Conflict("Expected to {intent}, but {reason}", intent=intent, reason=TAKEN[code])


def _taken(session: Session, review: Review) -> str:
    """Name by its code who else is deciding about a review; empty where nobody is."""
    if reviews.reopened(session, [review.key]):
        return "reopened-already"
    appealed = select(Appeal.key).where(Appeal.review_key == review.key, Appeal.state.in_(PENDING))
    if session.scalar(appealed.limit(1)) is not None:
        return "under-appeal"
    return "calibration-locked" if reviews.is_locked(session, review) else ""


def _has_rated(session: Session, review: Review) -> bool:
    return any(one.state is RaterState.SUBMITTED for one in raters.of_review(session, review, raters.SELF))
