"""Joiners: one person, or a whole department, comes into a cycle that runs; who comes back goes on (E-13, E-14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.identity import Identity
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    Choice,
    Cycle,
    CycleChange,
    RaterState,
    Review,
    ReviewState,
    TargetDecision,
    TargetSheet,
    TargetState,
    Treatment,
)
from engine.reviews.organisation import employments, people, snapshots
from engine.reviews.rating import raters
from engine.reviews.rulebook import assignments, eligibility, templates
from engine.reviews.rulebook.rules import Nominator
from engine.reviews.signing import targets


def review_of(session: Session, cycle_key: int, person_key: int) -> Review | None:
    """Find the review that somebody has in a cycle: there is never a second one (E-14)."""
    own = select(Review).where(Review.cycle_key == cycle_key, Review.appraisee_key == person_key)
    return session.scalar(own)


def choices(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of somebody who is to join: nothing where something stands in the way."""
    return (Choice.KEEP,) if _obstacles(session, change, item) else (Choice.APPLY, Choice.KEEP)


def foresee(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell how far somebody would take part, under whom and by which rules."""
    cycle = cycles.found(session, change.cycle_key)
    if obstacles := _obstacles(session, change, item):
        return {"notes": obstacles}
    if choice is Choice.KEEP:
        return {"notes": []}
    now = snapshots.standing(session, item.person_key, _today(session, cycle))
    ruling = eligibility.of_review(_candidate(cycle, item), cycles.tables(session, cycle))
    chosen = assignments.of_review(_candidate(cycle, item), cycles.tables(session, cycle))
    template = templates.found(session, chosen.template_key)
    return {
        "from": None,
        "to": people.by_key(session, now.superior_key).username if now.superior_key else None,
        "treatment": ruling.treatment.value,
        "template": [template.template_id, template.version],
        "notes": [f"treatment-{ruling.treatment.value}", *(["rejoins"] if item.review_key else [])],
    }


def apply(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Let somebody into the running cycle: with frozen rules and a process of the own, as at the launch."""
    if choice is Choice.KEEP:
        return NOTHING
    cycle = cycles.found(session, change.cycle_key)
    if item.review_key is not None:
        review = _again(session, cycle, item.review(session), change, by)
    else:
        review = Review(cycle_key=cycle.key, appraisee_key=item.person_key)
        session.add(review)
        session.flush()  # raters refer to it
        for group_id, names in change.details.get("raters", {}).items():
            for name in names:
                raters.nominate(session, review, people.named(session, name), group_id=group_id, by=by)
        cycles.freeze(session, review, cycles.tables(session, cycle))
    session.flush()  # its process reads it
    if review.state is ReviewState.RUNNING:
        cycles.begin(session, cycle, review, by)
    return Aftermath(review_key=review.key)


def _again(session: Session, cycle: Cycle, review: Review, change: CycleChange, by: Identity) -> Review:
    """Let somebody who came back go on with the review there is; targets are agreed on anew, and nothing is lost."""
    now = snapshots.standing(session, review.appraisee_key, _today(session, cycle))
    review.state, review.closing_reason = ReviewState.RUNNING, ""
    review.superior_key, review.second_superior_key = now.superior_key, now.second_superior_key
    review.department_key = now.department_key
    _return_targets(session, review, change, by)
    for rater in raters.of_review(session, review, raters.SUPERIOR):
        if rater.person_key != review.superior_key and rater.state is RaterState.ASKED:
            raters.settle(session, rater, RaterState.DECLINED, reason=change.reason, by=by)
    group = next(one for one in raters.groups(session, review) if one.id == raters.SUPERIOR)
    known = {rater.person_key for rater in raters.of_review(session, review, raters.SUPERIOR)}
    if review.superior_key is not None and review.superior_key not in known:
        raters.add(session, review, review.superior_key, group, by=by.username)
    return review


def _return_targets(session: Session, review: Review, change: CycleChange, by: Identity) -> None:
    """Lay the targets before their author again, as a version of their own; what was signed stays as it is."""
    newest = targets.of_review(session, review)
    if newest is None:
        return
    now = clock.now(session)
    sheet = TargetSheet(
        review_key=review.key,
        version=newest.version + 1,
        targets=dict(newest.targets),
        drafted_by=newest.drafted_by,
        drafted_at=now,
        state=TargetState.RETURNED,
    )
    session.add(sheet)
    session.flush()  # the decision refers to it
    session.add(
        TargetDecision(
            sheet_key=sheet.key,
            state=TargetState.RETURNED,
            comment=change.reason,
            decided_by=by.username,
            decided_at=now,
        )
    )


def _obstacles(session: Session, change: CycleChange, item: Item) -> list[str]:
    cycle = cycles.found(session, change.cycle_key)
    today = _today(session, cycle)
    held = reviews.found(session, item.review_key) if item.review_key else None
    if held is not None and held.state is not ReviewState.CLOSED:
        return ["there-already"]
    if not employments.is_employed(session, item.person_key, today):
        return ["not-employed"]
    if snapshots.standing(session, item.person_key, today).superior_key is None:
        return ["nobody-leads"]
    rated = eligibility.of_review(_candidate(cycle, item), cycles.tables(session, cycle)).treatment is Treatment.RATED
    return ["raters-missing"] if rated and held is None and _unnamed(session, cycle, change, item) else []


def _unnamed(session: Session, cycle: Cycle, change: CycleChange, item: Item) -> Sequence[str]:
    """List the groups for which HR names the raters, and has not with this change."""
    chosen = assignments.of_review(_candidate(cycle, item), cycles.tables(session, cycle))
    named = [one for one in templates.rules(session, chosen.template_key).rater_groups if not one.by_position]
    given = change.details.get("raters", {})
    return [one.id for one in named if one.nominated_by is Nominator.HR and not given.get(one.id)]


def _candidate(cycle: Cycle, item: Item) -> Review:
    """Make the review that somebody would have, to ask the tables; it is not kept."""
    return Review(cycle_key=cycle.key, appraisee_key=item.person_key)


def _today(session: Session, cycle: Cycle) -> date:
    return calendars.today(session, ZoneInfo(cycle.zone))


JOINS = Part(choices, foresee, apply)
