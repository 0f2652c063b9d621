"""Indicators: the lines of a scorecard, and how each is measured or rated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from engine.reviews.scores.quantities import Notation


class Direction(StrEnum):
    """How an actual value and its target make a completion (section 5 rule 2, W-10)."""

    HIGHER = "higher"
    """More is better: actual / target."""
    LOWER_RATIO = "lower-ratio"
    """Less is better: target / actual."""
    LOWER_LINEAR = "lower-linear"
    """Less is better: 2 - actual / target."""
    STEPS = "steps"
    """Half-open steps of the actual value, each with its completion."""
    MATCH = "match"
    """As targeted or not at all: 1 or 0."""


class Horizon(StrEnum):
    """How far an indicator looks; a constraint may bound the weight of either (X-11)."""

    SHORT = "short"
    """This period's result."""
    LONG = "long"
    """What pays off later, such as satisfaction."""


class Cadence(StrEnum):
    """How often an indicator is measured, which need not be how often people are reviewed (L003-10)."""

    MONTH = "month"
    """Every month."""
    QUARTER = "quarter"
    """Every quarter."""
    HALF = "half"
    """Every half-year."""
    YEAR = "year"
    """Once a year."""


class Collection(StrEnum):
    """How the values of several periods make the one actual value; those that exist count (E-33)."""

    MEAN = "mean"
    """Their mean, as for rates."""
    SUM = "sum"
    """Their sum, as for counts."""
    LAST = "last"
    """The newest, as for stocks."""


class Capability(StrEnum):
    """What a system is for, and so which values it can be the source of (L000-19, L002-28)."""

    CRM = "crm"
    """Customers, leads, contracts."""
    OKR = "okr"
    """Objectives and key results."""
    BI = "bi"
    """Reports over other systems' figures."""
    ATTRIBUTION = "attribution"
    """Which campaign a visitor or customer came by."""
    AUTOMATION = "automation"
    """Campaigns, forms and leads of marketing."""
    FINANCE = "finance"
    """Revenue, payments, cost."""
    SURVEY = "survey"
    """What customers or colleagues answer."""
    TABLES = "tables"
    """Work tables that people keep by hand."""
    MESSAGING = "messaging"
    """Messages between people."""
    HR = "hr"
    """People, posts, leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What completion an actual value reaches from `at_least` up to the next step; empty for whatever lies below."""

    completion: Fraction
    at_least: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricLevel:
    """What a rating means for one indicator."""

    rating: Fraction
    text: str
    text_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One line of a scorecard: measured against a target, or rated.

    Attributes:
        rated_by: the groups that rate it; empty for a measured one.
        cap, floor: bounds of the completion, 1 meaning 100 %; no cap is document 004's own rule (X-23).
        undefined_as: the completion where the formula divides by zero or by less; without it that is refused (E-26).
        evidence_at: ratings at or below need a concrete case in the comment (L004-33).
        tags: the groups of indicators it belongs to, such as marketing, whose weight a constraint may bound.
        families: the post families it fits; empty for every one (L000-29).
        measured_in: the kind of system its values come from; empty for any (L004-10).
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
    undefined_as: Fraction | None = None
    steps: tuple[Step, ...] = ()
    cadence: Cadence | None = None
    collected: Collection | None = None
    horizon: Horizon | None = None
    tags: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    measured_in: Capability | None = None
    rubric: str = ""
    rubric_levels: tuple[RubricLevel, ...] = ()
    evidence_at: Fraction | None = None
    library: str = ""
    """The library entry and version it was taken from, such as cac/2."""

    @property
    def is_rated(self) -> bool:
        """Tell whether people rate it, rather than figures measure it."""
        return bool(self.rated_by)

    @property
    def groups(self) -> frozenset[str]:
        """Name the groups of indicators that constraints know it by: its tags and its horizon."""
        return frozenset(self.tags) | ({self.horizon.value} if self.horizon else set())
