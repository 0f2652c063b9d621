"""Events: what has happened in the middle of a cycle, entered by HR or found by comparing the launch with today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews.changes import (
    arrivals,
    care,
    corrections,
    gone,
    leavings,
    revisions,
    second_levels,
    superiors,
    touched,
    transfers,
)
from engine.reviews.changes.items import Item, Part
from engine.reviews.models import ChangeKind, Cycle, CycleChange, Person
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence

MOST_PEOPLE = 300
"""The most people whom one change is about: it is applied in one transaction."""

WITHIN = (ChangeKind.JOINER, ChangeKind.TARGETS)
"""What only happens on a day of the period; the rest happens while it is rated, too."""

AFTER = timedelta(days=366)
"""How long after the period something may still happen to its reviews."""


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
    last = cycle.ends_on + (timedelta() if event.kind in WITHIN else AFTER)
    if not cycle.starts_on <= event.effective_on <= last:
        sentence = Sentence("It must lie within {first} to {last}", first=cycle.starts_on, last=last)
        yield Problem(sentence, "effective_on", "outside-period")
    for person in event.people:
        if event.to is not None and event.to.key == person.key:
            sentence = Sentence("{name} cannot follow oneself", name=person.name)
            yield Problem(sentence, "to", "own-successor")


def expect_items(session: Session, change: CycleChange, *, by: Identity) -> None:
    """Let pass only a change that touches something; a value only where it could be entered.

    Raises:
        Invalid: it touches nothing, or the value is wrong.
    """
    found = items(session, change)
    for item in found:
        corrections.expect_correct(session, change, item, by=by)
    if not found:
        sentence = Sentence("Nothing in the running reviews of the cycle is touched by it")
        problem = Problem(sentence, "people", "nothing-touched")
        raise Invalid("Expected to enter a change of {kind}, but it changes nothing", [problem], kind=change.kind.value)


def _superiors(session: Session, change: CycleChange) -> Iterator[Item]:
    for review in touched.sheets(session, change, touched.LED):
        second = second_levels.person_after(session, change, review)
        if review.second_superior_key != (second.key if second else None):
            yield touched.of_review("second", review)  # before the superior changes, beside whom it is found
        before, after = superiors.person_before(session, review), superiors.person_after(session, change, review)
        if before is not None and before is not after:
            yield touched.of_review("superior", review)


def _raters(session: Session, change: CycleChange) -> Iterator[Item]:
    for person in concerned(session, change):
        yield from touched.rated_by(session, change, person)


def _transferred(session: Session, change: CycleChange) -> Iterator[Item]:
    for review in touched.sheets(session, change):
        second = second_levels.person_after(session, change, review)
        if review.second_superior_key != (second.key if second else None):
            yield touched.of_review("second", review)
        yield touched.of_review("transfer", review)


def _joiners(session: Session, change: CycleChange) -> Iterator[Item]:
    for person in concerned(session, change):
        review = arrivals.review_of(session, change.cycle_key, person.key)
        yield Item("join", person.key, person.key, review.key if review else None)


def _leavers(session: Session, change: CycleChange) -> Iterator[Item]:
    yield from (touched.of_review("leaver", review) for review in touched.running(session, change))
    for person in concerned(session, change):
        yield from touched.led_by(session, change, person)
        yield from touched.rated_by(session, change, person)
        yield from care.of_person(session, person)


def _away(session: Session, change: CycleChange) -> Iterator[Item]:
    yield from (touched.of_review("leave", review) for review in touched.running(session, change, touched.LED))
    for person in concerned(session, change):
        yield from touched.led_by(session, change, person)
        yield from touched.rated_by(session, change, person)


def _reopenings(session: Session, change: CycleChange) -> Iterator[Item]:
    for person in concerned(session, change):
        review = arrivals.review_of(session, change.cycle_key, person.key)
        if review is not None:
            yield touched.of_review("reopening", review)


def _targets(session: Session, change: CycleChange) -> Iterator[Item]:
    yield from (touched.of_review("targets", review) for review in touched.sheets(session, change))


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
    "led-plan": care.LED,
    "mentor": care.MENTORED,
    "plan": care.OWN,
    "rater": gone.GONE,
    "reopening": corrections.REOPENS,
    "second": second_levels.SECOND,
    "superior": superiors.LEADING,
    "targets": revisions.REVISED,
    "transfer": transfers.TRANSFERRED,
}
"""The parts of a change by their names."""
