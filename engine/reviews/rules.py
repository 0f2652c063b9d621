"""The rules of a cycle as data: scale, rater groups, sections, indicators; and what forbids publishing them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from engine.errors import Problem
from engine.reviews.quantities import Notation, plain
from engine.reviews.sentences import Sentence

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TAKEN = frozenset(
    {
        "and",
        "between",
        "else",
        "every",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "not",
        "null",
        "of",
        "or",
        "return",
        "some",
        "then",
        "true",
    }
)
"""Words of FEEL, in which the formulas over these ids are written."""


class Direction(StrEnum):
    """How an actual value and its target make a completion (section 5 rule 2, W-10)."""

    HIGHER = "higher"
    """More is better: actual / target."""
    LOWER_RATIO = "lower-ratio"
    """Less is better: target / actual."""
    LOWER_LINEAR = "lower-linear"
    """Less is better: 2 - actual / target."""


class Model(StrEnum):
    """Where the raters' weights apply; document 004 says both, so a template must choose (X-05)."""

    BLEND_OF_TOTALS = "A"
    """Each group's ratings make a total of their own; the totals are blended."""
    RATERS_IN_ITEMS = "B"
    """Each qualitative indicator blends its groups' ratings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The ratings that raters may give, and how a total is printed."""

    maximum: int = 5
    minimum: int = 1
    half_points: bool = True
    places: int = 2

    def allows(self, rating: Fraction) -> bool:
        """Tell whether `rating` is a step of the scale."""
        step = 2 if self.half_points else 1
        return self.minimum <= rating <= self.maximum and (rating * step).denominator == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterGroup:
    """Those who rate from one position: self, superior, cross-department."""

    id: str
    name: str
    weight: Fraction
    name_en: str = ""
    mandatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One line of a scorecard: measured against a target, or rated.

    Attributes:
        rated_by: the groups that rate it; empty for a measured one.
        cap, floor: bounds of the completion, 1 meaning 100 %; no cap is document 004's own rule (X-23).
        evidence_at: ratings at or below need a concrete case in the comment (L004-33).
    """

    id: str
    name: str
    weight: Fraction
    name_en: str = ""
    rated_by: tuple[str, ...] = ()
    direction: Direction = Direction.HIGHER
    notation: Notation = Notation.NUMBER
    unit: str = ""
    target: str = ""
    source: str = ""
    cap: Fraction | None = None
    floor: Fraction | None = Fraction(0)
    rubric: str = ""
    evidence_at: Fraction | None = None

    @property
    def is_rated(self) -> bool:
        """Tell whether people rate it, rather than figures measure it."""
        return bool(self.rated_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the scorecard.

    Attributes:
        weight: its share of the total, of 100.
        whole: what the weights of its indicators must total: 100, or the section's own weight where they are
            printed as points of the total (004 does the first for its quantitative section, the second for the other).
    """

    id: str
    name: str
    weight: Fraction
    indicators: tuple[Indicator, ...]
    name_en: str = ""
    whole: Fraction = Fraction(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The rules by which one population is scored."""

    model: Model
    scale: Scale
    rater_groups: tuple[RaterGroup, ...]
    sections: tuple[Section, ...]
    total_cap: Fraction | None = None

    @property
    def indicators(self) -> Iterator[Indicator]:
        """Go through the indicators of all sections."""
        return (indicator for section in self.sections for indicator in section.indicators)

    @property
    def measured(self) -> list[Indicator]:
        """List the indicators that have targets and actual values."""
        return [indicator for indicator in self.indicators if not indicator.is_rated]

    def rated_by(self, group_id: str) -> list[Indicator]:
        """List the indicators that a rater group rates."""
        return [indicator for indicator in self.indicators if group_id in indicator.rated_by]


def publishing_problems(template: Template) -> list[Problem]:
    """Name everything that forbids publishing `template`; an empty list lets it pass.

    Nothing is normalised: weights that total 90 are HR's to mend (W-02, W-09, E-24).
    """
    problems = [
        _total_problem("sections", [s.weight for s in template.sections], Fraction(100)),
        _total_problem("rater_groups", [g.weight for g in template.rater_groups], Fraction(100)),
        *(_total_problem(f"sections/{s.id}", [i.weight for i in s.indicators], s.whole) for s in template.sections),
        *_id_problems(template),
        *_rater_problems(template),
        *_bound_problems(template),
    ]
    return [problem for problem in problems if problem is not None]


def _total_problem(where: str, weights: Sequence[Fraction], whole: Fraction) -> Problem | None:
    total = sum(weights, Fraction(0))
    if total == whole:
        return None
    template = (
        "The weights total {total}, but must total {whole}: {points} points are missing"
        if total < whole
        else "The weights total {total}, but must total {whole}: {points} points too many"
    )
    sentence = Sentence(template, total=plain(total), whole=plain(whole), points=plain(abs(whole - total)))
    return Problem(sentence, where=where, code="weights-total")


def _id_problems(template: Template) -> Iterator[Problem]:
    ids = Counter([*(s.id for s in template.sections), *(i.id for i in template.indicators)])
    ids.update(group.id for group in template.rater_groups)
    for name, times in ids.items():
        if times > 1:
            yield Problem(Sentence("The id {id} is used {times} times", id=name, times=times), name, "duplicate-id")
        if not _ID.fullmatch(name) or name in _TAKEN:
            yield Problem(Sentence("The id {id} is no plain name such as sales_revenue", id=name), name, "bad-id")


def _rater_problems(template: Template) -> Iterator[Problem]:
    known = {group.id for group in template.rater_groups}
    for indicator in template.indicators:
        for name in sorted(set(indicator.rated_by) - known):
            sentence = Sentence("It is rated by {group}, which is no rater group", group=name)
            yield Problem(sentence, indicator.id, "unknown-rater-group")
    for group in template.rater_groups:
        if not template.rated_by(group.id):
            yield Problem(Sentence("This rater group rates nothing"), group.id, "idle-rater-group")


def _bound_problems(template: Template) -> Iterator[Problem]:
    for indicator in template.indicators:
        if indicator.weight <= 0:
            yield Problem(Sentence("Its weight must be above zero"), indicator.id, "weight-not-positive")
        if indicator.cap is not None and indicator.floor is not None and indicator.cap < indicator.floor:
            yield Problem(Sentence("Its cap lies below its floor"), indicator.id, "cap-below-floor")
