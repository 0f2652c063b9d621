"""Chains: a plan and those before it that it goes on from, as after a transfer; what was found and given in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendars import same_day_months_later
from engine.reviews.models import Outcome, Plan, PlanGround, PlanTransfer, Result
from engine.reviews.plans import plans, trainings

REACH = 12
"""For how many months after a transfer a plan goes on from the one that the transfer ended."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A training or a transfer that was really given, and on which day."""

    kind: str
    """`training` or `transfer`."""
    what: str
    given_on: date
    hours: str = ""


def of_plan(session: Session, plan: Plan) -> list[Plan]:
    """List a plan and those that ended by a transfer not long before it, the oldest first."""
    chain = [plan]
    while (before := _before(session, chain[0])) is not None:
        chain.insert(0, before)
    return chain


def review_keys(session: Session, plan: Plan) -> set[int]:
    """Name the reviews that the standing grounds of a chain rest on."""
    return _reviews(session, [one for one in _grounds(session, of_plan(session, plan)) if not one.void])


def rested_on(session: Session, chain: Sequence[Plan]) -> set[int]:
    """Name the reviews that any ground of a chain rests on, those included that hold no more."""
    return _reviews(session, _grounds(session, chain))


def first_finding(session: Session, plan: Plan) -> tuple[PlanGround, date] | None:
    """Find the ground that first found fault and still holds, with the day it was found; None where there is none.

    The day is that of the release of the result it rests on, else the day on which a person proposed it.
    """
    for one in of_plan(session, plan):
        zone = plans.zone_of(session, one)
        for ground in plans.grounds_of(session, one):
            if ground.void or one.outcome is Outcome.VOIDED:
                continue
            found_at = _released(session, ground) or ground.given_at
            return ground, found_at.astimezone(zone).date()
    return None


def remedies(session: Session, plan: Plan) -> list[Remedy]:
    """List the trainings that were attended and the transfers that were made after the first finding, in order."""
    first = first_finding(session, plan)
    if first is None:
        return []
    found = [remedy for one in of_plan(session, plan) for remedy in _given(session, one)]
    return sorted((one for one in found if one.given_on >= first[1]), key=lambda one: one.given_on)


def _grounds(session: Session, chain: Sequence[Plan]) -> list[PlanGround]:
    return [one for part in chain for one in plans.grounds_of(session, part)]


def _reviews(session: Session, grounds: Sequence[PlanGround]) -> set[int]:
    keys = {int(key) for ground in grounds for key in ground.result_keys}
    return set(session.scalars(select(Result.review_key).where(Result.key.in_(keys))))


def _given(session: Session, plan: Plan) -> list[Remedy]:
    given = [Remedy("training", one.course, one.held_on, one.hours) for one in trainings.given(session, plan)]
    if plan.outcome is not Outcome.TRANSFERRED:
        return given
    made = session.scalars(select(PlanTransfer).where(PlanTransfer.plan_key == plan.key).order_by(PlanTransfer.key))
    return given + [Remedy("transfer", one.post, one.begins_on) for one in made if one.agreed or not one.less_pay]


def _before(session: Session, plan: Plan) -> Plan | None:
    """Find the plan that ended by a transfer within reach of when this one was proposed."""
    zone = plans.zone_of(session, plan)
    earliest = same_day_months_later(plan.proposed_at.astimezone(zone).date(), -REACH)
    earlier = select(Plan).where(
        Plan.appraisee_key == plan.appraisee_key, Plan.key < plan.key, Plan.outcome == Outcome.TRANSFERRED
    )
    last = session.scalar(earlier.order_by(Plan.key.desc()).limit(1))
    if last is None or last.ended_at is None or last.ended_at.astimezone(zone).date() < earliest:
        return None
    return last


def _released(session: Session, ground: PlanGround) -> datetime | None:
    keys = [int(key) for key in ground.result_keys]
    return session.scalar(select(Result.released_at).where(Result.key.in_(keys)).order_by(Result.released_at).limit(1))
