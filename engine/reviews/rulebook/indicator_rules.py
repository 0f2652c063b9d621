"""What forbids publishing the rules of an indicator: what would fail, or say nothing, once a cycle runs by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.errors import Problem
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Scale
from engine.reviews.scores.completions import target_problem
from engine.reviews.scores.quantities import plain
from engine.reviews.sentences import Sentence

OF_MEASURED = ("target", "undefined_as", "cadence", "collected")
"""What only a measured indicator says."""

OF_RATED = ("evidence_at", "rubric_levels")
"""What only a rated indicator says."""


def indicator_problems(indicator: Indicator, scale: Scale, where: str) -> Iterator[Problem]:
    """Name what in the rules of an indicator contradicts itself or the scale."""
    foreign = OF_MEASURED if indicator.is_rated else OF_RATED
    for name in foreign:
        if getattr(indicator, name) not in ("", None, ()):
            sentence = (
                Sentence("It is rated, not measured: {name} says nothing of it", name=name)
                if indicator.is_rated
                else Sentence("It is measured, not rated: {name} says nothing of it", name=name)
            )
            yield Problem(sentence, f"{where}/{name}", "says-nothing")
    lowest = indicator.evidence_at
    if lowest is not None and not scale.minimum <= lowest <= scale.maximum:
        sentence = Sentence("{rating} is no step of the scale", rating=plain(lowest))
        yield Problem(sentence, f"{where}/evidence_at", "off-scale")
    if not indicator.is_rated:
        yield from measure_problems(indicator, where)


def measure_problems(indicator: Indicator, where: str) -> Iterator[Problem]:
    """Name what nothing could be measured by: the target it brings, its cap, values without the periods they are of."""
    if indicator.target and (problem := target_problem(indicator, indicator.target)):
        yield replace(problem, where=f"{where}/target")
    if indicator.cap is not None and indicator.cap <= (indicator.floor or 0):
        yield Problem(Sentence("Its cap does not lie above its floor"), f"{where}/cap", "cap-below-floor")
    if indicator.collected is not None and indicator.cadence is None:
        sentence = Sentence("It says how values are collected, and not how often they come: cadence is missing")
        yield Problem(sentence, f"{where}/cadence", "cadence-missing")
