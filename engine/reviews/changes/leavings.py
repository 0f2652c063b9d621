"""Who has left, or is away for long: the own review is closed or waits; nobody gets the lowest grade (E-15, E-16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import calendars
from engine.bpmn import drafts
from engine.bpmn.models import UserTask
from engine.identity import Identity
from engine.reviews.changes import hand_overs, stretches
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.cycle import cycles, reviews
from engine.reviews.deadlines import extensions
from engine.reviews.deadlines.extensions import Counted
from engine.reviews.models import Choice, CycleChange, Review, ReviewState, Treatment
from engine.reviews.organisation import people
from engine.reviews.rulebook import eligibility
from engine.reviews.sentences import Sentence

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
    return {"tasks": _ending(session, item), "notes": ["closed-as-left"]}


def apply_left(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Close the review as left: no signature, no grade, in no distribution (E-15)."""
    if choice is Choice.APPLY:
        _close(session, item, f"{LEFT} {change.effective_on.isoformat()}: {change.reason}", by)
    return NOTHING


def choices_away(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of the review of somebody who is away: what the eligibility table says comes first."""
    more = (Choice.EXTEND,) if change.details.get("until") and _own_tasks(session, item) else ()
    if item.review(session).state is not ReviewState.RUNNING:  # there is a result, which stands
        return (*more, Choice.KEEP)
    if _table_says_out(session, change, item):
        return (Choice.APPLY, *more, Choice.KEEP)
    return (*more, Choice.KEEP, Choice.APPLY)


def foresee_away(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell by when the own tasks are due then, or that there is no rating."""
    if choice is Choice.APPLY:
        return {"tasks": _ending(session, item), "notes": ["not-rated"]}
    if choice is not Choice.EXTEND:
        return {"notes": []}
    until = _until(session, change).isoformat()
    told = [{**task, "until": until} for task in hand_overs.told(session, _own_tasks(session, item), None)]
    return {"tasks": told, "notes": ["extended"]}


def apply_away(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Give more time until after the return, or close the review as not rated (E-16)."""
    if choice is Choice.EXTEND:
        found = [task.key for task in _own_tasks(session, item)]
        counted = Counted(_last_day(change), DAYS_AFTER)
        extensions.extend(session, found, _until(session, change), reason=change.reason, by=by, counted=counted)
    elif choice is Choice.APPLY:
        for sheet in _sheets(session, item):
            sheet.treatment = Treatment.NOT_RATED
        _close(session, item, f"{AWAY} {change.effective_on.isoformat()}: {change.reason}", by)
    return NOTHING


def _close(session: Session, item: Item, reason: str, by: Identity) -> None:
    """Close a review with the sheets that go into it; what the person had half written is HR's to read from now on."""
    review = item.review(session)
    reviews.expect_state(review, Sentence("close review {key}", key=review.key), ReviewState.RUNNING)
    for task in _own_tasks(session, item):
        drafts.offer(session, task, by.username)
    review.state, review.closing_reason = ReviewState.CLOSED, reason
    reviews.end(session, review, by=by)


def _ending(session: Session, item: Item) -> list[dict[str, Any]]:
    """Tell of the tasks that end with a review, but of none whose holder is nobody's to know."""
    return [one for sheet in _sheets(session, item) for one in hand_overs.told(session, _open(session, sheet), None)]


def _open(session: Session, review: Review) -> Sequence[UserTask]:
    """List the open tasks of those whose part in a review everybody in HR may know."""
    close = (review.appraisee_key, review.superior_key, review.second_superior_key)
    found = [people.by_key(session, key).username for key in close if key is not None]
    return [task for name in found for task in hand_overs.open_of(session, review, name)]


def _own_tasks(session: Session, item: Item) -> list[UserTask]:
    username = people.by_key(session, item.person_key).username
    return [task for sheet in _sheets(session, item) for task in hand_overs.open_of(session, sheet, username)]


def _sheets(session: Session, item: Item) -> list[Review]:
    """List a review with those of its further sheets that run."""
    review = item.review(session)
    return [review, *(one for one in stretches.of_review(session, review) if one.state is ReviewState.RUNNING)]


def _until(session: Session, change: CycleChange) -> date:
    """Give the day on which what waited is due: some working days after the leave."""
    cycle = cycles.found(session, change.cycle_key)
    return calendars.calendar(session, cycle.calendar).add_working_days(_last_day(change), DAYS_AFTER)


def _last_day(change: CycleChange) -> date:
    return date.fromisoformat(change.details["until"])


def _table_says_out(session: Session, change: CycleChange, item: Item) -> bool:
    cycle = cycles.found(session, change.cycle_key)
    return eligibility.of_review(item.review(session), cycles.tables(session, cycle)).treatment in eligibility.OUT


LEAVER = Part(choices_left, foresee_left, apply_left)
LEAVE = Part(choices_away, foresee_away, apply_away)
