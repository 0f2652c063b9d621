"""Expressions that want out, want to hang, or want all the memory: none may, nor change what it was given."""

from __future__ import annotations

import copy
import time
from decimal import Decimal

import pytest

from engine import feel

DUNDERS = [
    "__class__",
    "__dict__",
    "__globals__",
    "__init__",
    "__subclasses__",
    "__builtins__",
    "__import__",
    "__mro__",
]
ACCESSES = [
    "x.{0}",
    'x["{0}"]',
    "x.items.{0}",
    '"text".{0}',
    "(1).{0}",
    '@"2025-01-01".{0}',
    "count.{0}",
    "(function(a) a).{0}",
    "[1..2].{0}",
    'get value(x, "{0}")',
    "{{ {0}: 1 }}.{0}",
    "x[item.{0} = 1]",
    'context put(x, "{0}", 1).{0}',
]
ESCAPES = [access.format(name) for access in ACCESSES for name in DUNDERS]
CALLS = [
    '__import__("os")',
    'eval("1")',
    'exec("1")',
    'open("/etc/passwd")',
    'getattr(x, "a")',
    'x.items.append("more")',
    "x.items.clear()",
    "x.update({a: 2})",
    'function(a) external {java: {class: "java.lang.Math", method signature: "abs(int)"}}',
    '"{0.__class__}"',
    '"%s%n" + "{}"',
    'string join(["{", "0", "}"])',
    'time("10:00:00@../../etc/passwd")',
    'date and time("2020-01-01T00:00:00@/etc/localtime")',
    "lambda: 1",
    "x := 1",
    "x = y = z",
    "import os",
    "`id`",
    "$(id)",
    "{{7*7}}",
    "${7*7}",
    "<script>",
    "1; 2",
    "\x00",
    '"\\uD800"',
]
NUMBERS = [
    "9**9**9**9",
    "10**6144 * 10",
    "-10**6144 * 10**6144",
    "1e999999999",
    "1" * 5000 + "." + "1" * 5000,
    "1e-6143 / 1e6000",
    "exp(1e9)",
    "exp(-1e9)",
    "log(0)",
    "sqrt(-1)",
    "(-8) ** (1/3)",
    "2 ** 1e6000",
    "modulo(1e6000, 3)",
    "modulo(10, 1e-6000)",
    "modulo(1, 0)",
    "decimal(1, 999999999999)",
    "round up(1e6144, 6000)",
    "round half up(1, -6111)",
    "odd(1e6000)",
    'substring("abc", 1e6000)',
    'substring("abc", 1, 1e6000)',
    "[1, 2][1e6000]",
    "sublist([1], 1e6000)",
    "date(1e300, 1, 1)",
    "time(1e300, 0, 0)",
    'duration("PT1S") * 1e300',
    'duration("P1M") / 1e-300',
    '@"999999999-12-31" + @"P1D"',
    '@"-999999999-01-01" - @"P1D"',
    '@"2020-01-01" + @"P999999999999999999Y"',
    '@"P999999999999999999D" + @"P999999999999999999D"',
    '@"999999999-12-31T23:59:59@Europe/Paris" + @"PT24H"',
    'add working days(@"2025-01-01", 1e9)',
    'working days between(@"1900-01-01", @"2200-01-01")',
    "string(1e6144)",
    'number("1e999999999")',
]
LOOPS = [
    "for i in 1..1000000000 return i",
    "for i in 1..1e6000 return i",
    "count([1..1000000000])",
    "for i in 1..3000, j in 1..3000 return 1",
    "some i in 1..999999999 satisfies i < 0",
    "every i in 1..900000 satisfies every j in 1..900000 satisfies j > 0",
    "sum(for i in 1..10000 return sum(for j in 1..10000 return j))",
    "for i in 1..500000 return partial",
    "distinct values(for i in 1..100000 return i)",
    "union(for i in 1..90000 return i, for i in 1..90000 return -i)",
    "[1..5][some i in 1..999999 satisfies false]",
    "sort(for i in 1..400000 return -i, function(a, b) a < b)",
    "{f: function(n) f(n + 1), r: f(0)}.r",
    "{f: function(n) if n = 0 then 0 else f(n - 1) + f(n - 1), r: f(60)}.r",
    "(function(f) f(f))(function(f) f(f))",
    "list replace(for i in 1..500000 return i, function(a, b) true, 1)",
]
DOUBLING = ", ".join(f"a{i}: [a{i - 1}, a{i - 1}]" for i in range(1, 60))
TWIN = ", ".join(f"b{i}: [b{i - 1}, b{i - 1}]" for i in range(1, 60))
NESTING = ", ".join(f"a{i}: [a{i - 1}]" for i in range(1, 3000))
MEMORY = [
    f"{{a0: [1], {DOUBLING}}}.a59",
    f"string({{a0: [1], {DOUBLING}}}.a59)",
    f"flatten({{a0: [1], {DOUBLING}}}.a59)",
    f"{{a0: [1], {DOUBLING}, b0: [1], {TWIN}, r: a59 = b59}}.r",
    f"{{a0: [1], {NESTING}}}.a2999",
    f"string({{a0: [1], {NESTING}}}.a2999)",
    f"{{a0: [1], {NESTING}, r: a2999 = [a2998]}}.r",
    "{a0: [1], " + ", ".join(f"a{i}: concatenate(a{i - 1}, a{i - 1})" for i in range(1, 60)) + "}.a59",
    '{a0: "xxxxxxxx", ' + ", ".join(f"a{i}: a{i - 1} + a{i - 1}" for i in range(1, 60)) + "}.a59",
    "for i in 1..900000 return substring(x.long, 2)",
    'for i in 1..900000 return x.long + "x"',
    "for i in 1..900000 return upper case(x.long)",
    "string join(for i in 1..100000 return x.long)",
    'replace(x.long, "a", x.long)',
    "for i in 1..900000 return reverse(for j in 1..100 return j)",
]
PATTERNS = [
    'matches(x.long + "!", "(a|a)*$")',
    'matches(x.long + "!", "(a+)+$")',
    'matches(x.long + "!", "(a|aa)+$")',
    'matches(x.long + "!", "(a*)*b")',
    'matches(x.long + "!", "(.*)*=(.*)*;")',
    'matches(x.long, "(a?){1000}a{1000}b")',
    'matches(x.long + "!", "((a+)+)+$")',
    'matches(x.long, "(a+)\\1\\1\\1b")',
    'replace(x.long, "(x+x+)+y", "z")',
    'replace(x.long, "(a+a+)+y", "z")',
    'split(x.long, "(a+a+)+b")',
    'matches("a", "((a{1,1000}){1,1000}){1,1000}")',
    'matches("a", "a{99999}")',
    'matches("a", "(?P<n>a)")',
    'matches("a", "(?R)")',
    'matches("a", "(?>a)")',
    'matches("a", "(?<=a)")',
    'matches("a", "[[:alpha:]]")',
    'matches("a", "a++")',
    'matches("a", "[")',
    'matches("a", "(")',
    'matches("a", "\\")',
    'matches("a", "\\L<names>")',
    'replace("a", "a", "\\g<0>")',
    'replace("a", "a", "$")',
    'for i in 1..100 return matches(x.long + "!", "(a|a)*$")',
]
SHAPES = [
    "(" * 5000 + "1" + ")" * 5000,
    "[" * 5000 + "]" * 5000,
    "{a:" * 5000 + "1" + "}" * 5000,
    "-" * 20000 + "1",
    "1" + "+1" * 20000,
    "1" + "**1" * 15000,
    "true" + " and true" * 5000,
    "not(" * 5000 + "true" + ")" * 5000,
    "a" + ".a" * 20000,
    "x" + "[1]" * 15000,
    "f" + "()" * 20000,
    "if true then " * 3000 + "1" + " else 1" * 3000,
    "for i in [1] return " * 2000 + "1",
    "some i in " * 2000,
    "function(a) " * 3000 + "1",
    "1 in (" * 5000 + "1" + ")" * 5000,
    "x instance of " + "list<" * 5000 + "Any" + ">" * 5000,
    "/*" * 20000,
    '"' + "\\" * 40001,
    "a " * 25000,
    "{" + ", ".join(f"a b{i}: a" for i in range(4000)) + "}",
    "x" * 60000,
    "1.." * 15000,
    "]" * 20000,
]
CORPUS = [*ESCAPES, *CALLS, *NUMBERS, *LOOPS, *MEMORY, *PATTERNS, *SHAPES]


