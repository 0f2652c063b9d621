"""Who has left, or is away for long: the own review is closed or waits; nobody gets the lowest grade (E-15, E-16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from engine import calendars
from engine.bpmn.models import UserTask
from engine.identity import Identity
from engine.reviews.changes import hand_overs
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.cycle import cycles, reviews
from engine.reviews.deadlines import extensions
from engine.reviews.models import Choice, CycleChange, ReviewState, Treatment
from engine.reviews.organisation import people
from engine.reviews.rulebook import eligibility

LEFT = "离职 Left"
AWAY = "长假 On long leave"
"""How the closing reason of such a review begins."""

DAYS_AFTER = 5
"""How many working days after the last day of a leave what waited is due."""


def choices_left(_session: Session, _change: CycleChange, _item: Item) -> tuple[Choice, ...]:
    """Name what may become of the review of somebody who has left."""
    return (Choice.APPLY, Choice.KEEP)


def foresee_left(session: Session, _change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell which tasks end with the review; everything in it is kept as evidence."""
    if choice is Choice.KEEP:
        return {"notes": []}
    return {"tasks": hand_overs.told(session, _own_tasks(session, item), None), "notes": ["closed-as-left"]}


def apply_left(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Close the review as left: no signature, no grade, in no distribution (E-15)."""
    if choice is Choice.APPLY:
        _close(session, item, f"{LEFT} {change.effective_on.isoformat()}: {change.reason}", by)
    return NOTHING


def choices_away(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of the review of somebody who is away: what the eligibility table says comes first."""
    more = (Choice.EXTEND,) if change.details.get("until") and _own_tasks(session, item) else ()
    if _table_says_out(session, change, item):
        return (Choice.APPLY, *more, Choice.KEEP)
    return (*more, Choice.KEEP, Choice.APPLY)


def foresee_away(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell by when the own tasks are due then, or that there is no rating."""
    found = _own_tasks(session, item)
    if choice is Choice.APPLY:
        return {"tasks": hand_overs.told(session, found, None), "notes": ["not-rated"]}
    if choice is not Choice.EXTEND:
        return {"notes": []}
    until = _until(session, change).isoformat()
    told = [{**task, "until": until} for task in hand_overs.told(session, found, None)]
    return {"tasks": told, "notes": ["extended"]}


def apply_away(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Give more time until after the return, or close the review as not rated (E-16)."""
    if choice is Choice.EXTEND:
        found = [task.key for task in _own_tasks(session, item)]
        extensions.extend(session, found, _until(session, change), reason=change.reason, by=by)
    elif choice is Choice.APPLY:
        item.review(session).treatment = Treatment.NOT_RATED
        _close(session, item, f"{AWAY} {change.effective_on.isoformat()}: {change.reason}", by)
    return NOTHING


def _close(session: Session, item: Item, reason: str, by: Identity) -> None:
    review = item.review(session)
    reviews.expect_state(review, f"close review {review.key}", ReviewState.RUNNING)
    review.state, review.closing_reason = ReviewState.CLOSED, reason
    reviews.end(session, review, by=by)


def _own_tasks(session: Session, item: Item) -> Sequence[UserTask]:
    username = people.by_key(session, item.person_key).username
    return hand_overs.open_of(session, item.review(session), username)


def _until(session: Session, change: CycleChange) -> date:
    """Give the day on which what waited is due: some working days after the leave."""
    cycle = cycles.found(session, change.cycle_key)
    last = date.fromisoformat(change.details["until"])
    return calendars.calendar(session, cycle.calendar).add_working_days(last, DAYS_AFTER)


def _table_says_out(session: Session, change: CycleChange, item: Item) -> bool:
    cycle = cycles.found(session, change.cycle_key)
    return eligibility.of_review(item.review(session), cycles.tables(session, cycle)).treatment in eligibility.OUT


LEAVER = Part(choices_left, foresee_left, apply_left)
LEAVE = Part(choices_away, foresee_away, apply_away)
