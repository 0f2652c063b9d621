"""Ability plans (能力提升计划): practised for months after a result, then evaluated again on request (L001-31).

An ability plan is no improvement plan: missing it has no consequence, and the result before it stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import AbilityPlan, AbilityPlanState, FollowUp, Practice, SecondEvaluation
from engine.reviews.release import results
from engine.reviews.sentences import Sentence, expect_text


@dataclass(frozen=True, slots=True)
class Held:
    """One time that something was practised: which exercise, on which day, and what came of it."""

    exercise: str
    held_on: date
    note: str


def draft(session: Session, follow_up: FollowUp, notes: Mapping[str, str], *, by: Identity) -> AbilityPlan:
    """Write the plan as the appraisee: of each exercise what in particular is practised; a returned one is rewritten.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: the plan runs already.
        Invalid: of an exercise nothing is said.
    """
    intent = Sentence("write the ability plan of follow-up {key}", key=follow_up.key)
    review = reviews.found(session, follow_up.review_key)
    reviews.expect_person(session, review.appraisee_key, by, intent)
    problems = [
        Problem(Sentence("It must not be empty"), f"exercises[{number}].note", "empty")
        for number, one in enumerate(follow_up.rule["exercises"])
        if not notes.get(one["id"], "").strip()
    ]
    if problems:
        raise Invalid("Expected to {intent}, but not everything is said", problems, intent=intent)
    items = [{**one, "note": notes[one["id"]]} for one in follow_up.rule["exercises"]]
    plan = _of_follow_up(session, follow_up)
    if plan is None:
        plan = AbilityPlan(
            follow_up_key=follow_up.key, review_key=review.key, items=items, drafted_at=clock.now(session)
        )
        session.add(plan)
        session.flush()  # what is practised refers to it
        return plan
    _expect_state(plan, intent, AbilityPlanState.DRAFTED)
    plan.items, plan.drafted_at = items, clock.now(session)
    return plan


def of_follow_up(session: Session, follow_up: FollowUp) -> AbilityPlan:
    """Find the plan that a follow-up led to.

    Raises:
        NotFound: there is none yet.
    """
    plan = _of_follow_up(session, follow_up)
    if plan is None:
        raise NotFound("Expected to find the ability plan of follow-up {key}, but there is none yet", key=follow_up.key)
    return plan


def agree(session: Session, plan: AbilityPlan, *, months: int, by: Identity) -> date:
    """Agree to the plan as the superior; its months begin today, and their last day is given.

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: it runs already.
    """
    intent = Sentence("agree to ability plan {key}", key=plan.key)
    review = reviews.found(session, plan.review_key)
    reviews.expect_person(session, review.superior_key, by, intent)
    _expect_state(plan, intent, AbilityPlanState.DRAFTED)
    cycle = cycles.found(session, review.cycle_key)
    plan.starts_on = calendars.today(session, ZoneInfo(cycle.zone))
    plan.ends_on = calendars.calendar(session, cycle.calendar).add_months(plan.starts_on, months)
    plan.agreed_by, plan.agreed_at = by.username, clock.now(session)
    plan.state = AbilityPlanState.RUNNING
    return plan.ends_on


def practise(session: Session, plan: AbilityPlan, held: Held, *, by: Identity) -> dict[str, int]:
    """Record that something was practised, as the appraisee; gives how often each exercise is still to be done.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: the plan does not run.
        Invalid: the exercise is not in it, the day is not in its months or not yet over, or nothing is said.
    """
    intent = Sentence("record practice in ability plan {key}", key=plan.key)
    reviews.expect_person(session, reviews.found(session, plan.review_key).appraisee_key, by, intent)
    _expect_state(plan, intent, AbilityPlanState.RUNNING)
    expect_text(held.note, "note", intent)
    cycle = cycles.found(session, reviews.found(session, plan.review_key).cycle_key)
    today = calendars.today(session, ZoneInfo(cycle.zone))
    problems = []
    if held.exercise not in {one["id"] for one in plan.items}:
        sentence = Sentence("{exercise} is not in the plan", exercise=held.exercise)
        problems.append(Problem(sentence, "exercise", "unknown-exercise"))
    if not (plan.starts_on or date.max) <= held.held_on <= min(today, plan.ends_on or today):
        sentence = Sentence("The day lies within the plan's months, and is not in the future")
        problems.append(Problem(sentence, "heldOn", "wrong-day"))
    if problems:
        raise Invalid("Expected to {intent}, but it does not fit the plan", problems, intent=intent)
    session.add(
        Practice(
            ability_plan_key=plan.key,
            item_id=held.exercise,
            held_on=held.held_on,
            note=held.note,
            recorded_by=by.username,
            recorded_at=clock.now(session),
        )
    )
    session.flush()  # it is counted
    left = remaining(session, plan)
    if not any(left.values()):
        plan.state = AbilityPlanState.COMPLETED
    return left


def practised(session: Session, plan: AbilityPlan) -> Sequence[Practice]:
    """List what was practised, in order."""
    return session.scalars(
        select(Practice).where(Practice.ability_plan_key == plan.key).order_by(Practice.held_on, Practice.key)
    ).all()


def remaining(session: Session, plan: AbilityPlan) -> dict[str, int]:
    """Give how often each exercise is still to be done."""
    done = Counter(one.item_id for one in practised(session, plan))
    return {one["id"]: max(int(one["count"]) - done[one["id"]], 0) for one in plan.items}


def miss(plan: AbilityPlan) -> None:
    """Note that the months are over and not everything is done: no other consequence.

    Raises:
        Conflict: it does not run.
    """
    _expect_state(plan, Sentence("end ability plan {key}", key=plan.key), AbilityPlanState.RUNNING)
    plan.state = AbilityPlanState.MISSED


def ask(session: Session, plan: AbilityPlan, *, by: Identity) -> None:
    """Ask to be evaluated a second time, as the appraisee.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: not everything is done.
    """
    intent = Sentence("ask for a second evaluation after ability plan {key}", key=plan.key)
    reviews.expect_person(session, reviews.found(session, plan.review_key).appraisee_key, by, intent)
    _expect_state(plan, intent, AbilityPlanState.COMPLETED)
    plan.asked_at = clock.now(session)


def evaluate(session: Session, plan: AbilityPlan, grade: str, *, reasons: str, by: Identity) -> SecondEvaluation:
    """Evaluate a second time, as the superior; the result in force stays, and both are kept.

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: nobody asked for it.
        Invalid: it is no grade of the template, or no reasons are given.
    """
    intent = Sentence("evaluate a second time after ability plan {key}", key=plan.key)
    review = reviews.found(session, plan.review_key)
    reviews.expect_person(session, review.superior_key, by, intent)
    _expect_state(plan, intent, AbilityPlanState.COMPLETED)
    if plan.asked_at is None:
        raise Conflict("Expected to {intent}, but the appraisee has not asked for it", intent=intent)
    expect_text(grade, "grade", intent)
    expect_text(reasons, "reasons", intent)
    levels = {name for one in reviews.template(session, review).levels for name in (one.id, one.name)}
    if levels and grade not in levels:
        problem = Problem(Sentence("{grade} is no grade of this cycle", grade=grade), "grade", "unknown-grade")
        raise Invalid("Expected to {intent}, but there is no such grade", [problem], intent=intent)
    row = SecondEvaluation(
        ability_plan_key=plan.key,
        review_key=review.key,
        result_key=results.expected(session, review).key,
        grade=grade,
        reasons=reasons,
        given_by=by.username,
        given_at=clock.now(session),
    )
    session.add(row)
    plan.state = AbilityPlanState.EVALUATED
    return row


def _of_follow_up(session: Session, follow_up: FollowUp) -> AbilityPlan | None:
    return session.scalar(select(AbilityPlan).where(AbilityPlan.follow_up_key == follow_up.key))


def _expect_state(plan: AbilityPlan, intent: str, *states: AbilityPlanState) -> None:
    if plan.state not in states:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=plan.state.value)
