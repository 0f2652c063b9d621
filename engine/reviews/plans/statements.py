"""Statements: what each superior says who led the appraisee in a period that a plan rests on (E-83)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Forbidden
from engine.identity import Identity
from engine.reviews.models import Person, Plan, PlanState, PlanStatement, Result, Review
from engine.reviews.organisation import employments, people
from engine.reviews.plans import plans
from engine.reviews.sentences import Sentence, expect_text


def witnesses(session: Session, plan: Plan) -> list[Person]:
    """List who is to say something: where the results have different superiors, each who is still employed."""
    keys = {int(key) for ground in plans.grounds_of(session, plan) for key in ground.result_keys}
    led = select(Review.superior_key).join(Result, Result.review_key == Review.key).where(Result.key.in_(keys))
    superiors = sorted({key for key in session.scalars(led) if key is not None})
    if len(superiors) < 2:
        return []
    today = plans.today_of(session, plan)
    return [people.by_key(session, key) for key in superiors if employments.is_employed(session, key, today)]


def give(session: Session, plan: Plan, text: str, *, by: Identity) -> PlanStatement:
    """State what one saw of the appraisee's work, as one who led them in a period that the plan rests on.

    Raises:
        Forbidden: `by` led none of these periods.
        Conflict: the plan is opened or over, or `by` has stated it already.
        Invalid: nothing is stated.
    """
    intent = Sentence("state something on plan {key}", key=plan.key)
    person = next((one for one in witnesses(session, plan) if one.username == by.username), None)
    if person is None:
        raise Forbidden(
            "Expected to {intent}, but {username} led none of the periods", intent=intent, username=by.username
        )
    plans.expect_state(plan, intent, PlanState.PROPOSED)
    expect_text(text, "statement", intent)
    if any(one.person_key == person.key for one in of_plan(session, plan)):
        raise Conflict(
            "Expected to {intent}, but {username} has stated it already", intent=intent, username=by.username
        )
    row = PlanStatement(plan_key=plan.key, person_key=person.key, text=text, given_at=clock.now(session))
    session.add(row)
    session.flush()  # HR's gate shows it
    return row


def of_plan(session: Session, plan: Plan) -> Sequence[PlanStatement]:
    """List what was stated, the first one first."""
    own = select(PlanStatement).where(PlanStatement.plan_key == plan.key)
    return session.scalars(own.order_by(PlanStatement.key)).all()
