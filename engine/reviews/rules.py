"""The rules of a cycle as data: scale, the three weight axes, sections with their indicators, composition, choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from engine.reviews.indicators import Indicator


class Model(StrEnum):
    """Where the raters' weights apply; document 004 says both, so a template must choose (X-05)."""

    BLEND_OF_TOTALS = "A"
    """Each group's ratings make a total of their own; the totals are blended."""
    RATERS_IN_ITEMS = "B"
    """Each qualitative indicator blends its groups' ratings."""


class Absent(StrEnum):
    """What becomes of the weight of something that does not apply; a template must choose (X-24)."""

    TO_OTHERS = "pass-on"
    """It passes to the others of its own axis, and the sheet says so."""
    BLOCK = "block"
    """There is no result without it."""


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
class Level:
    """A grade: the decision table that bands totals answers with its name, rules refer to its id (X-01).

    `guideline` is the per cent of a group that a calibration may be advised to give it; ranks decide nothing else.
    """

    id: str
    name: str
    name_en: str = ""
    meaning: str = ""
    guideline: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterGroup:
    """Those who rate from one position: self, superior, cross-department."""

    id: str
    name: str
    weight: Fraction
    name_en: str = ""
    mandatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What a part of the scorecard is about: performance, behaviour, collaboration (L000-16)."""

    id: str
    name: str
    weight: Fraction
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the scorecard.

    Attributes:
        weight: its share, of 100, of the total, or of its dimension where the template has dimensions.
        whole: what the weights of its indicators must total: 100, or the section's own weight where they are
            printed as points of the total (004 does the first for its quantitative section, the second for the other).
        dimension: the dimension it belongs to, by id.
    """

    id: str
    name: str
    weight: Fraction
    indicators: tuple[Indicator, ...]
    name_en: str = ""
    whole: Fraction = Fraction(100)
    dimension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """Bounds, in points of the total, for the weight of a group of indicators: a tag or a horizon (L000-02, X-11)."""

    of: str
    minimum: Fraction = Fraction(0)
    maximum: Fraction = Fraction(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodShare:
    """What the results of one kind of period weigh in a composed total; `id` is the kind, such as month (W-08)."""

    id: str
    name: str
    weight: Fraction
    name_en: str = ""
    mandatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The rules by which one population is scored.

    Attributes:
        absent_raters, absent_indicators, absent_periods: what becomes of the weight of what does not apply (X-24).
        dimension_decision: a decision table that gives the weights of the dimensions by post family; empty where the
            template's own apply to everybody.
        smallest_group: how many graded people a department needs before a guideline is shown for it (W-16).
        team_weight: what the team's total weighs beside the personal one, of 100 (L001-29).
        outlier_at: the completion beyond which a value must be confirmed with a reason (E-28).
    """

    model: Model
    scale: Scale
    rater_groups: tuple[RaterGroup, ...]
    sections: tuple[Section, ...]
    absent_raters: Absent | None = None
    absent_indicators: Absent | None = None
    absent_periods: Absent | None = None
    levels: tuple[Level, ...] = ()
    smallest_group: int = 5
    dimensions: tuple[Dimension, ...] = ()
    dimension_decision: str = ""
    constraints: tuple[Constraint, ...] = ()
    team_weight: Fraction = Fraction(0)
    periods: tuple[PeriodShare, ...] = ()
    outlier_at: Fraction = Fraction(2)
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

    def share(self, section: Section, indicator: Indicator) -> Fraction:
        """Give what an indicator weighs in the total, in points of 100."""
        dimension = next((one.weight for one in self.dimensions if one.id == section.dimension), Fraction(100))
        return indicator.weight / section.whole * section.weight * dimension / 100 if section.whole else Fraction(0)
