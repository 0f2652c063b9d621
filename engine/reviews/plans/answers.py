"""Answers: the appraisee signs a plan or refuses it, or HR records the refusal; no penalty follows."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Person, Plan, PlanState
from engine.reviews.plans import plans
from engine.reviews.sentences import Sentence, expect_text

REFUSED = "plan-refusal-recorded"
"""The message, correlated by the plan's key, that HR has recorded a refusal to sign."""


def answer(session: Session, plan: Plan, *, accepted: bool, comment: str, by: Identity) -> None:
    """Sign a plan or refuse it, as the appraisee; a refusal is recorded and has no penalty (E-88).

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: the plan is not drafted, or answered.
    """
    intent = Sentence("answer plan {key}", key=plan.key)
    reviews.expect_person(session, plan.appraisee_key, by, intent)
    _expect_unanswered(plan, intent)
    plan.accepted, plan.answer = accepted, comment


def record_refusal(session: Session, plan: Plan, *, witness: Person, reason: str, by: Identity) -> None:
    """Record before a witness that the appraisee does not sign, as HR: no penalty, and the observation begins (E-88).

    Silence is neither: nobody is taken to have refused by a deadline (section 6.1).

    Raises:
        Forbidden: `by` is not HR, or is the appraisee.
        Conflict: the plan is not drafted, or answered.
        Invalid: no reason is given, or the witness is the appraisee or whoever records it.
    """
    intent = Sentence("record a refusal to sign plan {key}", key=plan.key)
    plans.expect_officer(session, plan, by, intent)
    _expect_unanswered(plan, intent)
    expect_text(reason, "reason", intent)
    if witness.key == plan.appraisee_key or witness.username == by.username:
        problem = Problem(Sentence("A witness is somebody else"), "witness", "no-witness")
        raise Invalid("Expected to {intent}, but nobody witnessed it", [problem], intent=intent)
    plan.accepted, plan.answer, plan.witness = False, reason, witness.username
    session.flush()  # the process that goes on reads it
    messages.correlate(session, Publication(REFUSED, str(plan.key)), by=by.trusted())


def _expect_unanswered(plan: Plan, intent: str) -> None:
    plans.expect_state(plan, intent, PlanState.DRAFTED)
    if plan.accepted is not None:
        raise Conflict("Expected to {intent}, but it is answered", intent=intent)