def test_the_corpus_is_large():
    assert len(CORPUS) >= 200


@pytest.mark.parametrize("text", CORPUS, ids=lambda text: text[:40].replace("\x00", "NUL"))
def test_a_hostile_expression_neither_escapes_nor_hangs_nor_changes_anything(text):
    given = {"x": {"a": 1, "items": ["one"], "long": "a" * 5000}}
    before = copy.deepcopy(given)
    started = time.process_time()

    try:
        value = feel.compile_expression(text).evaluate(given)
    except feel.FeelError:
        value = None

    assert time.process_time() - started < 5
    assert given == before
    assert is_plain(value)


CELLS = [
    *CALLS,
    *PATTERNS,
    *SHAPES,
    *(f"?.{name}" for name in DUNDERS),
    *(f'get value(?, "{name}") != null' for name in DUNDERS),
    "< 9**9**9**9",
    "[1..1e6000]",
    "not(" + "not(" * 5000 + "1" + ")" * 5001,
    ", ".join(["-"] * 10_000),
    ", ".join(["?"] * 30_000),
    "some i in 1..999999999 satisfies i < 0",
    "? in [for i in 1..500000 return partial]",
    "function(x) x(x)",
]


@pytest.mark.parametrize("text", CELLS, ids=lambda text: text[:40].replace("\x00", "NUL"))
def test_a_hostile_cell_neither_escapes_nor_hangs_nor_changes_anything(text):
    given = {"x": {"a": 1, "items": ["one"], "long": "a" * 5000}}
    before = copy.deepcopy(given)
    started = time.process_time()

    try:
        verdict = feel.compile_tests(text).matches(given["x"], given)
    except feel.FeelError:
        verdict = False

    assert time.process_time() - started < 5
    assert given == before
    assert type(verdict) is bool


def is_plain(value):
    """Tell whether nothing but numbers, texts, truths and moments came out."""
    if isinstance(value, list):
        return all(is_plain(item) for item in value[:1000])
    if isinstance(value, dict):
        return all(is_plain(item) for item in value.values())
    kinds = (str, Decimal, bool, feel.Range, feel.Date, feel.DateTime, feel.DaysTime, feel.YearsMonths)
    return value is None or isinstance(value, kinds) or type(value).__module__ == "datetime"


FOREIGN = [object(), {1, 2}, b"bytes", lambda: 1, float("nan"), Decimal("Infinity"), 10**7000, {"a": object()}]


@pytest.mark.parametrize("value", FOREIGN, ids=lambda value: type(value).__name__)
def test_what_is_no_value_of_the_language_is_refused(value):
    with pytest.raises(feel.FeelEvaluationError):
        feel.compile("x").evaluate({"x": value})


def test_a_variable_that_contains_itself_is_refused():
    circle = []
    circle.append(circle)

    with pytest.raises(feel.FeelEvaluationError):
        feel.compile("x").evaluate({"x": circle})
