"""Feedback interviews: the minutes, and the appraisee's answer to the result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews.cases import evidence
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    TEAMS,
    Answer,
    Closing,
    Delivery,
    Interview,
    Person,
    Result,
    Review,
    ReviewState,
    SignOff,
    VoidedSignature,
)
from engine.reviews.organisation import people, scopes
from engine.reviews.release import results
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.signing import deliveries

RECORDING = "reviewflow.record-interview"
"""The operation that hears the minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """What was said in an interview (L004-16), with figures and a case (L002-20)."""

    strengths: str
    gaps: str
    evidence: str
    plan: str


def record(session: Session, review: Review, minutes: Minutes, *, held_on: date, by: Identity) -> Interview:
    """Record the minutes of an interview, as the superior (L004-16).

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: the result is not released, or is answered.
        Invalid: a block is empty, or the interview lies ahead, or before the release (E-35).
    """
    intent = Sentence("record the interview of review {key}", key=review.key)
    reviews.expect_person(session, review.superior_key, by, intent)
    reviews.expect_state(review, intent, ReviewState.RELEASED)
    problems = [
        Problem(Sentence("It must not be empty"), name, "empty")
        for name, text in asdict(minutes).items()
        if not text.strip()
    ]
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    if held_on > calendars.today(session, zone):
        problems.append(Problem(Sentence("The interview lies ahead"), "heldOn", "not-held"))
    elif held_on < _released_on(session, review, zone):
        sentence = Sentence("The interview lies before the release: nobody may have told the result then")
        problems.append(Problem(sentence, "heldOn", "too-early"))
    if problems:
        raise Invalid("Expected to {intent}, but the minutes are not complete", problems, intent=intent)
    interview = Interview(
        review_key=review.key,
        held_at=datetime.combine(held_on, time(), zone),
        held_by=by.username,
        recorded_at=clock.now(session),
        strengths=minutes.strengths,
        gaps=minutes.gaps,
        evidence=minutes.evidence,
        agreements=minutes.plan,
    )
    session.add(interview)
    session.flush()  # the appraisee confirms it
    return interview


def of_review(session: Session, review: Review) -> Interview | None:
    """Find the newest minutes of a review."""
    minutes = select(Interview).where(Interview.review_key == review.key)
    return session.scalar(minutes.order_by(Interview.key.desc()).limit(1))


def confirm(session: Session, review: Review, *, by: Identity, remark: str = "") -> Interview:
    """Confirm the minutes, as the appraisee, who may add a remark.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: there are none, or they are confirmed.
    """
    intent = Sentence("confirm the minutes of review {key}", key=review.key)
    reviews.expect_person(session, review.appraisee_key, by, intent)
    interview = of_review(session, review)
    if interview is None or interview.confirmed_at is not None:
        raise Conflict(
            "Expected to {intent}, but {state}",
            intent=intent,
            state=Sentence("there are none") if interview is None else Sentence("they are confirmed"),
        )
    interview.confirmed_at = clock.now(session)
    interview.remark = remark
    return interview


def sign(
    session: Session,
    review: Review,
    answer: Answer,
    *,
    by: Identity,
    comment: str = "",
    documents: Collection[int] = (),
) -> SignOff:
    """Answer the result as who signs it: agreed, or received with objection; both keep the right of appeal (X-07).

    `documents` were handed in with the form that asks for the answer.

    Raises:
        Forbidden: `by` is not the appraisee, or of a team the superior: nobody signs for another.
        Conflict: the result is not released, is answered, or no interview was held (L004-32), nor its step closed.
        Invalid: a refusal is recorded before a witness instead, silence by HR; an objection needs its reason.
    """
    intent = Sentence("sign the result of review {key}", key=review.key)
    reviews.expect_person(session, signer_key(session, review), by, intent)
    if answer is Answer.REFUSED:
        raise Invalid("Expected to {intent}, but a refusal is recorded before a witness", intent=intent)
    if answer is Answer.UNANSWERED:
        raise Invalid("Expected to {intent}, but that is no answer", intent=intent)
    if answer is Answer.OBJECTED:
        expect_text(comment, "remark", intent)
    signature = _answer(session, review, answer, by, comment, witness=None, intent=intent)
    evidence.attach_to_sign_off(session, signature, documents)
    return signature


def signer_key(session: Session, review: Review) -> int | None:
    """Say who signs a result: the appraisee, and of a team the superior alone (L004-29)."""
    return review.superior_key if cycles.found(session, review.cycle_key).kind in TEAMS else review.appraisee_key


