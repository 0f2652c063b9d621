"""What else was theirs who have left: the own plan ends, those mentored or led go on under others, seats are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.models import TaskState, UserTask
from engine.identity import SYSTEM, Identity
from engine.reviews.changes import hand_overs
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.models import Choice, CycleChange, Outcome, Person, Plan, PlanState
from engine.reviews.organisation import employments, lines, people
from engine.reviews.panels import vacancies
from engine.reviews.plans import endings, leads, mentoring, plans


def of_person(session: Session, person: Person) -> Iterator[Item]:
    """Yield the own plan that runs, its exit review included, and those that somebody mentors, of whichever cycle."""
    own = select(Plan).where(Plan.appraisee_key == person.key).order_by(Plan.key)
    for plan in session.scalars(own).all():
        if plan.state not in plans.OVER or endings.is_running(session, plan):
            yield Item("plan", plan.key, plan.appraisee_key, plan.review_key)
    for plan in leads.led_by(session, person.key):
        yield Item("led-plan", plan.key, plan.appraisee_key, plan.review_key)
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
    """Let who follows mentor the plan, or have the superior asked; whatever the former mentor noted stays."""
    plan, after = plans.found(session, item.key), _after(session, change)
    if choice is Choice.HAND_OVER and after is not None:
        mentoring.replace(session, plan, after, by=by)
    else:
        mentoring.ask_for_another(session, plan, by=by)
    return NOTHING


def choices_led(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of a plan whose superior is gone: who follows leads it, where that one may."""
    plan, after = plans.found(session, item.key), _after(session, change)
    return (Choice.HAND_OVER, Choice.KEEP) if after is not None and _may_lead(session, plan, after) else (Choice.KEEP,)


def foresee_led(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell who leads the plan then, and whose open tasks go along."""
    plan, after = plans.found(session, item.key), _after(session, change)
    key = plans.superior_key(session, plan)
    before = people.by_key(session, key).username if key else None
    held = UserTask.root_key == plan.instance_key, UserTask.state == TaskState.CREATED, UserTask.assignee == before
    found = session.scalars(select(UserTask).where(*held).order_by(UserTask.due_at, UserTask.key)).all()
    to = after if choice is Choice.HAND_OVER else None
    notes = [] if choice is Choice.HAND_OVER else ["plan-without-lead"]
    return {"from": before, "to": to.username if to else before, "tasks": _told(session, found, to), "notes": notes}


def apply_led(session: Session, change: CycleChange, item: Item, choice: Choice, _by: Identity) -> Aftermath:
    """Let who follows lead the plan; open tasks go along, with what was typed into them."""
    after = _after(session, change)
    if choice is Choice.HAND_OVER and after is not None:
        leads.name(session, plans.found(session, item.key), after, by=SYSTEM)
    return NOTHING


def vacate_seats(session: Session, gone: Iterable[Person], *, by: Identity) -> None:
    """Have the seats on panels taken by others of those who cannot sit any more (E-67)."""
    for person in gone:
        vacancies.check_seats_of(session, person, by=by)


def _told(session: Session, found: Sequence[UserTask], to: Person | None) -> list[dict[str, Any]]:
    """Tell of tasks; what a former superior states of what was seen stays that one's."""
    return hand_overs.told(session, [task for task in found if task.element_id != leads.WITNESSED], to)


def _may_lead(session: Session, plan: Plan, after: Person) -> bool:
    today = plans.today_of(session, plan)
    above = {one.key for one in lines.superiors_of(session, after.key, today)}
    apart = after.key not in (plan.appraisee_key, plan.mentor_key) and plan.appraisee_key not in above
    return apart and employments.is_employed(session, after.key, today)


def _after(session: Session, change: CycleChange) -> Person | None:
    key = change.details.get("to")
    return None if key is None else people.by_key(session, int(key))


OWN = Part(choices_own, foresee_own, apply_own)
LED = Part(choices_led, foresee_led, apply_led)
MENTORED = Part(choices_mentored, foresee_mentored, apply_mentored)
