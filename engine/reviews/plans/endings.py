"""Endings: how a plan ends: by a decision, because person or post is gone, or because nothing opened it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import instances, messages
from engine.bpmn.messages import Publication
from engine.bpmn.models import InstanceState
from engine.errors import Conflict, Invalid
from engine.identity import SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.models import ExitReview, ExitState, Outcome, Plan, PlanState
from engine.reviews.plans import plans
from engine.reviews.sentences import Sentence, expect_text

ENDED = "plan-ended"
"""The message, correlated by the plan's key, that ends its process wherever it stands."""

WITHOUT_FINDING = (Outcome.RESIGNED, Outcome.ABOLISHED, Outcome.VOIDED)
"""The outcomes that find nothing of the appraisee's work."""


def settle(session: Session, plan: Plan, outcome: Outcome, *, reason: str, by: Identity) -> None:
    """Keep how a plan ended; its process goes on to its own end."""
    plan.state, plan.outcome = PlanState.ENDED, outcome
    plan.reason, plan.decided_by, plan.ended_at = reason, by.username, clock.now(session)
    session.flush()  # whether somebody has a plan depends on it


def close(session: Session, plan: Plan, outcome: Outcome, *, reason: str, by: Identity) -> None:
    """Close a plan without a finding, as HR: the person has left, the post is gone (E-92), or nothing opened it.

    Whatever its process waits for ends with it, an exit review too; what people wrote is kept.

    Raises:
        Forbidden: `by` is not HR, or it is the own plan.
        Conflict: it is over, unless what opened it turned out not to hold before an exit was served.
        Invalid: the outcome is a finding, or no reason is given.
    """
    intent = Sentence("close plan {key}", key=plan.key)
    if by is not SYSTEM:
        plans.expect_officer(session, plan, by, intent)
    if outcome not in WITHOUT_FINDING:
        raise Invalid(
            "Expected to {intent}, but {outcome} is a finding, and takes an assessment",
            intent=intent,
            outcome=outcome.value,
        )
    expect_text(reason, "reason", intent)
    if plan.state in plans.OVER and not is_running(session, plan):
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=plan.state.value)
    _end(session, plan, outcome, reason=reason, by=by)


def void(session: Session, plan: Plan, *, reason: str, by: Identity) -> None:
    """Void a plan that no ground holds any more, whoever changed the result: a panel is not HR (E-79)."""
    _end(session, plan, Outcome.VOIDED, reason=reason, by=by)


def is_running(session: Session, plan: Plan) -> bool:
    """Tell whether the process of a plan runs, the exit review after its end included."""
    return plan.instance_key is not None and instances.get(session, plan.instance_key).state is InstanceState.ACTIVE


def _end(session: Session, plan: Plan, outcome: Outcome, *, reason: str, by: Identity) -> None:
    running = is_running(session, plan)
    settle(session, plan, outcome, reason=reason, by=by)
    _stop_exit(session, plan, by)
    notices.write(session, plan.appraisee_key, "plan-closed", plan=str(plan.key), outcome=outcome.value, reason=reason)
    if running:
        messages.publish(session, Publication(ENDED, str(plan.key)), by=by.trusted())


def _stop_exit(session: Session, plan: Plan, by: Identity) -> None:
    held = session.scalar(select(ExitReview).where(ExitReview.plan_key == plan.key))
    if held is not None and held.state in (ExitState.BEGUN, ExitState.CHECKED, ExitState.DECIDED):
        held.state, held.reason = ExitState.STOPPED, plan.reason
        held.decided_by, held.decided_at = by.username, clock.now(session)
