"""Gates: before there is a plan HR looks at it: protection, leave, appeal, and whether the targets were reasonable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import Plan, PlanState
from engine.reviews.organisation import employments
from engine.reviews.plans import checklists, plans
from engine.reviews.sentences import Sentence, expect_text


@dataclass(frozen=True, slots=True)
class Gate:
    """What HR looks at before a plan is opened; for HR alone.

    Attributes:
        protected: whether the contract could not be ended today (Labour Contract Law art. 42); why is not kept.
        on_leave: whether the appraisee is on a long leave.
        appealed: whether an appeal against a result that a ground rests on is not over.
    """

    protected: bool
    on_leave: bool
    appealed: bool


def look(session: Session, plan: Plan) -> Gate:
    """Tell what HR looks at before a plan is opened."""
    today = plans.today_of(session, plan)
    return Gate(
        protected=bool(employments.protections_of(session, plan.appraisee_key, today)),
        on_leave=bool(employments.leaves_of(session, plan.appraisee_key, today, today)),
        appealed=checklists.is_appealed(session, plan),
    )


def confirm(session: Session, plan: Plan, *, reason: str, targets_reasonable: bool, by: Identity) -> None:
    """Open a plan, as HR, with the reason why it is right; what HR looked at is kept.

    Raises:
        Forbidden: `by` is not HR, or is the appraisee.
        Conflict: it is not proposed.
        Invalid: no reason is given, the targets were not reasonable, or the appraisee is on leave.
    """
    intent = Sentence("confirm plan {key}", key=plan.key)
    plans.expect_officer(session, plan, by, intent)
    plans.expect_state(plan, intent, PlanState.PROPOSED)
    expect_text(reason, "reason", intent)
    seen = look(session, plan)
    if problems := list(_problems(seen, reasonable=targets_reasonable)):
        raise Invalid("Expected to {intent}, but it is not right to open it now", problems, intent=intent)
    plan.gate = {**asdict(seen), "targets_reasonable": targets_reasonable, "opened_by": by.username}
    plan.state, plan.reason, plan.opening, plan.decided_by = PlanState.CONFIRMED, reason, reason, by.username


def dismiss(session: Session, plan: Plan, *, reason: str, by: Identity) -> None:
    """Decide that there is no plan, as HR.

    Raises:
        Forbidden: `by` is not HR, or is the appraisee.
        Conflict: it is drafted or over.
        Invalid: no reason is given.
    """
    intent = Sentence("dismiss plan {key}", key=plan.key)
    plans.expect_officer(session, plan, by, intent)
    plans.expect_state(plan, intent, PlanState.PROPOSED)
    expect_text(reason, "reason", intent)
    plan.state, plan.reason, plan.decided_by = PlanState.DISMISSED, reason, by.username
    plan.ended_at = clock.now(session)


def _problems(seen: Gate, *, reasonable: bool) -> Iterator[Problem]:
    if not reasonable:
        sentence = Sentence("The targets were not reasonable: correct them, there is no plan")
        yield Problem(sentence, "targetsReasonable", "unreasonable")
    if seen.on_leave:
        yield Problem(Sentence("The appraisee is on leave: decide on the return"), "decision", "on-leave")
