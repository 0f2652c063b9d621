"""Other targets for one or for many: by a factor, or to values that are named; signed again (L000-31, E-31)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.cycle import reviews
from engine.reviews.models import Choice, CycleChange, PlanState, Review, TargetSheet
from engine.reviews.plans import plans
from engine.reviews.rating import raters
from engine.reviews.reports import printing
from engine.reviews.rulebook.indicators import Direction, Indicator
from engine.reviews.scores.quantities import Notation, parse, plain, rounded, weight
from engine.reviews.sentences import Sentence, UnreadableError
from engine.reviews.signing import revising, targets


def problems(details: Mapping[str, Any]) -> Iterator[Problem]:
    """Name what is wrong with a factor, or with values, before anything is kept of them."""
    if bool(details.get("factor")) == bool(details.get("values")):
        yield Problem(Sentence("Either a factor or values are due"), "factor", "factor-or-values")
    elif details.get("factor"):
        try:
            if not 0 < weight(str(details["factor"])) <= 10:
                yield Problem(Sentence("A factor lies above 0 and is at most 10"), "factor", "bad-factor")
        except UnreadableError as unreadable:
            yield Problem(unreadable.sentence, "factor", "bad-factor")


def choices(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of somebody's targets: they change only where some are signed, and others follow."""
    review = item.review(session)
    sheet = targets.in_force(session, review)
    if sheet is None or _obstacle(session, change, review, sheet):
        return (Choice.KEEP,)
    return (Choice.APPLY, Choice.KEEP)


def foresee(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell which targets there would be, and whether the superior has to confirm ratings."""
    review = item.review(session)
    sheet = targets.in_force(session, review)
    if sheet is None:
        return {"targets": [], "notes": ["targets-unsigned"]}
    if obstacle := _obstacle(session, change, review, sheet):
        return {"targets": [], "notes": [obstacle]}
    if choice is Choice.KEEP:
        return {"targets": [], "notes": []}
    after = _after(session, change, review, sheet)
    named = {one.id: one for one in reviews.template(session, review).measured}
    rows = [
        {"indicator": name, "name": printing.title(named[name]), "before": sheet.targets[name], "after": target}
        for name, target in after.items()
        if target != sheet.targets.get(name)
    ]
    return {"version": sheet.version, "targets": rows, "notes": _remarks(session, review)}


def apply(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Write the next version of the targets; the appraisee signs it, and until then the one before holds.

    Raises:
        Conflict: no targets hold.
        Invalid: the new ones are not as a draft must be.
    """
    sheet = targets.in_force(session, item.review(session))
    if choice is Choice.KEEP or sheet is None:
        return NOTHING
    review = item.review(session)
    after = _after(session, change, review, sheet)
    revising.revise(session, review, after, reason=change.reason, by=by)
    notices.write(session, review.appraisee_key, "targets-changed", review=str(review.key), reason=change.reason)
    return Aftermath(signs=True, confirms=raters.make_stale(session, review, raters.SUPERIOR))


def scaled(indicator: Indicator, target: str, factor: Fraction) -> str:
    """Multiply a target as it is written; what is counted is rounded half up to a whole.

    Raises:
        UnreadableError: it is not written in the notation of its indicator.
    """
    value = parse(target, indicator.notation) * factor
    if indicator.notation is Notation.PERCENT:
        return f"{plain(value * 100)}%"
    if indicator.notation is Notation.RATIO:
        return f"1:{plain(value)}"
    return str(rounded(value, 0)) if indicator.notation is Notation.COUNT else plain(value)


def _after(session: Session, change: CycleChange, review: Review, sheet: TargetSheet) -> dict[str, str]:
    """Compute the targets that the change asks for; what it does not name stays."""
    measured = {one.id: one for one in reviews.template(session, review).measured}
    values = {name: str(value) for name, value in change.details.get("values", {}).items() if name in measured}
    if values:
        return {**sheet.targets, **values}
    factor = weight(str(change.details["factor"]))
    wanted = set(change.details.get("indicators") or [one.id for one in measured.values() if _is_scaled(one)])
    return {
        name: scaled(measured[name], target, factor)
        if name in wanted and name in measured and measured[name].notation is not Notation.YES_NO
        else target
        for name, target in sheet.targets.items()
    }


def _is_scaled(indicator: Indicator) -> bool:
    """Tell whether a factor is meant for an indicator that is not named: less of what is to be more is a relief."""
    return indicator.direction is Direction.HIGHER and indicator.notation is not Notation.YES_NO


def _obstacle(session: Session, change: CycleChange, review: Review, sheet: TargetSheet) -> str:
    """Name why the targets cannot change so; nothing where they can."""
    if reviews.is_locked(session, review):
        return "calibration-locked"
    newest = targets.of_review(session, review)
    if newest is not None and newest.key != sheet.key:
        return "targets-open"
    try:
        after = _after(session, change, review, sheet)
    except UnreadableError:
        return "targets-wrong"
    if after == sheet.targets:
        return "targets-same"
    return "targets-wrong" if targets.drafting_problems(reviews.template(session, review), after) else ""


def _remarks(session: Session, review: Review) -> list[str]:
    """Name who has to agree, or to confirm, before other targets count."""
    plan = plans.running_of(session, review.appraisee_key)
    observed = plan is not None and plan.state is PlanState.OBSERVED
    agreed = ["agreement-asked"] if observed else []
    return [*agreed, *(["stale-after"] if raters.to_confirm(session, review, raters.SUPERIOR) else [])]


REVISED = Part(choices, foresee, apply)
