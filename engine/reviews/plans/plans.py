"""Improvement plans (PIP): proposed on grounds, one at a time for each person, each with a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import instances
from engine.calendars import WorkingCalendar
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles, reviews
from engine.reviews.deadlines import timing
from engine.reviews.models import (
    Cycle,
    CycleKind,
    Outcome,
    Plan,
    PlanGround,
    PlanState,
    Review,
    ReviewState,
    Role,
)
from engine.reviews.organisation import people
from engine.reviews.release import results
from engine.reviews.sentences import Sentence, expect_text

PROCESS = "pip-observation"
"""The process that a plan runs."""

LONGEST = 3
"""The most months that may be observed (003; section 6.3)."""

OVER = (PlanState.DISMISSED, PlanState.ENDED)
"""The states of a plan that is over."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a plan is proposed: the rule that was met, empty for a person's judgement, and what it rests on."""

    text: str
    rule: str = ""
    result_keys: tuple[int, ...] = ()


def propose(session: Session, review: Review, *, grounds: str, by: Identity) -> Plan:
    """Propose a plan, as HR; its process starts, and asks HR first whether there is to be one.

    Where the cycle is of teams it is a plan of the department, which its head answers for (L004-04).

    Raises:
        Forbidden: `by` is not HR.
        Conflict: no result of the review is released, or the appraisee has a plan that is not over (E-82).
        Invalid: no grounds are given.
    """
    intent = Sentence("propose a plan in review {key}", key=review.key)
    people.expect_role(by, Role.HR, intent)
    reviews.expect_state(review, intent, ReviewState.RELEASED, ReviewState.SIGNED, ReviewState.CLOSED)
    if running_of(session, review.appraisee_key) is not None:
        raise Conflict("Expected to {intent}, but the appraisee has one that is not over", intent=intent)
    expect_text(grounds, "grounds", intent)
    ground = Ground(grounds, result_keys=(results.expected(session, review).key,))
    return begin(session, review, ground, by=by)


def begin(session: Session, review: Review, ground: Ground, *, by: Identity) -> Plan:
    """Keep a proposal with its first ground and start its process."""
    cycle = cycles.found(session, review.cycle_key)
    plan = Plan(
        review_key=review.key,
        appraisee_key=review.appraisee_key,
        grounds=ground.text,
        proposed_by=by.username,
        proposed_at=clock.now(session),
        department_key=review.department_key if cycle.kind is CycleKind.TEAM else None,
    )
    session.add(plan)
    session.flush()  # its process, grounds and notes refer to it
    add_ground(session, plan, ground)
    _start(session, plan, review, by)
    return plan


def add_ground(session: Session, plan: Plan, ground: Ground) -> None:
    """Add a ground to a plan: two rules that are met at once open one plan (E-82)."""
    session.add(
        PlanGround(
            plan_key=plan.key,
            rule=ground.rule,
            text=ground.text,
            result_keys=[str(key) for key in ground.result_keys],
            given_at=clock.now(session),
        )
    )
    session.flush()  # whoever reads the grounds next finds it


def grounds_of(session: Session, plan: Plan) -> Sequence[PlanGround]:
    """List the grounds of a plan, the first one first."""
    return session.scalars(select(PlanGround).where(PlanGround.plan_key == plan.key).order_by(PlanGround.key)).all()


def found(session: Session, key: int) -> Plan:
    """Find a plan by key.

    Raises:
        NotFound: there is none.
    """
    plan = session.get(Plan, key)
    if plan is None:
        raise NotFound("Expected to find plan {key}, but there is none", key=key)
    return plan


def visible(session: Session, *, by: Identity) -> Sequence[Plan]:
    """List the plans that somebody may know of, the newest first."""
    return session.scalars(select(Plan).where(access.plans(session, by)).order_by(Plan.key.desc())).all()


