"""What a change touches: running reviews with their second sheets, and the parts that people have in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from engine.reviews.changes.items import Item
from engine.reviews.cycle import reviews
from engine.reviews.models import Cycle, CycleChange, Person, Rater, RaterState, Review, ReviewState
from engine.reviews.rating import raters

ASKED = (ReviewState.RUNNING,)
"""The states of a review in which somebody may still be asked to rate."""

LED = (ReviewState.RUNNING, ReviewState.RELEASED)
"""The states of a review in which its superior has something to do: the interview and the answer follow the release."""


def cycles_of(change: CycleChange) -> Select[int]:
    """Choose the cycle of a change, and those that hold its second sheets."""
    return select(Cycle.key).where(or_(Cycle.key == change.cycle_key, Cycle.stretches_of_key == change.cycle_key))


def running(session: Session, change: CycleChange, states: Collection[ReviewState] = ASKED) -> list[Review]:
    """List the running reviews of those whom a change is about, by appraisee; second sheets are not among them."""
    found = select(Review).where(Review.cycle_key == change.cycle_key, Review.state.in_(states))
    return _of_people(session, change, found)


def sheets(session: Session, change: CycleChange, states: Collection[ReviewState] = ASKED) -> list[Review]:
    """List the reviews and second sheets whose days a change reaches, by appraisee.

    After the last day of the period it reaches what comes last.
    """
    rows = _of_people(session, change, select(Review).where(_of_cycle(change), Review.state.in_(states)))
    ends = {row.key: _until(session, row) for row in rows}
    latest: dict[int, Review] = {}
    for row in rows:
        held = latest.get(row.appraisee_key)
        latest[row.appraisee_key] = row if held is None or ends[row.key] > ends[held.key] else held
    return [row for row in rows if ends[row.key] >= change.effective_on or latest[row.appraisee_key] is row]


def led_by(session: Session, change: CycleChange, person: Person) -> Iterator[Item]:
    """Yield the parts that somebody has as superior, or as second level, in the reviews of others."""
    own = _of_cycle(change), Review.state.in_(LED)
    for column, part in ((Review.second_superior_key, "second"), (Review.superior_key, "superior")):
        led = select(Review).where(*own, column == person.key).order_by(Review.key)
        yield from (of_review(part, review) for review in session.scalars(led).all())


def rated_by(session: Session, change: CycleChange, person: Person) -> Iterator[Item]:
    """Yield the places of a named rater from which a rating is awaited."""
    rows = session.execute(
        select(Rater, Review)
        .join(Review, Review.key == Rater.review_key)
        .where(_of_cycle(change), Review.state == ReviewState.RUNNING)
        .where(Rater.person_key == person.key, Rater.group_id.not_in(raters.BY_POSITION))
        .where(Rater.state == RaterState.ASKED)
        .order_by(Rater.key)
    )
    yield from (Item("rater", rater.key, review.appraisee_key, review.key) for rater, review in rows)


def of_review(part: str, review: Review) -> Item:
    """Make the item that a review is of one part of a change."""
    return Item(part, review.key, review.appraisee_key, review.key)


def whole_of(session: Session, review: Review) -> Review:
    """Find the review that a sheet goes into, which is itself where it is no second sheet."""
    return review if review.part_of_key is None else reviews.found(session, review.part_of_key)


def _of_cycle(change: CycleChange) -> ColumnElement[bool]:
    return Review.cycle_key.in_(cycles_of(change))


def _of_people(session: Session, change: CycleChange, found: Select[Review]) -> list[Review]:
    keys = [int(key) for key in change.details["people"]]
    rows = session.scalars(found.where(Review.appraisee_key.in_(keys)).order_by(Review.key)).all()
    return sorted(rows, key=lambda review: keys.index(review.appraisee_key))


def _until(session: Session, review: Review) -> date:
    return review.covers_until or session.get_one(Cycle, review.cycle_key).ends_on
