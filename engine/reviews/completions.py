"""How far a target was reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.reviews.figures import Figure, entered
from engine.reviews.quantities import parse
from engine.reviews.rules import Direction, Indicator


@dataclass(frozen=True, slots=True)
class Measure:
    """A target and what was reached, both as they were written."""

    target: str
    actual: str


def completion(indicator: Indicator, measure: Measure) -> Figure:
    """Say how far the target was reached, 1 being reached, within the indicator's floor and cap.

    Raises:
        UnreadableError: a value is not in the indicator's notation.
        ZeroDivisionError: the formula is not defined for these values.
    """
    target = entered("target", parse(measure.target, indicator.notation), measure.target)
    actual = entered("actual", parse(measure.actual, indicator.notation), measure.actual)
    formula, compute = _COMPLETIONS[indicator.direction]
    figure = Figure(
        name="completion", exact=compute(actual.exact, target.exact), formula=formula, inputs=(target, actual)
    )
    if indicator.floor is not None:
        figure = bounded(figure, "max", entered("floor", indicator.floor), max(figure.exact, indicator.floor))
    if indicator.cap is not None:
        figure = bounded(figure, "min", entered("cap", indicator.cap), min(figure.exact, indicator.cap))
    return figure


_COMPLETIONS: Mapping[Direction, tuple[str, Callable[[Fraction, Fraction], Fraction]]] = {
    Direction.HIGHER: ("actual / target", lambda actual, target: actual / target),
    Direction.LOWER_RATIO: ("target / actual", lambda actual, target: target / actual),
    Direction.LOWER_LINEAR: ("2 - actual / target", lambda actual, target: 2 - actual / target),
}


def bounded(figure: Figure, function: str, bound: Figure, exact: Fraction) -> Figure:
    """Wrap a figure's formula in `max` or `min` with a bound."""
    if function == "max" and exact == figure.exact:
        return figure  # a floor that does nothing would only lengthen the sheet
    inputs = (*figure.inputs, bound)
    return replace(figure, exact=exact, formula=f"{function}({figure.formula}, {bound.name})", inputs=inputs)
