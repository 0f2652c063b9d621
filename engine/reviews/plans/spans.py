"""Spans: how long a plan is observed. Days on leave and days without a mentor do not count; it is extended once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendars import same_day_months_later
from engine.errors import Conflict
from engine.reviews.models import MentorTerm, Plan, PlanState
from engine.reviews.organisation import employments
from engine.reviews.plans import plans
from engine.reviews.sentences import Sentence

EXTENSION = 1
"""By how many months an observation may be extended, once (P7)."""

DAY = timedelta(days=1)


def begin(session: Session, plan: Plan) -> date:
    """Begin the observation and give its last day (W-15).

    Raises:
        Conflict: the plan is not answered.
    """
    intent = Sentence("observe plan {key}", key=plan.key)
    plans.expect_state(plan, intent, PlanState.DRAFTED)
    if plan.accepted is None:
        raise Conflict("Expected to {intent}, but the appraisee has not answered it", intent=intent)
    assert plan.mentor_key is not None  # noqa: S101 - it is drafted
    plan.starts_on = plans.today_of(session, plan)
    plan.state = PlanState.OBSERVED
    session.add(MentorTerm(plan_key=plan.key, person_key=plan.mentor_key, valid_from=plan.starts_on))
    session.flush()  # the last day depends on it
    return last_day(session, plan)


def last_day(session: Session, plan: Plan) -> date:
    """Find the last day of the observation as it is known today, and keep it (E-52, E-85)."""
    plan.ends_on = plans.calendar_of(session, plan).moved_to_working_day(counted_until(session, plan))
    return plan.ends_on


def counted_until(session: Session, plan: Plan) -> date:
    """Count the months and the days that are lost; the last day is this one or, where it is off, the next workday."""
    assert plan.starts_on is not None  # noqa: S101 - it is observed
    calendar = plans.calendar_of(session, plan)
    end = _counted(session, plan, plan.starts_on, same_day_months_later(plan.starts_on, plan.months))
    if plan.extended_at is not None:
        before = calendar.moved_to_working_day(end)
        end = _counted(session, plan, before + DAY, same_day_months_later(before, EXTENSION))
    return end


def lost_days(session: Session, plan: Plan, first: date, last: date) -> set[date]:
    """List the days of a period that do not count: those on leave, and those without a mentor.

    What has no end yet, a leave or a lack, loses the days up to today alone.
    """
    today = plans.today_of(session, plan)
    away = employments.leaves_of(session, plan.appraisee_key, first, last)
    lost = {day for leave in away for day in _days(max(leave.valid_from, first), min(leave.valid_until or today, last))}
    return lost | _unmentored(session, plan, first, min(last, today))


def suspended_until(session: Session, plan: Plan, day: date) -> date | None:
    """Find the last day of the leave that a day lies in; None where the observation runs on that day."""
    found = employments.leaves_of(session, plan.appraisee_key, day, day)
    if not found:
        return None
    return found[0].valid_until or day


def is_suspended(session: Session, plan: Plan) -> bool:
    """Tell whether a running observation stands still today."""
    return (
        plan.state is PlanState.OBSERVED and suspended_until(session, plan, plans.today_of(session, plan)) is not None
    )


def _counted(session: Session, plan: Plan, first: date, nominal: date) -> date:
    """Count a last day on by the days that are lost before it, those included that the move itself reaches.

    The working day that it is moved to is not lost itself.
    """
    end = nominal
    while (later := nominal + DAY * len(lost_days(session, plan, first, end))) != end:
        end = later
    calendar = plans.calendar_of(session, plan)
    while lost_days(session, plan, last := calendar.moved_to_working_day(end), last):
        end = last + DAY
    return end


def _unmentored(session: Session, plan: Plan, first: date, last: date) -> set[date]:
    """List the days on which nobody who is employed mentored the plan."""
    terms = session.scalars(select(MentorTerm).where(MentorTerm.plan_key == plan.key)).all()
    mentored = {
        day
        for term in terms
        for spell in employments.spells_of(session, term.person_key)
        for day in _days(
            max(first, term.valid_from, spell.valid_from),
            min(last, term.valid_until or last, spell.valid_until or last),
        )
    }
    return {*_days(first, last)} - mentored


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY
