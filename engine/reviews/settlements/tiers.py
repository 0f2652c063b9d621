"""Tiers: rates that rise with what was reached. How they apply is always said, never guessed (X-14, W-11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from engine.errors import Problem
from engine.reviews.scores.figures import Figure, entered, total
from engine.reviews.scores.quantities import plain
from engine.reviews.sentences import Sentence


class Spread(StrEnum):
    """What a tier's rate is paid on."""

    SLAB = "slab"
    """The whole amount, once the tier is reached."""
    MARGINAL = "marginal"
    """Only the part of the amount that lies in the tier."""


class Rise(StrEnum):
    """How a tier says its rate."""

    RATE = "rate"
    """As the rate itself: 1.8 %."""
    RELATIVE = "relative"
    """As a rise of the base rate by so much of it: 5 % on 1.2 % is 1.26 %."""
    POINTS = "points"
    """As percentage points on top of the base rate: 5 on 1.2 % is 6.2 %."""


class Edge(StrEnum):
    """Whether a tier begins at its bound or beyond it."""

    AT_LEAST = "at-least"
    """达到: at the bound already."""
    ABOVE = "above"
    """超过: only beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A step of a tier table: from which part of the target, 1.2 meaning 120 %, and its rate or rise, in per cent."""

    reached: Fraction
    value: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTable:
    """A rate that rises with the completion; four readings of one sentence pay 16.2 to 80.6 (W-11), so all is chosen.

    Attributes:
        base: the per cent below the first tier.
        tiers: the lowest first.
        spread, rise, edge: how they apply; a scheme must choose each.
    """

    base: Fraction
    tiers: tuple[Tier, ...]
    spread: Spread
    rise: Rise
    edge: Edge

    def rate(self, tier: Tier) -> Fraction:
        """Give the rate of a tier, in per cent."""
        if self.rise is Rise.RELATIVE:
            return self.base * (1 + tier.value / 100)
        return self.base + tier.value if self.rise is Rise.POINTS else tier.value

    def is_reached(self, tier: Tier, completion: Fraction) -> bool:
        """Tell whether a completion has come to a tier."""
        return completion > tier.reached or (self.edge is Edge.AT_LEAST and completion == tier.reached)


def tier_problems(table: TierTable, where: str) -> Iterator[Problem]:
    """Name tiers that do not rise: one that pays less for more, or stands in the wrong place."""
    if not table.tiers:
        yield Problem(Sentence("There is no tier"), where, "no-tier")
    for lower, higher in pairwise(table.tiers):
        if higher.reached <= lower.reached:
            sentence = Sentence(
                "{bound} must lie above {other}", bound=plain(higher.reached), other=plain(lower.reached)
            )
            yield Problem(sentence, where, "tiers-out-of-order")
    rates = [table.base, *(table.rate(tier) for tier in table.tiers)]
    if any(higher < lower for lower, higher in pairwise(rates)):
        yield Problem(Sentence("A higher tier pays a lower rate"), where, "tiers-fall")


def paid(table: TierTable, amount: Fraction, target: Fraction) -> Figure:
    """Compute what a table pays on an amount, of a target above zero; both in the same unit, as is the answer."""
    reached = [tier for tier in table.tiers if table.is_reached(tier, amount / target)]
    if table.spread is Spread.SLAB or not reached:
        rate = table.rate(reached[-1]) if reached else table.base
        return _product("amount", amount, rate)
    return _marginal(table, reached, amount, target)


def _marginal(table: TierTable, reached: Sequence[Tier], amount: Fraction, target: Fraction) -> Figure:
    bounds = [Fraction(0), *(tier.reached * target for tier in reached), amount]
    rates = [table.base, *(table.rate(tier) for tier in reached)]
    parts = [
        _product(f"part{number}", upper - lower, rate)
        for number, ((lower, upper), rate) in enumerate(zip(pairwise(bounds), rates, strict=True), 1)
    ]
    return total("paid", parts)


def _product(name: str, amount: Fraction, rate: Fraction) -> Figure:
    inputs = (entered(f"{name}_base", amount), entered(f"{name}_rate", rate))
    return Figure(name=name, exact=amount * rate / 100, formula=f"{name}_base * {name}_rate / 100", inputs=inputs)
