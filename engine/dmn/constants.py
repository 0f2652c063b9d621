"""Refuse what a table's cells say that can never be: known from the cells alone, before anything is decided."""

from __future__ import annotations

from engine import feel
from engine.dmn.elements import Element
from engine.dmn.logic import Compilation, DecisionRun
from engine.dmn.types import Restricted
from engine.feel.errors import NullResult
from engine.feel.types import Simple, Type
from engine.feel.values import Value, kind

_CLOCKS = ("now()", "today()")
_DAYS = {"date", "date and time"}  # which compare with each other


def is_fixed(part: feel.Expression | feel.UnaryTests) -> bool:
    """Tell whether nothing outside decides what a text means: no variable, and no clock."""
    return not part.names and not any(clock in part.text for clock in _CLOCKS)


def refuse_result(
    compilation: Compilation, entry: Element, expression: feel.Expression, of: Type, allowed: feel.UnaryTests | None
) -> None:
    """Refuse an output that is always null, always of the wrong type, or never among the allowed ones."""
    text = expression.text.strip()
    if text == "null" or not is_fixed(expression):
        return
    run = DecisionRun(None)
    try:
        value = _computed(run, expression, of)
    except (NullResult, feel.FeelEvaluationError) as reason:
        compilation.wrong(entry, f"The output {text[:80]} never has a value: {reason}.", "no-value")
        return
    if allowed is not None and is_fixed(allowed) and not allowed.admit(run, value, {}):
        message = f"The output {text[:80]} is not among the allowed ones, {allowed.text[:200]}."
        compilation.wrong(entry, message, "not-allowed")


def _computed(run: DecisionRun, expression: feel.Expression, of: Type) -> Value:
    value = expression.compute(run, {})
    if value is None:
        raise NullResult(run.reasons[0].message if run.reasons else "it is null")
    return of.fit(value)


def refuse_comparison(
    compilation: Compilation, cell: Element, tests: feel.UnaryTests, of: Type | None, column: str
) -> None:
    """Refuse a cell that compares its input with a value of another type: it never matches."""
    base = of.base if isinstance(of, Restricted) else of
    if not isinstance(base, Simple):
        return
    for value in tests.compared:
        found = kind(value)
        if found != base.name and {found, base.name} != _DAYS:
            message = f"The cell {tests.text[:80]} compares a {found} with the input {column}, which is a {base.name}."
            compilation.wrong(cell, message, "wrong-type")
            return
