"""How far a target was reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from engine.errors import Problem
from engine.reviews.rulebook.indicators import Collection, Direction, Indicator
from engine.reviews.scores.figures import Figure, entered, mean, total
from engine.reviews.scores.quantities import Notation, parse
from engine.reviews.sentences import Sentence, UnreadableError


class UndefinedError(ArithmeticError):
    """The formula says nothing for these values: it would divide by zero, or against a target below zero."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A target and what was reached, as they were written.

    Attributes:
        series: the values of the periods, by period, where an indicator is measured more often than people are
            reviewed; `actual` is empty then.
        vetoed: whether it counts as nothing, whatever was reached (L000-27).
    """

    target: str
    actual: str
    series: tuple[tuple[str, str], ...] = ()
    vetoed: bool = False


def measure_of(target: str, values: Sequence[tuple[str, str | None]]) -> Measure | None:
    """Put a target and what was entered, by period, together; None where nothing applies."""
    written = tuple((period, value) for period, value in values if value is not None)
    if not written:
        return None
    return Measure(target, "", written) if written[0][0] else Measure(target, written[0][1])


def completion(indicator: Indicator, measure: Measure) -> Figure:
    """Say how far the target was reached, 1 being reached, within the indicator's floor and cap.

    Raises:
        UnreadableError: a value is not in the indicator's notation.
        UndefinedError: the formula is not defined for these values, and the indicator does not say what holds then.
    """
    target = entered("target", parse(measure.target, indicator.notation), measure.target)
    if measure.vetoed:
        veto, actual = entered("forbidden_conduct", Fraction(0)), reached(indicator, measure)
        return Figure(name="completion", exact=veto.exact, formula=veto.name, inputs=(target, actual, veto))
    figure = _reached(indicator, target, reached(indicator, measure))
    if indicator.floor is not None:
        figure = bounded(figure, "max", entered("floor", indicator.floor), max(figure.exact, indicator.floor))
    if indicator.cap is not None:
        figure = bounded(figure, "min", entered("cap", indicator.cap), min(figure.exact, indicator.cap))
    return figure


def reached(indicator: Indicator, measure: Measure) -> Figure:
    """Give the actual value; of several periods those that exist count, and the formula shows how many (E-33).

    Raises:
        UnreadableError: a value is not in the indicator's notation.
    """
    if not measure.series:
        return entered("actual", parse(measure.actual, indicator.notation), measure.actual)
    values = [
        entered(f"value_{number}", parse(written, indicator.notation), written, period)
        for number, (period, written) in enumerate(sorted(measure.series), start=1)
    ]
    if indicator.collected is Collection.SUM:
        return total("actual", values)
    if indicator.collected is Collection.LAST:
        return Figure(name="actual", exact=values[-1].exact, formula=values[-1].name, inputs=tuple(values))
    return mean("actual", values)


def _reached(indicator: Indicator, target: Figure, actual: Figure) -> Figure:
    if indicator.direction is Direction.STEPS:
        return _by_steps(indicator, target, actual)
    formula, compute = _COMPLETIONS[indicator.direction]
    try:
        exact = compute(actual.exact, target.exact)
    except UndefinedError:
        if indicator.undefined_as is None:
            raise
        rule = entered("undefined_as", indicator.undefined_as)
        return Figure(name="completion", exact=rule.exact, formula=rule.name, inputs=(target, actual, rule))
    return Figure(name="completion", exact=exact, formula=formula, inputs=(target, actual))


def _by_steps(indicator: Indicator, target: Figure, actual: Figure) -> Figure:
    lowest, *others = indicator.steps
    formula, exact, inputs = "reach_1", lowest.completion, [entered("reach_1", lowest.completion)]
    bounds = [entered(f"step_{n}", parse(s.at_least, indicator.notation), s.at_least) for n, s in enumerate(others, 2)]
    reaches = [entered(f"reach_{n}", step.completion) for n, step in enumerate(others, start=2)]
    for bound, reach in zip(bounds, reaches, strict=True):
        formula = (
            formula.removesuffix(inputs[-1].name) + f"if actual < {bound.name} then {inputs[-1].name} else {reach.name}"
        )
        exact = reach.exact if actual.exact >= bound.exact else exact
        inputs += [bound, reach]
    return Figure(name="completion", exact=exact, formula=formula, inputs=(target, actual, *inputs))


def _quotient(dividend: Fraction, divisor: Fraction) -> Fraction:
    if divisor <= 0:
        raise UndefinedError
    return dividend / divisor


_COMPLETIONS: Mapping[Direction, tuple[str, Callable[[Fraction, Fraction], Fraction]]] = {
    Direction.HIGHER: ("actual / target", _quotient),
    Direction.LOWER_RATIO: ("target / actual", lambda actual, target: _quotient(target, actual)),
    Direction.LOWER_LINEAR: ("2 - actual / target", lambda actual, target: 2 - _quotient(actual, target)),
    Direction.MATCH: ("if actual = target then 1 else 0", lambda actual, target: Fraction(actual == target)),
}


def bounded(figure: Figure, function: str, bound: Figure, exact: Fraction) -> Figure:
    """Wrap a figure's formula in `max` or `min` with a bound."""
    if function == "max" and exact == figure.exact:
        return figure  # a floor that does nothing would only lengthen the sheet
    inputs = (*figure.inputs, bound)
    return replace(figure, exact=exact, formula=f"{function}({figure.formula}, {bound.name})", inputs=inputs)


def target_problem(indicator: Indicator, target: str) -> Problem | None:
    """Say why nothing can be measured against a target; None where something can (E-26)."""
    try:
        value = parse(target, indicator.notation)
    except UnreadableError as error:
        return Problem(error.sentence, indicator.id, "bad-quantity")
    if value > 0 or indicator.undefined_as is not None or indicator.direction in (Direction.STEPS, Direction.MATCH):
        return None
    if value == 0:
        return Problem(Sentence("Its target is zero: nothing can be measured against it"), indicator.id, "zero")
    sentence = Sentence("Its target {target} is below zero: score it by steps", target=target)
    return Problem(sentence, indicator.id, "negative")


def step_problems(indicator: Indicator, where: str) -> Iterator[Problem]:
    """Name what is wrong with how an indicator is measured: its steps, half-open and without a hole, and yes or no."""
    if indicator.notation is Notation.YES_NO and indicator.direction is not Direction.MATCH:
        sentence = Sentence("What is yes or no is scored as match")
        yield Problem(sentence, f"{where}/direction", "not-match")
    if (indicator.direction is Direction.STEPS) != bool(indicator.steps):
        sentence = Sentence("It has steps, but is not scored by them, or the reverse")
        yield Problem(sentence, f"{where}/steps", "steps-missing")
    bounds = []
    for number, step in enumerate(indicator.steps):
        try:
            if number or step.at_least:
                bounds.append(parse(step.at_least, indicator.notation))
        except UnreadableError as error:
            yield Problem(error.sentence, f"{where}/steps/{number}/at_least", "bad-quantity")
    if indicator.steps and indicator.steps[0].at_least:
        sentence = Sentence(
            "The first step must have no lower bound: what lies below {bound} has no completion",
            bound=indicator.steps[0].at_least,
        )
        yield Problem(sentence, f"{where}/steps/0", "steps-with-hole")
    if any(lower >= upper for lower, upper in pairwise(bounds)):
        yield Problem(Sentence("Its steps do not rise"), f"{where}/steps", "steps-not-rising")
