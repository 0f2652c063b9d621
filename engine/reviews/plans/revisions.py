"""Revisions of a running plan: objectives change, and targets rise, only with the appraisee's agreement (E-87)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cycle import reviews
from engine.reviews.models import Plan, PlanRevision, PlanState, Review
from engine.reviews.plans import drafts, mentoring, plans
from engine.reviews.plans.drafts import Objective
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.signing import targets


def ask(session: Session, plan: Plan, objectives: Sequence[Objective], *, reason: str, by: Identity) -> PlanRevision:
    """Ask the appraisee to agree to other objectives, as the superior or HR; those that were signed hold meanwhile.

    Raises:
        Forbidden: `by` is neither.
        Conflict: the observation does not run, or another revision is not answered.
        Invalid: the objectives are not complete, or no reason is given.
    """
    intent = Sentence("revise the objectives of plan {key}", key=plan.key)
    mentoring.expect_lead(session, plan, by, intent)
    plans.expect_state(plan, intent, PlanState.OBSERVED)
    expect_text(reason, "reason", intent)
    if problems := drafts.objective_problems(objectives):
        raise Invalid("Expected to {intent}, but they are not complete", problems, intent=intent)
    if open_of(session, plan) is not None:
        raise Conflict("Expected to {intent}, but the appraisee has not answered the last revision", intent=intent)
    row = PlanRevision(
        plan_key=plan.key,
        objectives=[one.to_json() for one in objectives],
        reason=reason,
        asked_by=by.username,
        asked_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # the answer refers to it
    notices.write(session, plan.appraisee_key, "plan-revision", plan=str(plan.key), reason=reason)
    return row


def answer(session: Session, plan: Plan, *, agreed: bool, by: Identity) -> PlanRevision:
    """Agree to the objectives that are asked for, or not, as the appraisee; a no changes nothing and has no penalty.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: nothing is asked, or the observation does not run.
    """
    intent = Sentence("answer the revision of plan {key}", key=plan.key)
    reviews.expect_person(session, plan.appraisee_key, by, intent)
    plans.expect_state(plan, intent, PlanState.OBSERVED)
    row = open_of(session, plan)
    if row is None:
        raise Conflict("Expected to {intent}, but nothing is asked", intent=intent)
    row.agreed, row.answered_at = agreed, clock.now(session)
    if agreed:
        plan.objectives = row.objectives
    return row


def open_of(session: Session, plan: Plan) -> PlanRevision | None:
    """Find the revision that waits for the appraisee's answer."""
    return session.scalar(
        select(PlanRevision).where(PlanRevision.plan_key == plan.key, PlanRevision.agreed.is_(None)).limit(1)
    )


def of_plan(session: Session, plan: Plan) -> Sequence[PlanRevision]:
    """List the revisions of a plan, the first one first."""
    own = select(PlanRevision).where(PlanRevision.plan_key == plan.key)
    return session.scalars(own.order_by(PlanRevision.key)).all()


def expect_targets_agreed(session: Session, review: Review, changed: Mapping[str, str], *, agreed: bool) -> None:
    """Let pass other targets of a review, unless a plan of the appraisee is observed and they have not agreed (E-87).

    Raises:
        Conflict: the plan is observed, some are signed and would change, and the appraisee has not agreed.
    """
    intent = Sentence("change the targets of review {key}", key=review.key)
    signed = targets.in_force(session, review)
    changes = signed is not None and any(signed.targets.get(name) != target for name, target in changed.items())
    plan = plans.running_of(session, review.appraisee_key)
    if changes and plan is not None and plan.state is PlanState.OBSERVED and not agreed:
        reason = Sentence(
            "plan {key} is observed: a target is raised only with the appraisee's agreement", key=plan.key
        )
        raise Conflict("Expected to {intent}, but {reason}", intent=intent, reason=reason)