def receive(session: Session, review: Review, *, by: Identity) -> Delivery | None:
    """Record that the appraisee has before them the result that is to be signed; tell which delivery that is.

    The caller tells the process, which is being moved. A superior who signs for a team has received nothing.
    """
    delivery = deliveries.of_result(session, results.expected(session, review))
    if delivery is None or people.by_key(session, delivery.person_key).username != by.username:
        return None
    deliveries.note_opened(session, delivery, by=by)
    return delivery


def record_refusal(session: Session, review: Review, *, witness: Person, comment: str, by: Identity) -> SignOff:
    """Record that the appraisee refused to sign, as the superior or HR, before a witness (E-58).

    Raises:
        Forbidden: `by` is neither the superior nor HR, or is the appraisee (E-95).
        Conflict: the result is not released, is answered, or no interview was held.
        Invalid: the witness is the appraisee or the one who records, or nothing is said of the refusal.
    """
    intent = Sentence("record the refusal in review {key}", key=review.key)
    recorder = people.named(session, by.username)
    signer = signer_key(session, review)
    if recorder.key == signer:
        raise Forbidden("Expected to {intent}, but it is one's own", intent=intent)
    if recorder.key != review.superior_key:
        scopes.expect_review(session, review, by=by, intent=intent)
    if witness.key in {signer, review.appraisee_key, recorder.key}:
        problem = Problem(Sentence("{name} cannot witness the own act", name=witness.name), "witness", "own-witness")
        raise Invalid(
            "Expected to {intent}, but {username} cannot witness the own act",
            [problem],
            intent=intent,
            username=witness.username,
        )
    expect_text(comment, "reason", intent)
    return _answer(session, review, Answer.REFUSED, by, comment, witness=witness, intent=intent)


def record_silence(session: Session, review: Review, *, comment: str, by: Identity) -> SignOff:
    """Record that the appraisee did not answer the result in time, as HR: nobody is taken to refuse or to agree.

    Raises:
        Forbidden: `by` is not HR, or is the appraisee.
        Conflict: the result is not released, is answered, or no interview was held.
        Invalid: nothing is said of how the appraisee was asked.
    """
    intent = Sentence("record that nobody answered in review {key}", key=review.key)
    scopes.expect_review(session, review, by=by, intent=intent)
    signer = signer_key(session, review)
    if signer is not None and people.by_key(session, signer).username == by.username:
        raise Forbidden("Expected to {intent}, but it is one's own", intent=intent)
    expect_text(comment, "reason", intent)
    return _answer(session, review, Answer.UNANSWERED, by, comment, witness=None, intent=intent)


def answer_to(session: Session, result: Result) -> SignOff | None:
    """Find the answer to a version of the result, unless it is void."""
    void = select(VoidedSignature.sign_off_key)
    return session.scalar(select(SignOff).where(SignOff.result_key == result.key, SignOff.key.not_in(void)))


def digest(result: Result) -> str:
    """Digest a version of the result, all that is signed of it."""
    content = json.dumps([str(result.key), result.version, result.total, result.grade, result.figures], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _released_on(session: Session, review: Review, zone: ZoneInfo) -> date:
    """Give the day on which the first version of a result was released."""
    released = select(func.min(Result.released_at)).where(Result.review_key == review.key)
    instant = session.scalar(released)
    return date.min if instant is None else instant.astimezone(zone).date()


def _interview_is_closed(session: Session, review: Review) -> bool:
    """Whether HR closed the superior's step, so that the appraisee can answer all the same (E-59)."""
    closed = select(Closing.key).where(Closing.review_key == review.key, Closing.operation == RECORDING)
    return session.scalars(closed.limit(1)).first() is not None


def _answer(
    session: Session, review: Review, answer: Answer, by: Identity, comment: str, *, witness: Person | None, intent: str
) -> SignOff:
    reviews.expect_state(review, intent, ReviewState.RELEASED)
    if of_review(session, review) is None and not _interview_is_closed(session, review):
        raise Conflict("Expected to {intent}, but no interview was held", intent=intent)
    result = results.expected(session, review)
    signature = SignOff(
        review_key=review.key,
        result_key=result.key,
        answer=answer,
        comment=comment,
        witness_key=None if witness is None else witness.key,
        recorded_by=by.username,
        recorded_at=clock.now(session),
        digest=digest(result),
    )
    session.add(signature)
    session.flush()  # its evidence refers to it
    review.state = ReviewState.SIGNED
    return signature
