"""Where a field stands: the scope of its names, and the expressions evaluated in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import feel
from engine.bpmn.forms.components import is_expression

_QUOTES = '"'


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the answers that expressions call `this`: the whole form, or one row of a list.

    Attributes:
        this: the row, or all answers.
        parent: the enclosing scope's names; None at the top.
        indexes: the row's number in each list around it, counted from 1.
    """

    this: Mapping[str, Any]
    parent: Mapping[str, Any] | None = None
    indexes: tuple[int, ...] = ()

    def names(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an expression in this scope may name: all answers, `this`, `parent` and `i`."""
        special = {"this": self.this, "parent": self.parent, "i": list(self.indexes)}
        return {**special, **answers, **{f"_{name}_": value for name, value in special.items()}}

    def row(self, row: Mapping[str, Any], number: int) -> Scope:
        """Return the scope of a row of a list that stands in this scope."""
        return Scope(row, self.names(self.this), (*self.indexes, number))


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Evaluates a form's expressions; what fails is null, as in form-js."""

    environment: feel.Environment

    def value(self, expression: object, names: Mapping[str, Any]) -> object:
        """Return the JSON value of an expression, or the property itself where it is none."""
        if not is_expression(expression):
            return expression
        try:
            return feel.to_json(feel.compile(str(expression)).evaluate(names, self.environment))
        except feel.FeelError:
            return None

    def holds(self, condition: str | None, names: Mapping[str, Any]) -> bool:
        """Tell whether a condition is met.

        form-js evaluates it as a unary test on null: a condition that is null is met, and `not(...)` of null is not.
        """
        if condition is None:
            return False
        inner = negated(condition)
        try:
            result = feel.compile(inner or condition).evaluate(names, self.environment)
        except feel.FeelError:
            return False
        return (result is None or result is True) is (inner is None)


def negated(condition: str) -> str | None:
    """Return what a condition negates where it is `not(...)` as a whole, else None."""
    text = condition.removeprefix("=").strip()
    head, bracket, rest = text.partition("(")
    if head.strip() != "not" or not bracket or not rest.endswith(")"):
        return None
    depths = list(_depths(text))
    return rest[:-1] if 0 not in depths[len(head) + 1 : -1] else None


def _depths(text: str) -> Iterator[int]:
    depth, quoted, escaped = 0, False, False
    for character in text:
        if quoted:
            quoted = escaped or character != _QUOTES
            escaped = character == "\\" and not escaped
        else:
            quoted = character == _QUOTES
            depth += (character in "([{") - (character in ")]}")
        yield depth
