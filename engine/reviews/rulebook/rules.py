"""The rules of a cycle as data: scale, the three weight axes, sections with their indicators, composition, choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from engine.reviews.rulebook.indicators import Indicator

SELF = "self"
"""The group of the appraisee."""
SUPERIOR = "superior"
"""The group of the direct superior."""
BY_POSITION = frozenset({SELF, SUPERIOR})
"""The groups that are one person by their position in the review."""


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


class Deviation(StrEnum):
    """What a template calls the deviation from a target; document 002 calls the completion so (X-10, L002-07)."""

    DIFFERENCE = "difference"
    """(actual - target) / target, as the field has it: -4 % where 96 % is reached."""
    QUOTIENT = "quotient"
    """actual / target, as document 002 prints it: 96 %."""


class Nominator(StrEnum):
    """Who names the raters of a group."""

    HR = "hr"
    """HR, before the launch."""
    APPRAISEE = "appraisee"
    """The appraisee."""
    SUPERIOR = "superior"
    """The superior."""
    LINE = "line"
    """Nobody: whoever the appraisee has a dotted line to is asked, and without one the group is left out (E-10)."""


class Approver(StrEnum):
    """Who approves what was nominated."""

    NOBODY = "nobody"
    """Nobody: they are asked at once."""
    SUPERIOR = "superior"
    """The superior."""
    HR = "hr"
    """HR."""


class Below(StrEnum):
    """What becomes of an anonymous group from which too few rated; shown it is in neither case (E-21)."""

    TO_OTHERS = "pass-on"
    """It is absent, as if nobody had rated: nothing of it is in any figure."""
    COUNTS = "counts"
    """It counts by the third of the scale that its mean lies in, so that whoever subtracts learns no rating."""


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
    """Those who rate from one position: self, superior, cross-department.

    Attributes:
        fewest, most: how many raters a nomination names.
        quorum: how many ratings are enough once the deadline has passed; 0 lets the deadline alone decide.
        departments: the codes of the departments that raters come from; empty for any.
        outside: whether raters come from other departments than the appraisee's.
        load: how many appraisees of a cycle somebody may be asked to rate (E-20).
        case_length: how many characters the case behind each rating has at least; 0 where none is due (L001-08).
        anonymous: whether its raters are shown as the group alone.
        smallest: how many of an anonymous group must have rated before anything of it is shown.
        below: what becomes of it where fewer have.
    """

    id: str
    name: str
    weight: Fraction
    name_en: str = ""
    mandatory: bool = False
    nominated_by: Nominator = Nominator.HR
    approved_by: Approver = Approver.NOBODY
    fewest: int = 1
    most: int = 10
    quorum: int = 0
    departments: tuple[str, ...] = ()
    outside: bool = False
    load: int = 20
    case_length: int = 0
    anonymous: bool = False
    smallest: int = 3
    below: Below = Below.TO_OTHERS

    @property
    def by_position(self) -> bool:
        """Tell whether the launch fills it from the reporting lines, so that nobody is nominated."""
        return self.id in BY_POSITION or self.nominated_by is Nominator.LINE


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
        grade_decision: the decision table that gives a total its grade, one of the levels.
        dimension_decision: a decision table that gives the weights of the dimensions by post family; empty where the
            template's own apply to everybody.
        smallest_group: how many graded people a department needs before a guideline is shown for it (W-16).
        team_weight: what the team's total weighs beside the personal one, of 100 (L001-29).
        deviation: how the deviation from a target is printed; it enters no score.
        defence: whether everybody defends the period before a panel, before the superior rates (L001-09).
        evidence_pack: what a self-evaluation brings at least one file of each (L002-17).
        outlier_at: the completion beyond which a value must be confirmed with a reason (E-28).
        missed_needs_reason: whether a value short of its target is entered with the reason why (L004-20).
    """

    model: Model
    scale: Scale
    rater_groups: tuple[RaterGroup, ...]
    sections: tuple[Section, ...]
    absent_raters: Absent | None = None
    absent_indicators: Absent | None = None
    absent_periods: Absent | None = None
    levels: tuple[Level, ...] = ()
    grade_decision: str = "grade-bands"
    smallest_group: int = 5
    dimensions: tuple[Dimension, ...] = ()
    dimension_decision: str = ""
    constraints: tuple[Constraint, ...] = ()
    team_weight: Fraction = Fraction(0)
    periods: tuple[PeriodShare, ...] = ()
    defence: bool = False
    evidence_pack: tuple[str, ...] = ()
    outlier_at: Fraction = Fraction(2)
    missed_needs_reason: bool = False
    total_cap: Fraction | None = None
    deviation: Deviation = Deviation.DIFFERENCE

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
