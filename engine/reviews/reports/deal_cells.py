"""Deal cells: deals by source, by how long they took and by how much they are worth, beside what people did (L001-06).

Every deal is in one cell, so that the cells add up to the whole; bands are half-open, from their lower bound up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import Invalid, Problem
from engine.reviews.reports.deals import Sale
from engine.reviews.reports.weekly_figures import CONVERTED, LEADS, Figure
from engine.reviews.scores.quantities import weight
from engine.reviews.sentences import Sentence, UnreadableError

MOST_BOUNDS = 6
"""How many bounds a table has at most."""

FORMULAS = {
    "mean_days": "sum(closed_on - lead_on) / deals",
    "mean_value": "sum(value) / deals",
    "share": "sum(value) / sum(value of all)",
    "per_deal": "sum(done) / deals",
}
"""How each figure of a table comes about."""


@dataclass(frozen=True, slots=True)
class Bands:
    """The lower bounds of all bands but the first, rising: days, and yuan."""

    days: tuple[Fraction, ...] = (Fraction(30), Fraction(90))
    values: tuple[Fraction, ...] = (Fraction(10_000), Fraction(100_000))


@dataclass(frozen=True, slots=True)
class Cell:
    """Some deals."""

    deals: int
    value: Fraction
    days: int

    @property
    def mean_days(self) -> Fraction | None:
        """How long they took in the mean; None where there is none."""
        return Fraction(self.days, self.deals) if self.deals else None

    @property
    def mean_value(self) -> Fraction | None:
        """What one is worth in the mean; None where there is none."""
        return self.value / self.deals if self.deals else None


@dataclass(frozen=True, slots=True)
class Channel:
    """The deals of one source: its cells by days, and in each row by value."""

    name: str
    whole: Cell
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Effort:
    """What somebody did of one thing, and how much of it lies behind each deal."""

    person_key: int
    measure: str
    done: Fraction
    deals: int

    @property
    def per_deal(self) -> Fraction | None:
        """How much was done for one deal; None where none was closed."""
        return self.done / self.deals if self.deals else None


def bands(days: str, values: str) -> Bands:
    """Read bounds such as `30, 90`; what is empty is as usual.

    Raises:
        Invalid: a bound is no number, they do not rise, or there are too many.
    """
    usual, problems = Bands(), list[Problem]()
    read = (_bounds(days, "days", usual.days, problems), _bounds(values, "values", usual.values, problems))
    if problems:
        raise Invalid("Expected to put deals into bands, but their bounds are not clear", problems)
    return Bands(*read)


def by_channel(sales: Sequence[Sale], within: Bands) -> list[Channel]:
    """Put deals into cells by source, days and value; the source that is worth most comes first."""
    names = {sale.channel for sale in sales}
    channels = [_channel(name, [sale for sale in sales if sale.channel == name], within) for name in names]
    return sorted(channels, key=lambda one: (-one.whole.value, one.name))


def whole(sales: Iterable[Sale]) -> Cell:
    """Add deals up."""
    each = list(sales)
    return Cell(len(each), sum((sale.value for sale in each), Fraction(0)), sum(sale.days for sale in each))


def efforts(sales: Sequence[Sale], figures: Sequence[Figure]) -> list[Effort]:
    """Put what people did beside what they closed: visits and calls, each by person."""
    done: dict[tuple[int, str], Fraction] = {}
    for one in figures:
        if one.measure not in (LEADS, CONVERTED):
            about = one.person_key, one.measure
            done[about] = done.get(about, Fraction(0)) + one.value
    closed = {key: sum(sale.person_key == key for sale in sales) for key, _ in done}
    return [Effort(key, measure, much, closed[key]) for (key, measure), much in sorted(done.items())]


def _channel(name: str, sales: Sequence[Sale], within: Bands) -> Channel:
    rows = tuple(
        tuple(
            whole(
                sale
                for sale in sales
                if _band(within.days, Fraction(sale.days)) == row and _band(within.values, sale.value) == column
            )
            for column in range(len(within.values) + 1)
        )
        for row in range(len(within.days) + 1)
    )
    return Channel(name, whole(sales), rows)


def _band(bounds: Sequence[Fraction], value: Fraction) -> int:
    return sum(bound <= value for bound in bounds)


def _bounds(text: str, where: str, usual: tuple[Fraction, ...], problems: list[Problem]) -> tuple[Fraction, ...]:
    if not text.strip():
        return usual
    try:
        read = tuple(weight(part) for part in text.replace("，", ",").split(","))
    except UnreadableError as error:
        problems.append(Problem(error.sentence, where, "bad-quantity"))
        return usual
    if len(read) > MOST_BOUNDS or list(read) != sorted(set(read)):
        sentence = Sentence("The bounds must rise, and be {most} at most", most=MOST_BOUNDS)
        problems.append(Problem(sentence, where, "bad-bounds"))
    return read
