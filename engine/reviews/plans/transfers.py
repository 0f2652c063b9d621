"""Transfers: another post that ends a plan, with targets and a period of its own; less pay takes agreement (E-90)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cycle import reviews
from engine.reviews.models import Outcome, Plan, PlanState, PlanTransfer
from engine.reviews.plans import endings, plans
from engine.reviews.sentences import Sentence, expect_text


@dataclass(frozen=True, slots=True)
class Offer:
    """Another post.

    Attributes:
        less_pay: whether it is paid less.
        terms: its targets and their period, and what becomes of the pay.
    """

    post: str
    begins_on: date
    less_pay: bool
    terms: str


def offer(session: Session, plan: Plan, offered: Offer, *, reason: str, by: Identity) -> PlanTransfer:
    """Transfer the appraisee, as HR; where it is paid less the plan goes on until the appraisee has agreed.

    Raises:
        Forbidden: `by` is not HR, or it is the own plan.
        Conflict: the observation does not run, or an offer is not answered.
        Invalid: post, terms or reason are missing.
    """
    intent = Sentence("transfer the appraisee of plan {key}", key=plan.key)
    plans.expect_officer(session, plan, by, intent)
    plans.expect_state(plan, intent, PlanState.OBSERVED)
    expect_text(reason, "reason", intent)
    texts = {"post": offered.post, "terms": offered.terms}
    if problems := [Problem(Sentence("It must not be empty"), name, "empty") for name in texts if not texts[name]]:
        raise Invalid("Expected to {intent}, but the offer is not complete", problems, intent=intent)
    if open_of(session, plan) is not None:
        raise Conflict("Expected to {intent}, but the appraisee has not answered the last offer", intent=intent)
    row = PlanTransfer(
        plan_key=plan.key,
        post=offered.post,
        begins_on=offered.begins_on,
        less_pay=offered.less_pay,
        terms=offered.terms,
        reason=reason,
        offered_by=by.username,
        offered_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # the answer refers to it
    if not offered.less_pay:
        endings.settle(session, plan, Outcome.TRANSFERRED, reason=reason, by=by)
    return row


def answer(session: Session, plan: Plan, *, agreed: bool, comment: str, by: Identity) -> None:
    """Agree to a post that is paid less, or not, as the appraisee; nothing becomes of the pay before.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: nothing is offered.
    """
    intent = Sentence("answer the transfer of plan {key}", key=plan.key)
    reviews.expect_person(session, plan.appraisee_key, by, intent)
    row = open_of(session, plan)
    if row is None:
        raise Conflict("Expected to {intent}, but nothing is offered", intent=intent)
    row.agreed, row.answer, row.answered_at = agreed, comment, clock.now(session)
    if agreed:
        endings.settle(session, plan, Outcome.TRANSFERRED, reason=row.reason, by=by)


def lapse(session: Session, plan: Plan) -> None:
    """Let an offer lapse that is not answered in time; silence is neither a yes nor a no, and pay and plan stay.

    Raises:
        Conflict: nothing is offered.
    """
    row = open_of(session, plan)
    if row is None:
        raise Conflict("Expected to let the transfer of plan {key} lapse, but nothing is offered", key=plan.key)
    row.lapsed_at = clock.now(session)
    notices.write(session, plan.appraisee_key, "transfer-lapsed", plan=str(plan.key), post=row.post)


def newest(session: Session, plan: Plan) -> PlanTransfer | None:
    """Find the last offer of a plan."""
    own = select(PlanTransfer).where(PlanTransfer.plan_key == plan.key)
    return session.scalar(own.order_by(PlanTransfer.key.desc()).limit(1))


def open_of(session: Session, plan: Plan) -> PlanTransfer | None:
    """Find the offer that waits for the appraisee's agreement."""
    last = newest(session, plan)
    if last is None or not last.less_pay or last.lapsed_at is not None:
        return None
    return last if last.agreed is None else None
