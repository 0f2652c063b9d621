"""feelin, the FEEL of the browser, gives the same values as ours where the two follow the same standard.

feelin computes in floats, so the numbers of the expressions about everything are halves and quarters, which floats hold
exactly; other decimals meet only operations that lose no digits, and are compared after rounding to 12. Left out is
what feelin gets wrong: lists of different lengths, the median of numbers beyond 9, the type of a string, and that
some or every of the items meet a condition which is null (`false or null` is null).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import javascript
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import exact_json, feel

VARIABLES: dict[str, Any] = {
    "score": 91.5,
    "weight": 4,
    "name": "王芳 Wang Fang",
    "passed": True,
    "marks": [1, 2.5, -3, 2.5],
    "review": {"grade": "B", "points": 7, "items": [{"name": "a", "rating": 4.5}, {"name": "b", "rating": 3}]},
}
TWELVE = Context(prec=12)

wholes = st.integers(-9, 9)
quarters = st.sampled_from(["0.25", "1.5", "2.75", "-0.5", "10", "3.0"])
words = st.sampled_from(['"a"', '"B"', '""', '"王芳"', '"foo bar"', '"a,b,c"', "name", "review.grade"])


FORMS = {
    "number": """
        ({n} + {m})
        ({n} - {m})
        ({n} * {m})
        ({n} / 4)
        ({n}) ** 2
        -({n})
        abs({n})
        floor({n})
        ceiling({n})
        round up({n}, 1)
        round half up({n}, 0)
        modulo({n}, 5)
        (if {b} then {n} else {m})
        sum({l})
        count({l})
        max({l})
        min({n}, {m})
        ({l})[1]
        string length({s})
        {{ x: {n}, y: x + 1 }}.y
        (function(x, y) x - y)({n}, {m})
        (function(x) x * 2)(x: {n})
        review.items[2].rating
        count(review.items[rating > {n}])
    """,
    "string": """
        ({s} + {t})
        upper case({s})
        lower case({s})
        (if {b} then {s} else {t})
        substring({s} + "abcde", 3)
        substring({s} + "abcde", -4, 2)
        substring before({s}, "a")
        substring after({s}, "a")
        string join([{s}, {t}], "、")
        string join(split("x,y", ","), {s})
        replace({s}, "[aB]", "<$0>")
    """,
    "truth": """
        ({n} < {m})
        ({n} >= {m})
        ({n} = {m})
        ({n} != {m})
        ({s} = {t})
        ({s} < {t})
        ([{n}, {m}] = [{m}, {n}])
        not({b})
        ({b} and {c})
        ({b} or {c})
        ({n} between 0 and 5)
        ({n} in [0..5))
        ({n} in (< 0, > 5))
        ({n} in ({m}, 1))
        contains({s}, {t})
        starts with({s}, {t})
        matches({s}, "^[a-z]+$")
        list contains({l}, {n})
        (some x in {l} satisfies (x > {n}) = true)
        (every x in {l} satisfies (x <= {n}) = true)
        odd(floor({n}))
        before([1..3], [4..5])
        includes([0..5], {n})
    """,
    "list": """
        [{n}, {m}]
        append({l}, {n})
        concatenate({l}, {k})
        union({l}, {k})
        reverse({l})
        distinct values({l})
        flatten([{l}, [{k}]])
        index of({l}, {n})
        sort({l}, function(x, y) x < y)
        insert before(append({l}, 0), 1, {n})
        remove(append({l}, 1), 1)
        sublist(append({l}, 0), 1, 1)
        (for x in {l} return x + {n})
        (for x in 1..3, y in {l} return x * y)
        ({l})[item > {n}]
        (if {b} then {l} else {k})
        review.items.rating
    """,
}
LETTERS = {"number": "nm", "string": "st", "truth": "bc", "list": "lk"}
ARITHMETIC = """
    ({a} + {b})
    ({a} * {b})
    ({a} / {b})
    sum([{a}, {b}])
    mean([{a}, {b}, {c}])
    max({a}, {b})
    sqrt({a})
    (for x in [{a}, {b}] return x)[1]
    {{ u: {a}, v: u * {b} }}.v
"""


def filled(forms: str, parts: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """Take one of the forms, a line each, and put a part in for each letter in braces."""

    def fill(form: str) -> st.SearchStrategy[str]:
        wanted = {letter: part for letter, part in parts.items() if "{" + letter + "}" in form}
        return st.fixed_dictionaries(wanted).map(lambda chosen: form.format(**chosen))

    return st.sampled_from(forms.strip().splitlines()).map(str.strip).flatmap(fill)


def deeper(leaves: dict[str, st.SearchStrategy[str]]) -> dict[str, st.SearchStrategy[str]]:
    """Build expressions of each kind from those of the level below."""
    parts = {letter: leaves[kind] for kind, letters in LETTERS.items() for letter in letters}
    return {kind: leaves[kind] | filled(forms, parts) for kind, forms in FORMS.items()}


def expressions(levels: int) -> st.SearchStrategy[str]:
    kinds = {
        "number": wholes.map(str) | quarters | st.sampled_from(["score", "weight", "review.points"]),
        "string": words,
        "truth": st.sampled_from(["true", "false", "passed"]),
        "list": st.sampled_from(["marks", "[1, 2, 3]", "[0.5]"]),
    }
    for _ in range(levels):
        kinds = deeper(kinds)
    return st.one_of(*kinds.values())


decimals = st.decimals("0.01", "99.99", places=2).map(str)
arithmetic = st.recursive(decimals, lambda inner: filled(ARITHMETIC, dict.fromkeys("abc", inner)), max_leaves=6)


@pytest.fixture(scope="module")
def feelin() -> Iterator[subprocess.Popen[str]]:
    with javascript.running(Path(__file__).with_name("feelin.mjs"), "@bpmn-io/feelin") as process:
        yield process


def theirs(feelin: subprocess.Popen[str], text: str) -> Any:
    feelin.stdin.write(json.dumps({"text": text, "variables": VARIABLES}) + "\n")
    feelin.stdin.flush()
    answer = exact_json.loads(feelin.stdout.readline())
    assert "error" not in answer, answer
    return rounded(answer.get("value"))


def ours(text: str) -> Any:
    return rounded(feel.to_json(feel.compile_expression(text).evaluate(VARIABLES)))


def rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return TWELVE.create_decimal(value)
    return value


def same(one: Any, other: Any) -> bool:
    """Compare values; where a number stands between two of 12 digits, the float may be rounded to the other."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one == other or abs(one - other) <= Decimal(1).scaleb(one.adjusted() - 11)
    return one == other


QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.parametrize("count", [300, pytest.param(5000, marks=pytest.mark.long)])
def test_expressions_have_the_value_that_they_have_in_the_browser(feelin, count):
    @settings(max_examples=count, **QUIET)
    @given(expressions(3))
    def agree(text: str) -> None:
        assert same(ours(text), theirs(feelin, text))

    agree()


@pytest.mark.parametrize("count", [100, pytest.param(2000, marks=pytest.mark.long)])
def test_decimals_have_twelve_digits_in_common_with_the_floats_of_the_browser(feelin, count):
    @settings(max_examples=count, **QUIET)
    @given(arithmetic)
    def agree(text: str) -> None:
        assert same(ours(text), theirs(feelin, text))

    agree()
