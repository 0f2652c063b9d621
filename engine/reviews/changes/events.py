"""Events: what has happened in the middle of a cycle, entered by HR or found by comparing the launch with today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.reviews.changes import arrivals, corrections, gone, leavings, revisions, superiors, transfers
from engine.reviews.changes.items import Item, Part
from engine.reviews.models import ChangeKind, Cycle, CycleChange, Person, Rater, RaterState, Review, ReviewState
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.sentences import Sentence

MOST_PEOPLE = 300
"""The most people whom one change is about: it is applied in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What has happened.

    Attributes:
        kind: which kind of change it is.
        effective_on: the first day on which things are as they are to be.
        reason: why, in words.
        people: whom it is about.
        to: who follows: the new superior, the substitute; None where the organisation says who.
        owner: who must agree before HR approves.
        details: what else the kind needs, such as a factor.
    """

    kind: ChangeKind
    effective_on: date
    reason: str
    people: Sequence[Person]
    to: Person | None = None
    owner: Person | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """Write what is not a column of its own."""
        about = {"people": [str(person.key) for person in self.people], "to": str(self.to.key) if self.to else None}
        return {**about, **self.details}


def items(session: Session, change: CycleChange) -> list[Item]:
    """List what a change touches, in an order that stays."""
    return list(_KINDS[change.kind](session, change))


def concerned(session: Session, change: CycleChange) -> list[Person]:
    """List whom a change is about."""
    return [people.by_key(session, int(key)) for key in change.details["people"]]


def problems(cycle: Cycle, event: Event) -> Iterator[Problem]:
    """Name what is wrong with an event before anything is kept of it."""
    if not 0 < len(event.people) <= MOST_PEOPLE:
        sentence = Sentence("A change is about 1 to {most} people", most=MOST_PEOPLE)
        yield Problem(sentence, "people", "count")
    if event.kind not in _KINDS:
        yield Problem(Sentence("There is no such change"), "kind", "unknown-kind")
    if event.kind is ChangeKind.TARGETS:
        yield from revisions.problems(event.details)
    if event.kind in (ChangeKind.CORRECTION, ChangeKind.REOPENING):
        yield from corrections.problems(event.kind, event.details)
    if not cycle.starts_on <= event.effective_on <= cycle.ends_on:
        sentence = Sentence("It must lie within {first} to {last}", first=cycle.starts_on, last=cycle.ends_on)
        yield Problem(sentence, "effective_on", "outside-period")
    for person in event.people:
        if event.to is not None and event.to.key == person.key:
            sentence = Sentence("{name} cannot follow oneself", name=person.name)
            yield Problem(sentence, "to", "own-successor")


def expect_items(session: Session, change: CycleChange) -> None:
    """Let pass only a change that touches something.

    Raises:
        Invalid: it touches nothing.
    """
    if not items(session, change):
        sentence = Sentence("Nothing in the running reviews of the cycle is touched by it")
        problem = Problem(sentence, "people", "nothing-touched")
        raise Invalid(f"Expected to enter a change of {change.kind.value}, but it changes nothing", [problem])


def running(session: Session, change: CycleChange) -> list[Review]:
    """List the running reviews of those whom a change is about, by appraisee."""
    keys = [int(key) for key in change.details["people"]]
    found = select(Review).where(Review.cycle_key == change.cycle_key, Review.appraisee_key.in_(keys))
    rows = session.scalars(found.where(Review.state == ReviewState.RUNNING).order_by(Review.key)).all()
    return sorted(rows, key=lambda review: keys.index(review.appraisee_key))


def of_review(part: str, review: Review) -> Item:
    """Make the item that a review is of one part of a change."""
    return Item(part, review.key, review.appraisee_key, review.key)


def led_by(session: Session, change: CycleChange, person: Person) -> Iterator[Item]:
    """Yield the parts that somebody has in the running reviews of others."""
    own = Review.cycle_key == change.cycle_key, Review.state == ReviewState.RUNNING
    for column, part in ((Review.second_superior_key, "second"), (Review.superior_key, "superior")):
        led = select(Review).where(*own, column == person.key).order_by(Review.key)
        yield from (of_review(part, review) for review in session.scalars(led))


def rated_by(session: Session, change: CycleChange, person: Person) -> Iterator[Item]:
    """Yield the places of a named rater from which a rating is awaited."""
    rows = session.execute(
        select(Rater, Review)
        .join(Review, Review.key == Rater.review_key)
        .where(Review.cycle_key == change.cycle_key, Review.state == ReviewState.RUNNING)
        .where(Rater.person_key == person.key, Rater.group_id.not_in(raters.BY_POSITION))
        .where(Rater.state == RaterState.ASKED)
        .order_by(Rater.key)
    )
    yield from (Item("rater", rater.key, review.appraisee_key, review.key) for rater, review in rows)


def _superiors(session: Session, change: CycleChange) -> Iterator[Item]:
    for review in running(session, change):
        second = superiors.second_after(session, change, review)
        if review.second_superior_key != (second.key if second else None):
            yield of_review("second", review)  # before the superior changes, beside whom it is found
        before, after = superiors.person_before(session, review), superiors.person_after(session, change, review)
        if before is not None and before is not after:
            yield of_review("superior", review)


def _raters(session: Session, change: CycleChange) -> Iterator[Item]:
    for person in concerned(session, change):
        yield from rated_by(session, change, person)


def _transferred(session: Session, change: CycleChange) -> Iterator[Item]:
    for review in running(session, change):
        second = superiors.second_after(session, change, review)
        if review.second_superior_key != (second.key if second else None):
            yield of_review("second", review)
        yield of_review("transfer", review)


def _joiners(session: Session, change: CycleChange) -> Iterator[Item]:
    for person in concerned(session, change):
        review = arrivals.review_of(session, change.cycle_key, person.key)
        yield Item("join", person.key, person.key, review.key if review else None)


def _leavers(session: Session, change: CycleChange) -> Iterator[Item]:
    yield from (of_review("leaver", review) for review in running(session, change))
    for person in concerned(session, change):
        yield from led_by(session, change, person)
        yield from rated_by(session, change, person)


def _away(session: Session, change: CycleChange) -> Iterator[Item]:
    yield from (of_review("leave", review) for review in running(session, change))
    for person in concerned(session, change):
        yield from led_by(session, change, person)
        yield from rated_by(session, change, person)


def _reopenings(session: Session, change: CycleChange) -> Iterator[Item]:
    for person in concerned(session, change):
        review = arrivals.review_of(session, change.cycle_key, person.key)
        if review is not None:
            yield of_review("reopening", review)


def _targets(session: Session, change: CycleChange) -> Iterator[Item]:
    yield from (of_review("targets", review) for review in running(session, change))


_KINDS: Mapping[ChangeKind, Callable[[Session, CycleChange], Iterator[Item]]] = {
    ChangeKind.SUPERIOR: _superiors,
    ChangeKind.TRANSFER: _transferred,
    ChangeKind.JOINER: _joiners,
    ChangeKind.LEAVER: _leavers,
    ChangeKind.LEAVE: _away,
    ChangeKind.TARGETS: _targets,
    ChangeKind.RATER: _raters,
    ChangeKind.CORRECTION: _reopenings,
    ChangeKind.REOPENING: _reopenings,
}

PARTS: Mapping[str, Part] = {
    "join": arrivals.JOINS,
    "leave": leavings.LEAVE,
    "leaver": leavings.LEAVER,
    "rater": gone.GONE,
    "reopening": corrections.REOPENS,
    "second": superiors.SECOND,
    "superior": superiors.LEADING,
    "targets": revisions.REVISED,
    "transfer": transfers.TRANSFERRED,
}
"""The parts of a change by their names."""