def during(session: Session, review: Review, *, by: Identity) -> Sequence[Plan]:
    """List the plans that were observed within the period of a review and that somebody may know of (E-84).

    The review goes its regular way and its period opens no other plan; the note beside its grade says so to the line,
    the mentor and HR, and to nobody else who reads the result.
    """
    cycle = cycles.found(session, review.cycle_key)
    observed = select(Plan).where(
        Plan.appraisee_key == review.appraisee_key,
        Plan.starts_on <= cycle.ends_on,
        or_(Plan.outcome.is_(None), Plan.outcome != Outcome.VOIDED),
        access.plans(session, by),
    )
    rows = session.scalars(observed.order_by(Plan.key)).all()
    return [one for one in rows if _observed_until(session, one) >= cycle.starts_on]


def running_of(session: Session, person_key: int) -> Plan | None:
    """Find the plan of somebody that is not over; there is at most one."""
    return session.scalar(select(Plan).where(Plan.appraisee_key == person_key, Plan.state.not_in(OVER)))


def superior_key(session: Session, plan: Plan) -> int | None:
    """Name the superior who leads the plan: whom HR named since (`leads`), else the one of its review."""
    return plan.superior_key or reviews.found(session, plan.review_key).superior_key


def calendar_of(session: Session, plan: Plan) -> WorkingCalendar:
    """Return the calendar by which a plan counts its days."""
    return calendars.calendar(session, cycle_of(session, plan).calendar)


def zone_of(session: Session, plan: Plan) -> ZoneInfo:
    """Return the zone in which a plan counts its days."""
    return ZoneInfo(cycle_of(session, plan).zone)


def cycle_of(session: Session, plan: Plan) -> Cycle:
    """Find the cycle whose result a plan was proposed on."""
    return cycles.found(session, reviews.found(session, plan.review_key).cycle_key)


def today_of(session: Session, plan: Plan) -> date:
    """Return today in the zone of a plan."""
    return calendars.today(session, zone_of(session, plan))


def is_past(session: Session, plan: Plan, day: date) -> bool:
    """Tell whether a day is over for a plan, at 24:00 or at the close of business, as the cycle counts."""
    return clock.now(session) >= calendars.end_of(
        day, zone_of(session, plan), cycle_of(session, plan).close_of_business
    )


def day_of(session: Session, plan: Plan, instant: datetime) -> date:
    """Name the day of an instant in the zone of a plan."""
    return instant.astimezone(zone_of(session, plan)).date()


def expect_state(plan: Plan, intent: str, *states: PlanState) -> None:
    """Let pass only a plan in one of `states`.

    Raises:
        Conflict: it is in another.
    """
    if plan.state not in states:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=plan.state.value)


def expect_past(session: Session, plan: Plan, day: date, where: str, intent: str) -> None:
    """Let pass only a day that has come.

    Raises:
        Invalid: it lies in the future.
    """
    if day > today_of(session, plan):
        problem = Problem(Sentence("{day} lies in the future", day=day.isoformat()), where, "future")
        raise Invalid("Expected to {intent}, but a day does not fit", [problem], intent=intent)


def expect_officer(session: Session, plan: Plan, by: Identity, intent: str) -> None:
    """Let pass HR, but nobody whose own plan it is (E-95)."""
    people.expect_role(by, Role.HR, intent)
    if people.by_key(session, plan.appraisee_key).username == by.username:
        raise Forbidden("Expected to {intent}, but it is one's own", intent=intent)


def _observed_until(session: Session, plan: Plan) -> date:
    if plan.ended_at is not None:
        return day_of(session, plan, plan.ended_at)
    return plan.ends_on or today_of(session, plan)


def _start(session: Session, plan: Plan, review: Review, by: Identity) -> None:
    cycle = cycles.found(session, review.cycle_key)
    usernames = {
        "appraisee": people.by_key(session, review.appraisee_key).username,
        "superior": people.by_key(session, review.superior_key).username if review.superior_key else None,
    }
    instance = instances.start(
        session,
        process_id=PROCESS,
        variables={"review": str(review.key), "plan": str(plan.key), **usernames, **timing.variables(cycle)},
        by=by.trusted(),
        origin=timing.origin(cycle, review.key),
    )
    plan.instance_key = instance.key
