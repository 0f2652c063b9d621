"""Pairs: peers who rate one another far above what others give them; a flag to look at, never a finding (E-23)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import reviews
from engine.reviews.models import Cycle, Person, Rater, Rating, Review, Role
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.scores.quantities import rounded, weight
from engine.reviews.sentences import Sentence

FAR = Fraction(1, 4)
"""How much of the scale lies between a peer's ratings and those of the others before it is flagged."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one of a pair gave the other."""

    rater: Person
    mean: Decimal
    others: Decimal | None
    """The mean of what all others but the appraisee gave; None where nobody else rated."""
    is_far: bool
    """Whether it lies far above, or is the highest of the scale where nobody else rated."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who rated one another."""

    sides: tuple[Side, Side]

    @property
    def is_flagged(self) -> bool:
        """Tell whether both gave the other far more than others did."""
        return all(side.is_far for side in self.sides)


def of_cycle(session: Session, cycle: Cycle, *, by: Identity) -> list[Pair]:
    """List the pairs of a cycle's peers who rated one another, flagged ones first; superiors are no peers.

    Raises:
        Forbidden: `by` is not HR.
    """
    people.expect_role(by, Role.HR, Sentence("see who rated whom in cycle {label}", label=cycle.label))
    given = _given(session, cycle, by)
    peers = {
        (rater, appraisee)
        for appraisee, by_rater in given.items()
        for rater, (group, _) in by_rater.items()
        if group not in raters.BY_POSITION
    }
    found = [
        Pair((_side(session, cycle, given, first, second), _side(session, cycle, given, second, first)))
        for first, second in sorted(peers)
        if first < second and (second, first) in peers
    ]
    return sorted(found, key=lambda pair: not pair.is_flagged)


_Given = dict[int, dict[int, tuple[str, list[Fraction]]]]
"""By appraisee and rater: the rater's group, and the newest ratings."""


def _given(session: Session, cycle: Cycle, by: Identity) -> _Given:
    rows = session.execute(
        select(Review.appraisee_key, Rater, Rating)
        .join(Rater, Rater.review_key == Review.key)
        .join(Rating, Rating.rater_key == Rater.key)
        .where(Review.cycle_key == cycle.key, access.ratings(session, by))
        .order_by(Rating.version)
    )
    newest = {(appraisee, rater.key, rating.indicator_id): (rater, rating) for appraisee, rater, rating in rows}
    given: _Given = defaultdict(dict)
    for (appraisee, _, _), (rater, rating) in newest.items():
        _, ratings = given[appraisee].setdefault(rater.person_key, (rater.group_id, []))
        ratings.append(weight(rating.rating))
    return given


def _side(session: Session, cycle: Cycle, given: _Given, rater: int, appraisee: int) -> Side:
    _, own = given[appraisee][rater]
    mean = _mean(own)
    others = [
        one
        for key, (group, ratings) in given[appraisee].items()
        if key != rater and group != raters.SELF
        for one in ratings
    ]
    person = people.by_key(session, appraisee)
    scale = reviews.template(session, reviews.of_person(session, cycle, person)).scale
    far = FAR * (scale.maximum - scale.minimum)
    is_far = mean - _mean(others) >= far if others else mean == scale.maximum
    return Side(people.by_key(session, rater), rounded(mean, 2), rounded(_mean(others), 2) if others else None, is_far)


def _mean(ratings: list[Fraction]) -> Fraction:
    return sum(ratings, Fraction(0)) / len(ratings)
