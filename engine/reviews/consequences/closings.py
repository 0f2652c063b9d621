"""Closings: HR ends a follow-up that somebody leaves undone, as where nobody agrees to an ability plan (E-59).

It is nobody's answer and has no other consequence; what was written and practised is kept.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Forbidden
from engine.identity import SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.consequences import follow_ups
from engine.reviews.cycle import reviews
from engine.reviews.models import FollowUp, FollowUpState, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text

CLOSABLE = (FollowUpState.OPEN, FollowUpState.APPLIED)
"""The states in which somebody may leave it undone."""


def close(session: Session, row: FollowUp, *, reason: str, by: Identity) -> None:
    """Let a follow-up lapse, as HR, wherever its process stands.

    Raises:
        Forbidden: `by` is not HR, or it is the own.
        Conflict: it is not open.
        Invalid: no reason is given.
    """
    intent = Sentence("close follow-up {key}", key=row.key)
    people.expect_role(by, Role.HR, intent)
    appraisee = reviews.found(session, row.review_key).appraisee_key
    if people.by_key(session, appraisee).username == by.username:
        raise Forbidden("Expected to {intent}, but it is one's own", intent=intent)
    if row.state not in CLOSABLE:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=row.state.value)
    expect_text(reason, "reason", intent)
    row.state, row.reason = FollowUpState.LAPSED, reason
    row.decided_by, row.decided_at = by.username, clock.now(session)
    notices.write(session, appraisee, "follow-up-closed", name=row.rule["name"], reason=reason)
    ends = Publication(follow_ups.WITHDRAWN, str(row.key), time_to_live=follow_ups.KEPT)
    messages.publish(session, ends, by=SYSTEM)
