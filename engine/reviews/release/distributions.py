"""Distributions of grades beside their guideline: advice to a calibration, never an input to a plan or an exit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, Result, Review, ReviewState, Role
from engine.reviews.organisation import employments, people
from engine.reviews.reports import suppression
from engine.reviews.rulebook import templates
from engine.reviews.rulebook.rules import Level
from engine.reviews.sentences import Sentence

SMALLEST_CELL = 3
"""The fewest people that a cell counts before it is shown."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a unit have a grade, and how many the guideline would give it.

    Either is None where nothing may be said: the count in a small group (E-93), the guideline where there is none.
    """

    level: str
    name: str
    name_en: str
    count: int | None
    guideline: int | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """The grades of a department; of all departments where it has no key and is the last."""

    department_key: int | None
    graded: int | None
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
    """Count the grades of a cycle by department, as far as `by` may see them, the whole last, beside its guideline.

    Cells of small groups are hidden, and others so that none can be worked out (E-93). What a calibration has written
    counts for nobody outside its session before it is released, who left before the release counts nowhere (E-15), and
    a pilot has none.

    Raises:
        Forbidden: `by` is not HR.
    """
    people.expect_role(by, Role.HR, Sentence("see the distribution of cycle {label}", label=cycle.label))
    if cycle.pilot:  # tried out, and in no figure that anything may follow from (L003-24)
        return []
    template = templates.rules(session, cycle.template_key)
    grades = _grades(session, cycle, by)
    departments = sorted(grades, key=lambda key: key or 0)
    levels = template.levels or tuple(Level(id=one, name=one) for one in sorted(set().union(*grades.values())))
    counts = [[_count(grades[key], level) for level in levels] for key in departments]
    if not departments:
        return []
    covered = suppression.hidden(counts, SMALLEST_CELL)
    lines = [*zip(departments, counts, strict=True), (None, [sum(column) for column in zip(*counts, strict=True)])]
    return [
        _distribution(levels, template.smallest_group, (key, line), {column for at, column in covered if at == number})
        for number, (key, line) in enumerate(lines)
    ]


def _grades(session: Session, cycle: Cycle, by: Identity) -> dict[int | None, Counter[str]]:
    grades: defaultdict[int | None, Counter[str]] = defaultdict(Counter)
    own = select(Review.key).where(Review.cycle_key == cycle.key)
    seen = select(Result).where(Result.review_key.in_(own), access.results(session, by)).order_by(Result.version)
    newest = {result.review_key: result for result in session.scalars(seen)}
    today = calendars.today(session, ZoneInfo(cycle.zone))
    for review in cycles.reviews_of(session, cycle):
        result = newest.get(review.key)
        if result is None or result.grade is None:
            continue
        left = review.state is ReviewState.CLOSED or not employments.is_employed(session, review.appraisee_key, today)
        if result.released_at is not None or not left:
            grades[review.department_key][result.grade] += 1
    return grades


def _count(given: Counter[str], level: Level) -> int:
    return given[level.id] + (given[level.name] if level.name != level.id else 0)


def _distribution(
    levels: Sequence[Level], smallest: int, unit: tuple[int | None, Sequence[int]], covered: set[int]
) -> Distribution:
    key, counts = unit
    graded = None if len(counts) in covered else sum(counts)
    guides = [level.guideline for level in levels if level.guideline is not None]
    parts: Sequence[int | None] = [None] * len(counts)
    if graded is not None and graded >= smallest and len(guides) == len(levels):
        parts = quotas(graded, guides)
    shown = [None if place in covered else count for place, count in enumerate(counts)]
    return Distribution(
        key,
        graded,
        tuple(
            Share(level.id, level.name, level.name_en, count, part)
            for level, count, part in zip(levels, shown, parts, strict=True)
        ),
    )
