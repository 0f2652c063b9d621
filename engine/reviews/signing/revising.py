"""Revising: targets that hold are followed by others that the management agreed on, and are signed again (E-31)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Review, TargetDecision, TargetSheet, TargetState
from engine.reviews.sentences import Sentence
from engine.reviews.signing import targets


def revise(session: Session, review: Review, changed: Mapping[str, str], *, reason: str, by: Identity) -> TargetSheet:
    """Write the next version of targets that hold, approved by whoever approved the change of the cycle.

    It lies before the appraisee to be signed; until it is, the version before holds.

    Raises:
        Conflict: no targets hold, or a later version is under way.
        Invalid: a target is not as a draft must be.
    """
    intent = Sentence("change the targets of review {key}", key=review.key)
    held, newest = targets.in_force(session, review), targets.of_review(session, review)
    if held is None or newest is None or newest.key != held.key:
        state = Sentence("not drafted") if newest is None else newest.state.value
        raise Conflict("Expected to {intent}, but they are {state}", intent=intent, state=state)
    if problems := targets.drafting_problems(reviews.template(session, review), changed):
        raise Invalid("Expected to {intent}, but they are not complete", problems, intent=intent)
    now = clock.now(session)
    sheet = TargetSheet(
        review_key=review.key,
        version=held.version + 1,
        targets=dict(changed),
        note=reason,
        drafted_by=by.username,
        drafted_at=now,
        state=TargetState.APPROVED,
    )
    session.add(sheet)
    session.flush()  # the decision refers to it
    session.add(
        TargetDecision(
            sheet_key=sheet.key, state=TargetState.APPROVED, comment=reason, decided_by=by.username, decided_at=now
        )
    )
    return sheet
