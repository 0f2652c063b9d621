"""Functions of ranges and points (DMN 1.5, table 80)."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.feel import comparison
from engine.feel.comparison import contains, equal
from engine.feel.errors import NullResult
from engine.feel.functions.registry import builtin
from engine.feel.literals import parse_at
from engine.feel.numbers import CONTEXT
from engine.feel.run import Run
from engine.feel.values import Range, Value, kind


def _less(left: Value, right: Value) -> bool:
    truth = comparison.before(left, right)
    if truth is None:
        raise NullResult(f"a {kind(left)} and a {kind(right)} have no order")
    return truth


def _same(run: Run, left: Value, right: Value) -> bool:
    truth = equal(run, left, right)
    if truth is None:
        raise NullResult(f"a {kind(left)} and a {kind(right)} cannot be equal")
    return truth


def _span(value: Value) -> Range:
    if type(value) is list and len(value) == 1:
        value = value[0]
    if type(value) is Range:
        if value.low is None or value.high is None:
            raise NullResult("the range is open to one side")
        return value
    if comparison.before(value, value) is None:
        raise NullResult(f"a {kind(value)} has no order")
    return Range(value, value, low_closed=True, high_closed=True)


def _relation(name: str, *ways: tuple[str, str]) -> Callable[..., Callable[..., bool]]:
    """Register a relation between two points or ranges, which are named as each of the ways says.

    An argument that every way calls a range must be one.
    """
    needed = [all(way[place].startswith("range") for way in ways) for place in (0, 1)]

    def register(holds: Callable[[Run, Range, Range], bool]) -> Callable[..., bool]:
        def told(run: Run, left: Value, right: Value) -> bool:
            for value, is_range in zip((left, right), needed, strict=True):
                if is_range and type(value) is not Range:
                    raise NullResult(f"{name} wants a range, not a {kind(value)}")
            return holds(run, _span(left), _span(right))

        for first, second in ways:
            builtin(f"{name}({first}: any, {second}: any)")(told)
        return told

    return register


_RANGE = re.compile(r"([\[\](])\s*(.*?)\s*\.\.\s*(.*?)\s*([\])\[])", re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,100}(?:\.\d{1,100})?", re.ASCII)
_LITERAL = re.compile(r'(?:(@|(?:date and time|date|time|duration)\()\s*)?"([^"\\]*)"\)?')
_POINTS = ("point1", "point2")
_RANGES = ("range1", "range2")
_POINT_RANGE = ("point", "range")
_RANGE_POINT = ("range", "point")


@_relation("before", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
def _before(run: Run, a: Range, b: Range) -> bool:
    touching = _same(run, a.high, b.low) and not (a.high_closed and b.low_closed)
    return _less(a.high, b.low) or touching


@_relation("after", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
def _after(run: Run, a: Range, b: Range) -> bool:
    touching = _same(run, a.low, b.high) and not (a.low_closed and b.high_closed)
    return _less(b.high, a.low) or touching


@_relation("meets", _RANGES)
def _meets(run: Run, a: Range, b: Range) -> bool:
    return a.high_closed and b.low_closed and _same(run, a.high, b.low)


@_relation("met by", _RANGES)
def _met_by(run: Run, a: Range, b: Range) -> bool:
    return a.low_closed and b.high_closed and _same(run, a.low, b.high)


def _reaches(run: Run, a: Range, b: Range) -> bool:
    """Tell whether the end of one range is at or after the start of another."""
    return _less(b.low, a.high) or (_same(run, a.high, b.low) and a.high_closed and b.low_closed)


@_relation("overlaps", _RANGES)
def _overlaps(run: Run, a: Range, b: Range) -> bool:
    return _reaches(run, a, b) and _reaches(run, b, a)


def _starts_before(run: Run, a: Range, b: Range) -> bool:
    return _less(a.low, b.low) or (_same(run, a.low, b.low) and a.low_closed and not b.low_closed)


def _ends_before(run: Run, a: Range, b: Range) -> bool:
    return _less(a.high, b.high) or (_same(run, a.high, b.high) and (not a.high_closed or b.high_closed))


@_relation("overlaps before", _RANGES)
def _overlaps_before(run: Run, a: Range, b: Range) -> bool:
    return _starts_before(run, a, b) and _reaches(run, a, b) and _ends_before(run, a, b)


@_relation("overlaps after", _RANGES)
def _overlaps_after(run: Run, a: Range, b: Range) -> bool:
    starts = _less(b.low, a.low) or (_same(run, a.low, b.low) and b.low_closed and not a.low_closed)
    ends = _less(b.high, a.high) or (_same(run, a.high, b.high) and (a.high_closed or not b.high_closed))
    return starts and _reaches(run, b, a) and ends


@_relation("finishes", _POINT_RANGE, _RANGES)
def _finishes(run: Run, a: Range, b: Range) -> bool:
    return _same_end(run, a, b) and not _starts_before(run, a, b)


@_relation("finished by", _RANGE_POINT, _RANGES)
def _finished_by(run: Run, a: Range, b: Range) -> bool:
    return _finishes_spans(run, b, a)


def _finishes_spans(run: Run, a: Range, b: Range) -> bool:
    return _same_end(run, a, b) and not _starts_before(run, a, b)


def _same_end(run: Run, a: Range, b: Range) -> bool:
    return a.high_closed == b.high_closed and _same(run, a.high, b.high)


def _same_start(run: Run, a: Range, b: Range) -> bool:
    return a.low_closed == b.low_closed and _same(run, a.low, b.low)


@_relation("includes", _RANGE_POINT, _RANGES)
def _includes(run: Run, a: Range, b: Range) -> bool:
    return _covers(run, a, b)


@_relation("during", _POINT_RANGE, _RANGES)
def _during(run: Run, a: Range, b: Range) -> bool:
    return _covers(run, b, a)


def _covers(run: Run, outer: Range, inner: Range) -> bool:
    if inner.low_closed and inner.high_closed and _same(run, inner.low, inner.high):
        return contains(outer, inner.low) is True
    low = _less(outer.low, inner.low) or (
        _same(run, outer.low, inner.low) and (outer.low_closed or not inner.low_closed)
    )
    high = _less(inner.high, outer.high) or (
        _same(run, outer.high, inner.high) and (outer.high_closed or not inner.high_closed)
    )
    return low and high


@_relation("starts", _POINT_RANGE, _RANGES)
def _starts(run: Run, a: Range, b: Range) -> bool:
    return _starts_span(run, a, b)


@_relation("started by", _RANGE_POINT, _RANGES)
def _started_by(run: Run, a: Range, b: Range) -> bool:
    return _starts_span(run, b, a)


def _starts_span(run: Run, a: Range, b: Range) -> bool:
    later = _less(b.high, a.high) or (_same(run, a.high, b.high) and a.high_closed and not b.high_closed)
    return _same_start(run, a, b) and not later


@_relation("coincides", _POINTS, _RANGES)
def _coincides(run: Run, a: Range, b: Range) -> bool:
    return _same_start(run, a, b) and _same_end(run, a, b)


@builtin("is(value1: any, value2: any)")
def _is(run: Run, left: Value, right: Value) -> bool:
    if type(left) is not type(right):
        return False
    return equal(run, left, right) is True and _zone(left) == _zone(right)


@builtin("range(from: string)")
def _range(_: Run, text: str) -> Range:
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise NullResult(f'"{text[:60]}" is no range')
    opening, low, high, closing = match.groups()
    first, last = _end(low), _end(high)
    closed = (opening == "[", closing == "]")
    if (first is None and last is None) or (first is None and closed[0]) or (last is None and closed[1]):
        raise NullResult(f'"{text[:60]}" is no range')
    if first is None or last is None:
        return Range(first, last, *closed)
    if comparison.before(last, first) is not False:
        raise NullResult(f'the ends of "{text[:60]}" have no order, or the wrong one')
    return Range(first, last, *closed)


def _end(text: str) -> Value:
    """Read one end: a number, a string, or a temporal literal in one of its ways of writing."""
    if not text:
        return None
    if match := _NUMBER.fullmatch(text):
        return CONTEXT.create_decimal(match.group())
    match = _LITERAL.fullmatch(text)
    if match is None:
        raise NullResult(f"{text[:60]} is no literal")
    maker, content = match.groups()
    if maker is None:
        return content
    value = parse_at(content)
    if value is None:
        raise NullResult(f'"{content[:60]}" is no date, time or duration')
    return value


def _zone(value: Value) -> object:
    time = getattr(value, "time", value)
    return getattr(time, "offset", None), getattr(time, "zone", None)
