"""Transfers: another department or post; one sheet goes on, or two are weighed by days (E-09)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.changes import second_levels, stretches, superiors, touched
from engine.reviews.changes.items import Aftermath, Effects, Item, Part
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Choice, Cycle, CycleChange, Review
from engine.reviews.organisation import people, snapshots
from engine.reviews.rulebook import assignments, templates
from engine.reviews.rulebook.rules import Nominator
from engine.reviews.signing import targets


def choices(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of a review: two sheets where the new place goes by other rules, else as for a superior."""
    offered = superiors.choices(session, change, item)
    if not _two_sheets(session, change, item):
        return offered
    two = () if _obstacles(session, change, item) else (Choice.SPLIT,)
    return (*two, *(one for one in offered if one is not Choice.SPLIT))


def foresee(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell which sheets there are for which days, or what becomes of the superior's part on the one sheet."""
    if choice is not Choice.SPLIT or not _two_sheets(session, change, item):
        notes = _obstacles(session, change, item) if _two_sheets(session, change, item) else []
        told = superiors.foresee(session, change, item, choice)
        return {**told, "notes": list(dict.fromkeys([*told["notes"], *notes, "one-sheet"]))}
    review = item.review(session)
    after = superiors.person_after(session, change, review)
    spans = superiors.stretches(session, change, review)
    days = [(span["covers_until"] - span["covers_from"]).days + 1 for span in spans]
    keys = (reviews.template_key(session, review), _template_after(session, change, review))
    sheets = [
        {
            "title": templates.found(session, key).title,
            "template": str(key),
            "from": span["covers_from"].isoformat(),
            "until": span["covers_until"].isoformat(),
            "weight": f"{count}/{sum(days)}",
        }
        for key, span, count in zip(keys, spans, days, strict=True)
    ]
    led = superiors.person_before(session, review)
    names = {"from": led.username if led else None, "to": after.username if after else None}
    return {**names, "sheets": sheets, "notes": ["two-sheets"]}


def apply(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Begin the second sheet; or let the one sheet go on, under whom it was decided."""
    review = item.review(session)
    two = choice is Choice.SPLIT and _two_sheets(session, change, item)
    if choice is not Choice.KEEP:
        review.department_key = snapshots.standing(session, item.person_key, change.effective_on).department_key
    if not two:
        return superiors.apply(session, change, item, choice, by)
    span = superiors.stretches(session, change, review)[1]
    above = superiors.person_after(session, change, review), second_levels.person_after(session, change, review)
    stretches.split(session, change, review, span["covers_from"], above, by=by)
    for key in (review.appraisee_key, review.superior_key):
        if key is not None:
            name = people.by_key(session, review.appraisee_key).name
            notices.write(session, key, "period-split", review=str(review.key), name=name, reason=change.reason)
    return Aftermath(awaits=True)


def _two_sheets(session: Session, change: CycleChange, item: Item) -> bool:
    """Tell whether the new place goes by other rules than the review does, or HR wants two sheets anyhow."""
    review = item.review(session)
    return bool(change.details.get("two_sheets")) or _template_after(session, change, review) != reviews.template_key(
        session, review
    )


def _template_after(session: Session, change: CycleChange, review: Review) -> int:
    """Find the rules of the new place: those that HR names, else those that the tables answer for it today."""
    if named := change.details.get("template"):
        return templates.found(session, int(named)).key
    cycle = session.get_one(Cycle, touched.whole_of(session, review).cycle_key)
    return assignments.of_review(review, cycles.tables(session, cycle)).template_key


def _obstacles(session: Session, change: CycleChange, item: Item) -> list[str]:
    """Name why there cannot be two sheets."""
    review = item.review(session)
    given: Mapping[str, Any] = change.details.get("raters", {})
    named = templates.rules(session, _template_after(session, change, review)).rater_groups
    missing = [
        one.id for one in named if not one.by_position and one.nominated_by is Nominator.HR and not given.get(one.id)
    ]
    after = superiors.person_after(session, change, review)
    found = [] if superiors.splits(session, change, review) else ["days-undivided"]
    found += ["calibration-locked"] if reviews.is_locked(session, review) else []
    found += [] if targets.in_force(session, review) else ["targets-unsigned"]
    found += ["nobody-follows"] if after is None else []
    rate = {name for names in given.values() for name in names}
    found += ["rates-already"] if after is not None and after.username in rate else []
    return [*found, *(["raters-missing"] if missing else [])]


TRANSFERRED = Part(choices, foresee, apply)
