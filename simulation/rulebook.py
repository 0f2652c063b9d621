"""The arithmetic of section 5 once more, the plain way: from what people wrote to a total, in fractions.

Nothing here is the product's: the rules are read from the same TOML files, everything else is worked out anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BOOKS = {
    "sales": ("sales-004", ROOT / "processes" / "review" / "cycle-corrected.toml"),
    "": ("by-post-000", ROOT / "processes" / "presets" / "by-post-000.toml"),
}
"""The rules of a quarter by post family, with the ids of their templates: document 004's for sales, else 000's."""

YEAR = {"": ("year-002", ROOT / "processes" / "presets" / "year-002.toml")}
"""The rules of the year: document 002's for everybody."""
DIMENSIONS = {
    "technical": {"performance": 30, "behaviour": 50, "collaboration": 20},
    "administration": {"performance": 20, "behaviour": 60, "collaboration": 20},
}
"""Document 000, lines 33 and 34."""

BANDS = ((90, "优秀"), (80, "良好"), (70, "合格"))
"""Document 004 with half-open bands; what is below all of them is 待改进."""

LOWEST = "待改进"

Given = Mapping[tuple[str, str], Mapping[str, str]]
"""By rater group and rater, the ratings by indicator, as written."""


@dataclass(frozen=True, slots=True)
class Book:
    """A book of rules, as its file says it."""

    id: str
    title: str
    rules: Mapping[str, Any]

    @property
    def levels(self) -> list[str]:
        """List the ids of the grades, the highest first."""
        return [level["id"] for level in self.rules["levels"]]

    @property
    def measured(self) -> list[Mapping[str, Any]]:
        """List the indicators with a target."""
        return [one for one in self._indicators() if not one.get("rated_by")]

    @property
    def rated(self) -> list[Mapping[str, Any]]:
        """List the indicators that people rate."""
        return [one for one in self._indicators() if one.get("rated_by")]

    def _indicators(self) -> Iterator[Mapping[str, Any]]:
        for section in self.rules["sections"]:
            yield from section["indicators"]


def load(files: Mapping[str, tuple[str, Path]] = BOOKS) -> dict[str, Book]:
    """Read the books by which the company is reviewed, by post family; without a name the one for all others."""
    written = {
        family: (name, tomllib.loads(path.read_text(encoding="utf-8"))) for family, (name, path) in files.items()
    }
    return {
        family: Book(name, book["template"]["title"], {"levels": _levels(), **book["rules"]})
        for family, (name, book) in written.items()
    }


def _levels() -> Any:
    """Read the grades of document 000, which a book takes over that names none: else nobody can compare them (X-02)."""
    return tomllib.loads(BOOKS[""][1].read_text(encoding="utf-8"))["rules"]["levels"]


def number(written: str) -> Fraction:
    """Read what somebody wrote: 480, 85%, 1:4.2."""
    if written.endswith("%"):
        return Fraction(written[:-1]) / 100
    one, colon, other = written.partition(":")
    return Fraction(other) / Fraction(one) if colon else Fraction(one)


def total(book: Book, family: str, targets: Mapping[str, str], actuals: Mapping[str, str], given: Given) -> Fraction:
    """Work out somebody's total, exactly."""
    weights = DIMENSIONS.get(family, {})
    return sum(
        (
            _section(book, section, targets, actuals, given)
            * Fraction(weights.get(section.get("dimension", ""), 100), 100)
            for section in book.rules["sections"]
        ),
        Fraction(0),
    )


def composed(own: Fraction, quarters: Sequence[Fraction]) -> Fraction:
    """Compose the total of a year: quarters 40, the year itself 30, months 30, over the periods that exist (002)."""
    if not quarters:
        return own
    return (_mean(quarters) * 40 + own * 30) / 70


def hundredths(exact: Fraction) -> Fraction:
    """Round half up to two places."""
    doubled = exact * 200
    return Fraction((doubled.numerator // doubled.denominator + 1) // 2, 100)


def grade(rounded: Fraction) -> str:
    """Find the grade of a rounded total."""
    return next((name for bound, name in BANDS if rounded >= bound), LOWEST)


def _section(
    book: Book,
    section: Mapping[str, Any],
    targets: Mapping[str, str],
    actuals: Mapping[str, str],
    given: Given,
) -> Fraction:
    points = Fraction(0)
    for one in section["indicators"]:
        weight = Fraction(str(one["weight"]))
        if one.get("rated_by"):
            points += weight * _rating(book, one, given) / book.rules["scale"]["maximum"]
        else:
            points += weight * _reached(one, targets[one["id"]], actuals[one["id"]])
    return points * Fraction(str(section["weight"])) / Fraction(str(section.get("whole", 100)))


def _reached(indicator: Mapping[str, Any], target: str, actual: str) -> Fraction:
    if indicator.get("direction") == "lower-ratio":
        return max(Fraction(0), number(target) / number(actual))
    return max(Fraction(0), number(actual) / number(target))


def _rating(book: Book, indicator: Mapping[str, Any], given: Given) -> Fraction:
    """Blend the means of those groups that rated; who is absent leaves the weight to the others."""
    shares: list[tuple[Fraction, Fraction]] = []
    for group in book.rules["rater_groups"]:
        ratings = [
            Fraction(rated[indicator["id"]])
            for (name, _), rated in given.items()
            if name == group["id"] and group["id"] in indicator["rated_by"] and indicator["id"] in rated
        ]
        if ratings:
            shares.append((Fraction(str(group["weight"])), _mean(ratings)))
    return sum((weight * mean for weight, mean in shares), Fraction(0)) / sum(weight for weight, _ in shares)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
