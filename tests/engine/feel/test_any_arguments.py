"""Whatever a function, an operator or a path is given, the answer is a value of the language or null."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from engine import feel
from engine.feel.functions import BUILTINS

WRITTEN = """
    0 1 -1 0.5 1e6144 -1e6144 1e-6143 9999999999 null true false "" "a" "2020-01-01" "P1D" "(" [] [1,2] ["a"] [null]
    [[1]] {} {a:1} @"2020-01-01" @"10:00:00" @"10:00:00Z" @"10:00:00@Europe/Paris" @"2020-01-01T10:00:00@Asia/Tokyo"
    @"999999999-12-31" @"-999999999-01-01T00:00:00Z" @"P1D" @"-P1Y" @"P999999999Y" [1..2] (<5) ["a".."b"]
    [@"2020-01-01"..@"2020-01-02"] abs count
"""
VALUES = WRITTEN.split()
FUNCTIONS = ["(function(x) x)", "(function(x, y) x)", "(function(a, b) a < b)"]
OPERATORS = ["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"]
PROPERTIES = ["year", "hour", "days", "months", "start", "time offset", "weekday", "a"]
TYPES = ["number", "list<number>", "range<Any>", "context<a: number>", "function<Any> -> Any"]


def any_expression(random: Random, levels: int) -> str:
    """Write an expression of this many levels."""
    if not levels or random.random() < 0.3:
        return random.choice(VALUES + FUNCTIONS)
    one, other = any_expression(random, levels - 1), any_expression(random, levels - 1)
    arguments = [any_expression(random, levels - 1) for _ in range(random.choice([0, 1, 2, 2, 3, 4]))]
    call = f"{random.choice(list(BUILTINS))}({', '.join(arguments)})"
    return random.choice(
        [
            *[call] * 6,
            *[f"({one} {random.choice(OPERATORS)} {other})"] * 3,
            f"({one}).{random.choice(PROPERTIES)}",
            f"({one})[{other}]",
            f"(for i in {one} return {other})",
            f"(({one}) instance of {random.choice(TYPES)})",
        ]
    )


def numbers(value: object) -> list[Decimal]:
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    if isinstance(value, dict):
        return numbers(list(value.values()))
    return [value] if isinstance(value, Decimal) else []


@pytest.mark.parametrize("seed", range(20))
def test_nothing_but_values_and_nulls_comes_out(seed):
    random = Random(seed)  # noqa: S311 - the same expressions each time

    for _ in range(200):
        text = any_expression(random, 3)
        try:
            value = feel.compile_expression(text).evaluate({})
        except feel.FeelEvaluationError:  # the limits
            continue
        assert all(number.is_finite() and len(number.as_tuple().digits) <= 34 for number in numbers(value)), text
