"""Distributions of grades beside their guideline: advice to a calibration, never an input to a plan or an exit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access, cycles, people, templates
from engine.reviews.models import Cycle, Result, Review, Role
from engine.reviews.rules import Level


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a department have a grade, and how many the guideline would give it; None where it says nothing."""

    level: str
    name: str
    name_en: str
    count: int
    guideline: int | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """The grades of a department."""

    department_key: int | None
    graded: int
    shares: tuple[Share, ...]


def quotas(group: int, shares: Sequence[Fraction]) -> list[int]:
    """Divide a group by shares: whole parts first, then to the largest remainders, ties to the higher level."""
    whole = sum(shares, Fraction(0))
    exact = [group * share / whole for share in shares]
    counts = [int(part) for part in exact]
    by_remainder = sorted(range(len(shares)), key=lambda level: (counts[level] - exact[level], level))
    for level in by_remainder[: group - sum(counts)]:
        counts[level] += 1
    return counts


def of_cycle(session: Session, cycle: Cycle, *, by: Identity) -> list[Distribution]:
    """Count the grades of a cycle by department, as far as `by` may see them, beside the guideline of its scale.

    What a calibration has written counts for nobody outside its session before it is released; a pilot has none.

    Raises:
        Forbidden: `by` is not HR.
    """
    people.expect_role(by, Role.HR, f"see the distribution of cycle {cycle.label}")
    if cycle.pilot:  # tried out, and in no figure that anything may follow from (L003-24)
        return []
    template = templates.rules(session, cycle.template_key)
    grades: defaultdict[int | None, Counter[str]] = defaultdict(Counter)
    own = select(Review.key).where(Review.cycle_key == cycle.key)
    seen = select(Result).where(Result.review_key.in_(own), access.results(session, by)).order_by(Result.version)
    newest = {result.review_key: result for result in session.scalars(seen)}
    for review in cycles.reviews_of(session, cycle):
        result = newest.get(review.key)
        if result is not None and result.grade is not None:
            grades[review.department_key][result.grade] += 1
    return [
        Distribution(key, given.total(), tuple(_shares(template.levels, given, template.smallest_group)))
        for key, given in sorted(grades.items(), key=lambda entry: entry[0] or 0)
    ]


def _shares(levels: Sequence[Level], given: Counter[str], smallest: int) -> Iterator[Share]:
    guides = [level.guideline for level in levels if level.guideline is not None]
    advised = guides and len(guides) == len(levels) and given.total() >= smallest
    parts: Sequence[int | None] = quotas(given.total(), guides) if advised else [None] * len(levels)
    for level, part in zip(levels, parts, strict=True):
        yield Share(level.id, level.name, level.name_en, given[level.id] + given[level.name], part)
