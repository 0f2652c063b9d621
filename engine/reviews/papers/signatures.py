"""Signatures: who said what to a result or to targets, and when, as it stands on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import (
    Answer,
    Interview,
    Person,
    Rating,
    Review,
    SignOff,
    TargetDecision,
    TargetSheet,
    TargetState,
)
from engine.reviews.rating import ratings
from engine.reviews.reports import printing

ANSWERS = {
    Answer.AGREED: ("同意", "Agreed"),
    Answer.OBJECTED: ("已收到，有异议", "Received with objection"),
    Answer.REFUSED: ("拒绝签署", "Refused to sign"),
    Answer.UNANSWERED: ("逾期未答复", "No answer in time"),
}
DECISIONS = {
    TargetState.RETURNED: ("退回", "Returned"),
    TargetState.REVIEWED: ("同意", "Agreed"),
    TargetState.APPROVED: ("批准", "Approved"),
    TargetState.SIGNED: ("签署", "Signed"),
    TargetState.PASSED: ("行政关闭该步骤(非同意)", "Step closed by HR, no consent"),
    TargetState.DECLINED: ("不签署", "Declined to sign"),
    TargetState.IMPOSED: ("决定执行(未经本人签署)", "Imposed without the appraisee's signature"),
    TargetState.WAIVED: ("不设目标", "No targets apply"),
}
APPRAISEE, SUPERIOR = ("被考核人", "Appraisee"), ("上级", "Superior")
SECOND_LEVEL = ("上级的上级", "Second level")
RECORDER = ("记录人", "Recorded by")


@dataclass(frozen=True, slots=True)
class Signature:
    """What somebody said; `role` and `said` are in both languages."""

    role: tuple[str, str]
    username: str
    said: tuple[str, str]
    at: datetime
    remark: str = ""


def _rated(session: Session, review: Review) -> list[Rating]:
    """List the ratings of the superior, or of each who led in turn, in the order in which they were given."""
    given = [rating for theirs in ratings.of_superiors(session, review).values() for _, rating in theirs]
    return sorted(given, key=lambda rating: rating.given_at)


def of_result(session: Session, review: Review, answer: SignOff | None, *, by: Identity) -> Iterator[Signature]:
    """List who rated as superior, who held the interview, and the answer to the result."""
    last = {rating.given_by: rating.given_at for rating in _rated(session, review)}
    for username, at in last.items():
        yield Signature(SUPERIOR, username, ("评分", "Rated"), at)
    minutes = select(Interview).where(Interview.review_key == review.key, access.interviews(session, by))
    for one in session.scalars(minutes.order_by(Interview.key)):
        yield Signature(SUPERIOR, one.held_by, ("面谈", "Held the interview"), one.recorded_at)
    if answer is not None:
        yield _answer(session, review, answer)


def of_targets(session: Session, review: Review, sheet: TargetSheet) -> Iterator[Signature]:
    """List who drafted a version of the targets, and what was said to it."""
    yield Signature(APPRAISEE, sheet.drafted_by, ("起草", "Drafted"), sheet.drafted_at, sheet.note)
    decisions = select(TargetDecision).where(TargetDecision.sheet_key == sheet.key).order_by(TargetDecision.key)
    for one in session.scalars(decisions):
        role = _role(session, review, one.decided_by)
        yield Signature(role, one.decided_by, DECISIONS[one.state], one.decided_at, one.comment)


def printed(session: Session, review: Review, given: Iterable[Signature]) -> list[dict[str, object]]:
    """Write signatures as they stand on paper: names of people, times in the zone of the cycle."""
    return [
        {
            "role": one.role,
            "name": session.scalar(select(Person.name).where(Person.username == one.username)) or one.username,
            "said": one.said,
            "at": printing.moment(session, review, one.at),
            "remark": one.remark,
        }
        for one in given
    ]


def _answer(session: Session, review: Review, answer: SignOff) -> Signature:
    said = ANSWERS[answer.answer]
    if answer.answer is Answer.UNANSWERED:
        return Signature(RECORDER, answer.recorded_by, said, answer.recorded_at, answer.comment)
    if answer.answer is not Answer.REFUSED:
        return Signature(
            _role(session, review, answer.recorded_by), answer.recorded_by, said, answer.recorded_at, answer.comment
        )
    witness = session.get(Person, answer.witness_key) if answer.witness_key else None
    remark = f"{answer.comment} (见证人 Witness: {witness.name if witness else ''})"
    return Signature(RECORDER, answer.recorded_by, said, answer.recorded_at, remark)


def _role(session: Session, review: Review, username: str) -> tuple[str, str]:
    key = session.scalar(select(Person.key).where(Person.username == username))
    by_key = {review.second_superior_key: SECOND_LEVEL, review.superior_key: SUPERIOR, review.appraisee_key: APPRAISEE}
    return by_key.get(key, RECORDER)
