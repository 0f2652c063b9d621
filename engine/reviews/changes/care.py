"""Improvement plans of who has left: the own one ends without a finding, those that one mentored get another mentor."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.models import TaskState, UserTask
from engine.identity import Identity
from engine.reviews.changes import hand_overs
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.models import Choice, CycleChange, Outcome, Person, Plan, PlanState
from engine.reviews.organisation import people
from engine.reviews.plans import endings, mentoring, plans


def of_person(session: Session, person: Person) -> Iterator[Item]:
    """Yield the own plan that runs, its exit review included, and those that somebody mentors, of whichever cycle."""
    own = select(Plan).where(Plan.appraisee_key == person.key).order_by(Plan.key)
    for plan in session.scalars(own).all():
        if plan.state not in plans.OVER or endings.is_running(session, plan):
            yield Item("plan", plan.key, plan.appraisee_key, plan.review_key)
    mentored = select(Plan).where(Plan.mentor_key == person.key, Plan.state == PlanState.OBSERVED).order_by(Plan.key)
    for plan in session.scalars(mentored).all():
        yield Item("mentor", plan.key, plan.appraisee_key, plan.review_key)


def choices_own(_session: Session, _change: CycleChange, _item: Item) -> tuple[Choice, ...]:
    """Name what may become of the own plan of somebody who has left."""
    return (Choice.APPLY, Choice.KEEP)


def foresee_own(session: Session, _change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell which tasks end with the plan."""
    if choice is Choice.KEEP:
        return {"notes": []}
    plan = plans.found(session, item.key)
    open_ = select(UserTask).where(UserTask.root_key == plan.instance_key, UserTask.state == TaskState.CREATED)
    found = session.scalars(open_.order_by(UserTask.due_at, UserTask.key)).all()
    return {"tasks": hand_overs.told(session, found, None), "notes": ["plan-closes"]}


def apply_own(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Close the plan as resigned, with whatever it waits for; nothing is found of anybody's work."""
    if choice is Choice.APPLY:
        plan = plans.found(session, item.key)
        endings.close(session, plan, Outcome.RESIGNED, reason=change.reason, by=by)
    return NOTHING


def choices_mentored(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of a plan whose mentor is gone: who follows mentors it, or the superior names one (E-85)."""
    plan, after = plans.found(session, item.key), _after(session, change)
    fits = after is not None and not mentoring.problems(session, plan, after)
    return (Choice.HAND_OVER, Choice.KEEP) if fits else (Choice.KEEP,)


def foresee_mentored(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell who mentors the plan then."""
    plan, after = plans.found(session, item.key), _after(session, change)
    before = people.by_key(session, plan.mentor_key).username if plan.mentor_key else None
    if choice is not Choice.HAND_OVER or after is None:
        return {"from": before, "to": before, "notes": ["mentor-asked"]}
    return {"from": before, "to": after.username, "notes": []}


def apply_mentored(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Let who follows mentor the plan; whatever the former mentor noted stays."""
    after = _after(session, change)
    if choice is Choice.HAND_OVER and after is not None:
        mentoring.replace(session, plans.found(session, item.key), after, by=by)
    return NOTHING


def _after(session: Session, change: CycleChange) -> Person | None:
    key = change.details.get("to")
    return None if key is None else people.by_key(session, int(key))


OWN = Part(choices_own, foresee_own, apply_own)
MENTORED = Part(choices_mentored, foresee_mentored, apply_mentored)
