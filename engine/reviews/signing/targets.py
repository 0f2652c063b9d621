"""Targets: drafted by the appraisee, reviewed, approved, signed. Time never agrees for anybody."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cycle import reviews
from engine.reviews.models import Review, ReviewState, TargetDecision, TargetSheet, TargetState
from engine.reviews.rulebook.rules import Template
from engine.reviews.scores.completions import target_problem
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.signing import deliveries, letters

UNDECIDED = (TargetState.RETURNED, TargetState.APPROVED, TargetState.PASSED, TargetState.DECLINED)
"""The states in which the second level may decide in the place of the appraisee."""


def of_review(session: Session, review: Review) -> TargetSheet | None:
    """Find the newest version of a review's targets."""
    sheets = select(TargetSheet).where(TargetSheet.review_key == review.key)
    return session.scalar(sheets.order_by(TargetSheet.version.desc()).limit(1))


def in_force(session: Session, review: Review) -> TargetSheet | None:
    """Find the targets that the result is measured against: the newest that are signed or imposed.

    Later ones that are still to be signed change nothing before they are (E-31).
    """
    held = (TargetState.SIGNED, TargetState.IMPOSED)
    sheets = select(TargetSheet).where(TargetSheet.review_key == review.key, TargetSheet.state.in_(held))
    return session.scalar(sheets.order_by(TargetSheet.version.desc()).limit(1))


def draft(session: Session, review: Review, targets: Mapping[str, str], *, by: Identity, note: str = "") -> TargetSheet:
    """Write the next version of one's own targets.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: the newest version is waiting for an answer, or signed.
        Invalid: a target is missing, unknown, not in its indicator's notation, or cannot be measured against.
    """
    reviews.expect_person(
        session, review.appraisee_key, by, Sentence("draft the targets of review {key}", key=review.key)
    )
    latest = of_review(session, review)
    if latest is not None and latest.state is not TargetState.RETURNED:
        raise Conflict(
            "Expected to draft the targets of review {key}, but they are {state} already",
            key=review.key,
            state=latest.state.value,
        )
    if problems := drafting_problems(reviews.template(session, review), targets):
        raise Invalid(
            "Expected to draft the targets of review {key}, but they are not complete", problems, key=review.key
        )
    return _write(session, review, targets, by=by, note=note)


def drafting_problems(template: Template, targets: Mapping[str, str]) -> list[Problem]:
    """Name what is wrong with targets: each must be a number of its indicator's kind (L002-01)."""
    known = {indicator.id: indicator for indicator in template.measured}
    problems = [
        Problem(Sentence("There is no such indicator to set a target for"), name, "unknown-indicator")
        for name in targets
        if name not in known
    ]
    for name, indicator in known.items():
        if not targets.get(name, "").strip():
            problems.append(Problem(Sentence("Its target is missing"), name, "missing-target"))
            continue
        if problem := target_problem(indicator, targets[name]):
            problems.append(problem)
    return problems


def remarks(session: Session, review: Review) -> list[TargetDecision]:
    """List why versions of the targets were returned, the oldest first."""
    returned = (
        select(TargetDecision)
        .join(TargetSheet, TargetSheet.key == TargetDecision.sheet_key)
        .where(TargetSheet.review_key == review.key, TargetDecision.state == TargetState.RETURNED)
    )
    return list(session.scalars(returned.order_by(TargetDecision.key)))


def return_(session: Session, review: Review, *, by: Identity, comment: str) -> TargetSheet:
    """Send the targets back to the appraisee, as the superior or the second level.

    Raises:
        Forbidden: `by` is neither.
        Conflict: there is nothing to answer.
        Invalid: no reason is given.
    """
    sheet = _waiting(session, review, Sentence("return"), TargetState.DRAFTED, TargetState.REVIEWED)
    level = review.superior_key if sheet.state is TargetState.DRAFTED else review.second_superior_key
    reviews.expect_person(session, level, by, Sentence("return the targets of review {key}", key=review.key))
    expect_text(comment, "comment", Sentence("return the targets of review {key}", key=review.key))
    return _decide(session, sheet, TargetState.RETURNED, by, comment)


def agree(session: Session, review: Review, *, by: Identity, comment: str = "") -> TargetSheet:
    """Agree to the targets as the superior; where there is no second level, that approves them (E-11).

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: they are not waiting for the superior.
    """
    sheet = _waiting(session, review, Sentence("agree to"), TargetState.DRAFTED)
    reviews.expect_person(
        session, review.superior_key, by, Sentence("agree to the targets of review {key}", key=review.key)
    )
    level = TargetState.APPROVED if review.second_superior_key is None else TargetState.REVIEWED
    return _decide(session, sheet, level, by, comment)


def approve(session: Session, review: Review, *, by: Identity, comment: str = "") -> TargetSheet:
    """Approve the targets as the second level.

    Raises:
        Forbidden: `by` is not the superior's superior.
        Conflict: they are not waiting for the second level.
    """
    sheet = _waiting(session, review, Sentence("approve"), TargetState.REVIEWED, TargetState.PASSED)
    reviews.expect_person(
        session, review.second_superior_key, by, Sentence("approve the targets of review {key}", key=review.key)
    )
    return _decide(session, sheet, TargetState.APPROVED, by, comment)


def pass_over(session: Session, review: Review, *, reason: str, by: Identity) -> TargetSheet:
    """Leave out the level before which the targets wait, as HR: it has not agreed, and the record says so (E-59).

    Raises:
        Conflict: they wait for nobody, or without that level nobody of the management would have agreed.
    """
    sheet = _waiting(
        session, review, Sentence("pass over"), TargetState.DRAFTED, TargetState.REVIEWED, TargetState.PASSED
    )
    last = sheet.state is not TargetState.DRAFTED or review.second_superior_key is None
    if last and not _is_agreed(session, sheet):
        reason = Sentence("nobody of the management would have agreed: give the task to somebody else")
        raise Conflict(
            "Expected to pass over a level with the targets of review {key}, but {reason}",
            key=review.key,
            reason=reason,
        )
    return _decide(session, sheet, TargetState.PASSED, by, reason)


def sign(
    session: Session, review: Review, *, by: Identity, reserved: bool = False, reservation: str = ""
) -> TargetSheet:
    """Sign the commitment letter, with a reservation or without; it is kept with its digest.

    Raises:
        Forbidden: `by` is not the appraisee: nobody signs for another.
        Conflict: they are not approved.
        Invalid: a reservation says nothing.
    """
    if reserved:
        expect_text(reservation, "reservation", Sentence("sign the targets of review {key}", key=review.key))
    sheet = _to_sign(session, review, Sentence("sign"), by)
    decision = _decision(session, sheet, TargetState.SIGNED, by, reservation)
    delivery = letters.archive(session, review, sheet, decision)
    deliveries.note_opened(session, delivery, by=by)  # whoever signs a paper has it before them
    return sheet


def decline(session: Session, review: Review, *, reason: str, by: Identity) -> TargetSheet:
    """Refuse to sign the targets, as the appraisee, with the reason; the second level decides what becomes of them.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: they are not approved.
        Invalid: no reason is given.
    """
    expect_text(reason, "reason", Sentence("decline the targets of review {key}", key=review.key))
    return _decide(session, _to_sign(session, review, Sentence("decline"), by), TargetState.DECLINED, by, reason)


def impose(session: Session, review: Review, targets: Mapping[str, str], *, reason: str, by: Identity) -> TargetSheet:
    """Decide on the targets without the appraisee's signature, as the second level, with the reason.

    Where there is no second level, that is the superior's to do. The appraisee is told; nobody is taken to agree.

    Raises:
        Forbidden: `by` is not that person.
        Conflict: they wait for an answer, or hold already.
        Invalid: no reason is given, or a target is not as a draft must be.
    """
    intent = Sentence("impose the targets of review {key}", key=review.key)
    reviews.expect_person(session, review.second_superior_key or review.superior_key, by, intent)
    latest = of_review(session, review)
    if latest is not None and latest.state not in UNDECIDED:
        raise Conflict("Expected to {intent}, but they are {state}", intent=intent, state=latest.state.value)
    expect_text(reason, "reason", intent)
    if problems := drafting_problems(reviews.template(session, review), targets):
        raise Invalid("Expected to {intent}, but they are not complete", problems, intent=intent)
    sheet = _write(session, review, targets, by=by)
    letters.archive(session, review, sheet, _decision(session, sheet, TargetState.IMPOSED, by, reason))
    notices.write(session, review.appraisee_key, "targets-imposed", review=str(review.key), reason=reason)
    return sheet


def waive(session: Session, review: Review, *, reason: str, by: Identity) -> TargetSheet:
    """Decide, as the superior, that no targets apply, such as to a late joiner: there is no rating either (E-13).

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: they are not waiting for the superior.
        Invalid: no reason is given.
    """
    intent = Sentence("waive the targets of review {key}", key=review.key)
    sheet = _waiting(session, review, Sentence("waive"), TargetState.DRAFTED)
    reviews.expect_person(session, review.superior_key, by, intent)
    expect_text(reason, "reason", intent)
    review.state = ReviewState.CLOSED
    review.closing_reason = f"{by.username}: {reason}"
    notices.write(session, review.appraisee_key, "targets-waived", review=str(review.key), reason=reason)
    return _decide(session, sheet, TargetState.WAIVED, by, reason)


def returned_too_often(session: Session, review: Review, most: int) -> bool:
    """Tell whether the targets were returned more often than the cycle's terms allow."""
    return len(remarks(session, review)) > most


def _write(
    session: Session, review: Review, targets: Mapping[str, str], *, by: Identity, note: str = ""
) -> TargetSheet:
    latest = of_review(session, review)
    sheet = TargetSheet(
        review_key=review.key,
        version=latest.version + 1 if latest else 1,
        targets=dict(targets),
        note=note,
        drafted_by=by.username,
        drafted_at=clock.now(session),
    )
    session.add(sheet)
    session.flush()  # decisions refer to it
    return sheet


def _decide(session: Session, sheet: TargetSheet, state: TargetState, by: Identity, comment: str) -> TargetSheet:
    _decision(session, sheet, state, by, comment)
    return sheet


def _decision(session: Session, sheet: TargetSheet, state: TargetState, by: Identity, comment: str) -> TargetDecision:
    sheet.state = state
    decision = TargetDecision(
        sheet_key=sheet.key,
        state=state,
        comment=comment,
        decided_by=by.username,
        decided_at=clock.now(session),
    )
    session.add(decision)
    return decision


def _is_agreed(session: Session, sheet: TargetSheet) -> bool:
    """Whether somebody of the management has agreed to a version."""
    agreed = (TargetState.REVIEWED, TargetState.APPROVED)
    found = select(TargetDecision.key).where(TargetDecision.sheet_key == sheet.key, TargetDecision.state.in_(agreed))
    return session.scalars(found.limit(1)).first() is not None


def _to_sign(session: Session, review: Review, verb: str, by: Identity) -> TargetSheet:
    """Find the targets that lie before the appraisee to be signed."""
    sheet = _waiting(session, review, verb, TargetState.APPROVED, TargetState.PASSED)
    reviews.expect_person(
        session, review.appraisee_key, by, Sentence("{verb} the targets of review {key}", verb=verb, key=review.key)
    )
    if not _is_agreed(session, sheet):
        raise Conflict(
            "Expected to {verb} the targets of review {key}, but nobody has agreed to them", verb=verb, key=review.key
        )
    return sheet


def _waiting(session: Session, review: Review, verb: str, *states: TargetState) -> TargetSheet:
    sheet = of_review(session, review)
    if sheet is None or sheet.state not in states:
        state = Sentence("not drafted") if sheet is None else sheet.state.value
        raise Conflict(
            "Expected to {verb} the targets of review {key}, but they are {state}",
            verb=verb,
            key=review.key,
            state=state,
        )
    return sheet
