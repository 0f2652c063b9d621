"""Stretches: the second sheet of somebody who was transferred, which goes into the review by days (E-09)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.identity import SYSTEM, Identity
from engine.reviews.changes import hand_overs, records, touched
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Cycle, CycleChange, CycleState, Person, Review, ReviewState
from engine.reviews.organisation import people
from engine.reviews.rating import departures, raters

PROCESS = "review-stretch"
"""The process of a second sheet."""

Above = tuple[Person | None, Person | None]
"""The superior and the second level."""

JOINED = "按天并入评审 Goes by days into review"
"""How the closing reason of a second sheet begins."""


def of_review(session: Session, review: Review) -> list[Review]:
    """List the further sheets of a review, the earlier days first."""
    own = select(Review).where(Review.part_of_key == review.key).order_by(Review.covers_from)
    return list(session.scalars(own))


def split(session: Session, change: CycleChange, review: Review, first: date, above: Above, *, by: Identity) -> Review:
    """Let a sheet end the day before, and begin another by the rules of the new place, under its superiors.

    However often somebody is transferred, each further sheet goes into the first, which is the review.
    """
    root = touched.whole_of(session, review)
    whole = session.get_one(Cycle, root.cycle_key)
    named = change.details.get("template")
    held_by = _cycle(session, whole, root, int(named) if named else None, by)
    part = Review(cycle_key=held_by.key, appraisee_key=root.appraisee_key, part_of_key=root.key)
    session.add(part)
    session.flush()  # raters refer to it
    for group_id, names in change.details.get("raters", {}).items():
        for name in names:
            raters.nominate(session, part, people.named(session, name), group_id=group_id, by=by)
    cycles.freeze(session, part, cycles.tables(session, held_by))
    _lead(session, part, above)
    part.covers_from, part.covers_until = first, review.covers_until or whole.ends_on
    review.covers_from = review.covers_from or whole.starts_on
    review.covers_until = date.fromordinal(first.toordinal() - 1)
    session.flush()  # its process reads it
    cycles.begin(session, held_by, part, by)
    return part


def join(session: Session, part: Review) -> Review:
    """End a sheet whose total is computed, or that has no targets; return the review that it goes into."""
    whole = reviews.found(session, part.part_of_key or 0)
    part.state, part.closing_reason = ReviewState.CLOSED, f"{JOINED} {whole.key}"
    sheets = of_review(session, whole)
    if all(one.state is ReviewState.CLOSED for one in sheets):
        for row in records.waiting_in(session, [whole.key, *(one.key for one in sheets)]):
            if row.effects["part"] == "transfer":
                records.settle(session, row)
    return whole


def hand_on(session: Session, review: Review) -> None:
    """Let whoever leads the last sheet lead the review once it is released: the interview is theirs."""
    parts = of_review(session, review)
    if not parts or parts[-1].superior_key is None or review.superior_key is None:
        return
    before, after = (people.by_key(session, key) for key in (review.superior_key, parts[-1].superior_key))
    review.superior_key, review.second_superior_key = parts[-1].superior_key, parts[-1].second_superior_key
    if before is not after:
        hand_overs.move(session, review, before, after, hand_overs.SUPERIOR, by=SYSTEM)


def _lead(session: Session, part: Review, above: Above) -> None:
    """Put a new sheet under whom the change names, where the organisation does not have them yet."""
    superior, second = above
    if superior is None:
        return
    part.superior_key, part.second_superior_key = superior.key, second.key if second else None
    for rater in raters.of_review(session, part, raters.SUPERIOR):
        rater.person_key = superior.key


def _cycle(session: Session, whole: Cycle, review: Review, template_key: int | None, by: Identity) -> Cycle:
    """Find the cycle that holds second sheets by some rules, or make one; nobody has two in the same."""
    holding = session.scalars(select(Cycle).where(Cycle.stretches_of_key == whole.key).order_by(Cycle.key)).all()
    rules = template_key or whole.template_key, "" if template_key else whole.template_decision
    for held in holding:
        if (held.template_key, held.template_decision) != rules:
            continue
        there = select(Review.key).where(Review.cycle_key == held.key, Review.appraisee_key == review.appraisee_key)
        if session.scalar(there) is None:
            return held
    made = cycles.draft(
        session,
        label=f"{whole.label} · {len(holding) + 2}",
        starts_on=whole.starts_on,
        ends_on=whole.ends_on,
        template_key=rules[0],
        process_id=PROCESS,
        zone=whole.zone,
        by=by,
    )
    made.kind, made.calendar, made.close_of_business = whole.kind, whole.calendar, whole.close_of_business
    made.deadlines, made.grace = dict(whole.deadlines), dict(whole.grace)
    made.template_decision, made.eligibility_decision = rules[1], ""
    made.pilot, made.stretches_of_key = True, whole.key  # its totals count in the review alone
    made.state, made.launched_at = CycleState.LAUNCHED, clock.now(session)
    session.flush()  # its reviews refer to it
    departures.watch(session, made)
    return made
