"""Mentors: who mentors a running plan, and who takes over when that one is gone (E-85)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import chores, messages
from engine.bpmn.messages import Publication
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import SYSTEM, Identity
from engine.reviews.models import MentorTerm, Person, Plan, PlanState, Role
from engine.reviews.organisation import employments, people
from engine.reviews.plans import plans, spans
from engine.reviews.sentences import Sentence

REPLACED = "mentor-replaced"
"""The message, by the plan's key, that another mentors it, or is to be named: the one before is asked no more."""

ASKED = "replace_mentor"
"""The step in which the superior names another."""

WATCH = "reviews.watch-mentor"
"""The chore that looks every day whether the mentor of a plan has left."""


def current(session: Session, plan: Plan) -> Person | None:
    """Find who mentors a plan; None where that one has left."""
    if plan.mentor_key is None or not employments.is_employed(session, plan.mentor_key, plans.today_of(session, plan)):
        return None
    return people.by_key(session, plan.mentor_key)


def name(session: Session, plan: Plan, mentor: Person, *, by: Identity) -> None:
    """Name another mentor for a running plan, as the superior or HR; days without one do not count.

    Raises:
        Forbidden: `by` is neither.
        Conflict: the observation does not run, or that one mentors it already.
        Invalid: the mentor is the appraisee or the superior, or is not employed.
    """
    intent = Sentence("name a mentor for plan {key}", key=plan.key)
    expect_lead(session, plan, by, intent)
    plans.expect_state(plan, intent, PlanState.OBSERVED)
    if found := problems(session, plan, mentor):
        raise Invalid("Expected to {intent}, but it cannot be that one", found, intent=intent)
    today = plans.today_of(session, plan)
    if (before := current(session, plan)) is not None and before.key == mentor.key:
        raise Conflict(
            "Expected to {intent}, but {username} mentors it already", intent=intent, username=mentor.username
        )
    running = select(MentorTerm).where(MentorTerm.plan_key == plan.key, MentorTerm.valid_until.is_(None))
    for term in session.scalars(running).all():
        term.valid_until = max(term.valid_from, today - timedelta(days=1))
    session.add(MentorTerm(plan_key=plan.key, person_key=mentor.key, valid_from=today))
    plan.mentor_key = mentor.key
    session.flush()  # the last day depends on it
    spans.last_day(session, plan)


def replace(session: Session, plan: Plan, mentor: Person, *, by: Identity) -> None:
    """Name another mentor, and take the open note from the one before.

    Raises:
        Forbidden, Conflict, Invalid: as `name`.
    """
    name(session, plan, mentor, by=by)
    messages.publish(session, Publication(REPLACED, str(plan.key)), by=by.trusted())


def ask_for_another(session: Session, plan: Plan, *, by: Identity) -> None:
    """Have the superior asked for another mentor of a running plan, where the one there was has left (E-85)."""
    if plan.state is not PlanState.OBSERVED or current(session, plan) is not None:
        return
    asked = select(UserTask.key).where(UserTask.root_key == plan.instance_key, UserTask.element_id == ASKED)
    if session.scalar(asked.where(UserTask.state == TaskState.CREATED).limit(1)) is None:
        messages.publish(session, Publication(REPLACED, str(plan.key)), by=by.trusted())


def watch(session: Session, plan: Plan) -> None:
    """Look whether the mentor has left, tomorrow and every day until the observation is over."""
    tomorrow = calendars.end_of(plans.today_of(session, plan), plans.zone_of(session, plan))
    chores.defer(session, WATCH, {"plan": plan.key}, run_at=max(tomorrow, clock.now(session)))


@chores.chore(WATCH)
def look_again(session: Session, plan: int) -> None:
    """Ask for another mentor where the one there was has left, and go on watching."""
    observed = plans.found(session, plan)
    if observed.state is PlanState.OBSERVED:
        ask_for_another(session, observed, by=SYSTEM)
        watch(session, observed)


def expect_lead(session: Session, plan: Plan, by: Identity, intent: str) -> Person:
    """Let pass the superior and HR, but nobody who is observed.

    Raises:
        Forbidden: `by` is neither, or it is the own plan.
    """
    person = people.named(session, by.username)
    if person.key != plans.superior_key(session, plan):
        people.expect_role(by, Role.HR, intent)
    if person.key == plan.appraisee_key:
        raise Forbidden("Expected to {intent}, but it is {username}'s own", intent=intent, username=by.username)
    return person


def problems(session: Session, plan: Plan, mentor: Person) -> list[Problem]:
    """Name why somebody cannot mentor a plan."""
    if mentor.key in {plan.appraisee_key, plans.superior_key(session, plan)}:
        return [Problem(Sentence("Neither appraisee nor superior is the mentor"), "mentor", "own-mentor")]
    today = plans.today_of(session, plan)
    if not employments.is_employed(session, mentor.key, today):
        sentence = Sentence("{name} is not employed on {day}", name=mentor.name, day=today.isoformat())
        return [Problem(sentence, "mentor", "not-employed")]
    return []
