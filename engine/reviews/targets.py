"""Targets: drafted by the appraisee, reviewed, approved, signed. Time never agrees for anybody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews import reviews
from engine.reviews.completions import target_problem
from engine.reviews.models import Review, TargetDecision, TargetSheet, TargetState
from engine.reviews.rules import Template
from engine.reviews.sentences import Sentence, expect_text


def of_review(session: Session, review: Review) -> TargetSheet | None:
    """Find the newest version of a review's targets."""
    sheets = select(TargetSheet).where(TargetSheet.review_key == review.key)
    return session.scalar(sheets.order_by(TargetSheet.version.desc()).limit(1))


def draft(session: Session, review: Review, targets: Mapping[str, str], *, by: Identity, note: str = "") -> TargetSheet:
    """Write the next version of one's own targets.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: the newest version is waiting for an answer, or signed.
        Invalid: a target is missing, unknown, not in its indicator's notation, or cannot be measured against.
    """
    reviews.expect_person(session, review.appraisee_key, by, f"draft the targets of review {review.key}")
    latest = of_review(session, review)
    if latest is not None and latest.state is not TargetState.RETURNED:
        raise Conflict(
            f"Expected to draft the targets of review {review.key}, but they are {latest.state.value} already"
        )
    if problems := drafting_problems(reviews.template(session, review), targets):
        raise Invalid(f"Expected to draft the targets of review {review.key}, but they are not complete", problems)
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
    sheet = _waiting(session, review, "return", TargetState.DRAFTED, TargetState.REVIEWED)
    level = review.superior_key if sheet.state is TargetState.DRAFTED else review.second_superior_key
    reviews.expect_person(session, level, by, f"return the targets of review {review.key}")
    expect_text(comment, "comment", f"return the targets of review {review.key}")
    return _decide(session, sheet, TargetState.RETURNED, by, comment)


def agree(session: Session, review: Review, *, by: Identity, comment: str = "") -> TargetSheet:
    """Agree to the targets as the superior; where there is no second level, that approves them (E-11).

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: they are not waiting for the superior.
    """
    sheet = _waiting(session, review, "agree to", TargetState.DRAFTED)
    reviews.expect_person(session, review.superior_key, by, f"agree to the targets of review {review.key}")
    level = TargetState.APPROVED if review.second_superior_key is None else TargetState.REVIEWED
    return _decide(session, sheet, level, by, comment)


def approve(session: Session, review: Review, *, by: Identity, comment: str = "") -> TargetSheet:
    """Approve the targets as the second level.

    Raises:
        Forbidden: `by` is not the superior's superior.
        Conflict: they are not waiting for the second level.
    """
    sheet = _waiting(session, review, "approve", TargetState.REVIEWED)
    reviews.expect_person(session, review.second_superior_key, by, f"approve the targets of review {review.key}")
    return _decide(session, sheet, TargetState.APPROVED, by, comment)


def sign(
    session: Session, review: Review, *, by: Identity, reserved: bool = False, reservation: str = ""
) -> TargetSheet:
    """Sign the commitment letter, with a reservation or without; a digest of what was signed is kept.

    Raises:
        Forbidden: `by` is not the appraisee: nobody signs for another.
        Conflict: they are not approved.
        Invalid: a reservation says nothing.
    """
    if reserved:
        expect_text(reservation, "reservation", f"sign the targets of review {review.key}")
    sheet = _waiting(session, review, "sign", TargetState.APPROVED)
    reviews.expect_person(session, review.appraisee_key, by, f"sign the targets of review {review.key}")
    signed = [str(sheet.key), sheet.version, sheet.targets, sheet.note, reservation]
    content = json.dumps(signed, ensure_ascii=False, sort_keys=True)
    sheet.digest = hashlib.sha256(content.encode()).hexdigest()
    return _decide(session, sheet, TargetState.SIGNED, by, reservation)


def _decide(session: Session, sheet: TargetSheet, state: TargetState, by: Identity, comment: str) -> TargetSheet:
    sheet.state = state
    session.add(
        TargetDecision(
            sheet_key=sheet.key,
            state=state,
            comment=comment,
            decided_by=by.username,
            decided_at=clock.now(session),
        )
    )
    return sheet


def _waiting(session: Session, review: Review, verb: str, *states: TargetState) -> TargetSheet:
    sheet = of_review(session, review)
    if sheet is None or sheet.state not in states:
        state = "not drafted" if sheet is None else sheet.state.value
        raise Conflict(f"Expected to {verb} the targets of review {review.key}, but they are {state}")
    return sheet
