"""Somebody who was named to rate is gone: a substitute takes the place, or it goes back to whoever names one (E-06)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import tasks
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Conflict
from engine.identity import Identity
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.models import Choice, CycleChange, Person, Rater, RaterState, Review
from engine.reviews.organisation import people
from engine.reviews.rating import candidacies, departures, raters
from engine.reviews.rulebook.rules import RaterGroup


def choices(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of a rater's place: a substitute who is named and may rate, or the place goes back."""
    rater = raters.by_key(session, item.key)
    if rater.state is not RaterState.ASKED:
        return (Choice.KEEP,)
    substitute = _substitute(session, change)
    if substitute is None or _excluded(session, item.review(session), rater, substitute):
        return (Choice.APPLY, Choice.KEEP)
    return (Choice.HAND_OVER, Choice.APPLY, Choice.KEEP)


def foresee(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell who rates then. What an anonymous rater wrote is nobody's to read, so no draft goes along."""
    rater, review = raters.by_key(session, item.key), item.review(session)
    substitute = _substitute(session, change) if choice is Choice.HAND_OVER else None
    notes = [] if rater.state is RaterState.ASKED else [f"rater-{rater.state.value}"]
    named = _substitute(session, change)
    if named is not None and rater.state is RaterState.ASKED and _excluded(session, review, rater, named):
        notes.append("excluded-by-rules")
    task, before = _task(session, review, rater), people.by_key(session, rater.person_key)
    follows = before if choice is Choice.KEEP else substitute
    return {
        "group": rater.group_id,
        "from": before.username,
        "to": follows.username if follows else None,
        "tasks": [_told(task, follows)] if task else [],
        "notes": notes,
    }


def apply(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Give the place to the substitute, or back to whoever names one.

    Raises:
        Conflict: the rating is given, or no substitute is named.
        Invalid: the rules of the group exclude the substitute.
    """
    rater, review = raters.by_key(session, item.key), item.review(session)
    if choice is Choice.APPLY:
        departures.withdraw(session, rater, reason=change.reason, by=by)
    elif choice is Choice.HAND_OVER:
        substitute = _substitute(session, change)
        if substitute is None:
            raise Conflict("Expected to replace rater {key}, but nobody is named", key=rater.key)
        task = _task(session, review, rater)
        if task is not None:
            tasks.assign(session, task.key, substitute.username, by=by.trusted())
        else:
            held_by = people.by_key(session, rater.person_key)
            departures.delegate(session, review, rater.group_id, held_by, substitute)
    return NOTHING


def _substitute(session: Session, change: CycleChange) -> Person | None:
    key = change.details.get("to")
    return None if key is None else people.by_key(session, int(key))


def _excluded(session: Session, review: Review, rater: Rater, substitute: Person) -> bool:
    group = _group(session, review, rater)
    return next(candidacies.exclusions(session, review, group, substitute), None) is not None


def _group(session: Session, review: Review, rater: Rater) -> RaterGroup:
    return next(group for group in raters.groups(session, review) if group.id == rater.group_id)


def _task(session: Session, review: Review, rater: Rater) -> UserTask | None:
    """Find the task in which somebody is to rate as a named rater."""
    username = people.by_key(session, rater.person_key).username
    held = select(UserTask).where(UserTask.root_key == review.instance_key, UserTask.state == TaskState.CREATED)
    mine = held.where(UserTask.assignee == username, UserTask.process_id == "peer-rating")
    return session.scalars(mine.order_by(UserTask.key).limit(1)).first()


def _told(task: UserTask, follows: Person | None) -> dict[str, Any]:
    return {
        "task": str(task.key),
        "element": task.element_id,
        "name": task.name or task.element_id,
        "from": task.assignee,
        "to": follows.username if follows else None,
        "due": task.due_at.isoformat() if task.due_at else None,
        "drafts": 0,
    }


GONE = Part(choices, foresee, apply)
