"""Leanings: how superiors rate beside all others; flags to talk about, never corrections (E-38)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Cycle, Person, Review, Role
from engine.reviews.organisation import people
from engine.reviews.rating import ratings
from engine.reviews.scores.quantities import rounded, weight
from engine.reviews.sentences import Sentence

SMALLEST_SAMPLE = 3
"""The fewest reviews from which something is said of a rater: fewer say nothing."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """How somebody rates as a superior, beside all others; a flag to talk about, never a correction (E-38)."""

    rater: Person
    reviews: int
    mean: Decimal | None
    """The mean of the ratings; None where too few were rated to say anything, and so for what follows."""
    difference: Decimal | None
    """How far it lies from the mean of all."""
    spread: Decimal | None
    """Between the highest and the lowest mean of a review."""
    lenient: bool
    """Whether every rating is the highest of the scale."""


def of_cycle(session: Session, cycle: Cycle, *, by: Identity) -> list[Leaning]:
    """Tell how each superior of a cycle rated, without what was said of the own review (E-95).

    Raises:
        Forbidden: `by` is not HR.
    """
    people.expect_role(by, Role.HR, Sentence("see how superiors rate in cycle {label}", label=cycle.label))
    own = session.scalar(select(Person.key).where(Person.username == by.username))
    return of_reviews(session, [one for one in cycles.reviews_of(session, cycle) if one.appraisee_key != own])


def of_reviews(session: Session, chosen: Iterable[Review]) -> list[Leaning]:
    """Tell how each superior of some reviews rated them, in the order of the reviews."""
    given: defaultdict[int, list[Fraction]] = defaultdict(list)
    highest: defaultdict[int, bool] = defaultdict(lambda: True)
    for review in chosen:
        for superior, found in _given(session, review).items():
            given[superior].append(sum(found, Fraction(0)) / len(found))
            top = reviews.template(session, review).scale.maximum
            highest[superior] &= all(one == top for one in found)
    everybody = [mean for means in given.values() for mean in means]
    return [
        _leaning(people.by_key(session, key), means, everybody, highest=highest[key]) for key, means in given.items()
    ]


def _leaning(rater: Person, means: list[Fraction], everybody: list[Fraction], *, highest: bool) -> Leaning:
    if len(means) < SMALLEST_SAMPLE:
        return Leaning(rater, len(means), None, None, None, lenient=False)
    mean, whole = sum(means, Fraction(0)) / len(means), sum(everybody, Fraction(0)) / len(everybody)
    return Leaning(
        rater,
        len(means),
        rounded(mean, 2),
        rounded(mean - whole, 2),
        rounded(max(means) - min(means), 2),
        lenient=highest,
    )


def _given(session: Session, review: Review) -> Mapping[int, list[Fraction]]:
    """List what each who rated a review as its superior gave, by person."""
    found: defaultdict[int, list[Fraction]] = defaultdict(list)
    for theirs in ratings.of_superiors(session, review).values():
        for rater, rating in theirs:
            found[rater.person_key].append(weight(rating.rating))
    return found
