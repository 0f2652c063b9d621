"""Another second level: who stands above the superior of a review, and holds its tasks of that level."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.changes import hand_overs, superiors
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.models import ChangeKind, Choice, CycleChange, Person, Review
from engine.reviews.organisation import lines, people, snapshots

ABOVE_ANOTHER = (ChangeKind.SUPERIOR, ChangeKind.TRANSFER)
"""The changes that bring another second level because they bring another superior."""


def choices(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of the second level's part in a review: where the superior's stays, so does it."""
    review = item.review(session)
    after = person_after(session, change, review)
    if after is None and _has_tasks(session, review):
        return (Choice.KEEP,)
    return (Choice.KEEP,) if _superior_stays(session, change, review) else (Choice.HAND_OVER, Choice.KEEP)


def foresee(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell whose tasks of the second level go to whom."""
    review = item.review(session)
    before, after = _person_before(session, review), person_after(session, change, review)
    to = None if choice is Choice.KEEP else after
    found = hand_overs.open_of(session, review, before.username) if before else ()
    stays = before if choice is Choice.KEEP else after
    names = {"from": before.username if before else None, "to": stays.username if stays else None}
    notes = ["nobody-follows"] if after is None else []
    return {**names, "tasks": hand_overs.told(session, found, to), "notes": notes}


def apply(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Let another second level stand above a review from now on."""
    if choice is Choice.KEEP:
        return NOTHING
    review = item.review(session)
    before, after = _person_before(session, review), person_after(session, change, review)
    review.second_superior_key = after.key if after else None
    if before is not None and after is not None:
        hand_overs.move(session, review, before, after, hand_overs.SECOND, by=by)
    return NOTHING


def person_after(session: Session, change: CycleChange, review: Review) -> Person | None:
    """Find who is to be the second level: whom the change names and those above, else as the organisation has it.

    Where the superior is replaced it is somebody above the successor; whoever is replaced does not stand there.
    """
    if change.kind not in ABOVE_ANOTHER:
        return _instead(session, change, review)
    if change.details.get("to") is None:
        return _as_organised(session, change, review)
    above = lines.levels_of(session, int(change.details["to"]), change.effective_on)
    return next((one for one in above if one.key not in (review.appraisee_key, review.superior_key)), None)


def _instead(session: Session, change: CycleChange, review: Review) -> Person | None:
    """Find who stands there instead of a second level that is gone: the successor, unless that one leads the review."""
    gone = review.second_superior_key
    if change.details.get("to") is None:
        found = _as_organised(session, change, review)
        return None if found is None or found.key == gone else found
    successor = people.by_key(session, int(change.details["to"]))
    if superiors.is_below(session, review, successor):
        return None
    above = lines.levels_of(session, successor.key, change.effective_on)
    return next((one for one in (successor, *above) if one.key not in (review.superior_key, gone)), None)


def _as_organised(session: Session, change: CycleChange, review: Review) -> Person | None:
    key = snapshots.standing(session, review.appraisee_key, change.effective_on).second_superior_key
    return people.by_key(session, key) if key else None


def _has_tasks(session: Session, review: Review) -> bool:
    """Tell whether the second level of a review has anything to do at present."""
    before = _person_before(session, review)
    return before is not None and bool(hand_overs.open_of(session, review, before.username))


def _superior_stays(session: Session, change: CycleChange, review: Review) -> bool:
    """Tell whether the superior who is to come cannot, so that nobody else stands above the one who stays."""
    leads = superiors.person_after(session, change, review)
    comes = change.kind in ABOVE_ANOTHER and leads is not None and leads.key != review.superior_key
    return comes and leads is not None and superiors.obstacle(session, review, leads) != ""


def _person_before(session: Session, review: Review) -> Person | None:
    return people.by_key(session, review.second_superior_key) if review.second_superior_key else None


SECOND = Part(choices, foresee, apply)
