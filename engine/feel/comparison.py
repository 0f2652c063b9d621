"""Equality, order and membership, with three truth values (DMN 1.5, tables 53, 54 and 55)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.values import Range, Truth, Value, kind

_PLAIN = frozenset([bool, Decimal, str, Date, YearsMonths, DaysTime])


def equal(run: Run, left: Value, right: Value) -> bool | None:
    """Tell whether two values are equal; None where they are of different kinds."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        return None
    if type(left) in _PLAIN:
        return bool(left == right)
    return _EQUAL[type(left)](run, left, right) if type(left) in _EQUAL else left is right


def _equal_lists(run: Run, left: list[Value], right: list[Value]) -> bool | None:
    run.spend(min(len(left), len(right)) + 1)
    if len(left) != len(right):
        return False
    return all(equal(run, one, other) for one, other in zip(left, right, strict=True))


def _equal_contexts(run: Run, left: dict[str, Value], right: dict[str, Value]) -> bool | None:
    run.spend(len(left) + 1)
    if left.keys() != right.keys():
        return False
    return all(equal(run, value, right[key]) for key, value in left.items())


def _equal_ranges(run: Run, left: Range, right: Range) -> bool | None:
    if left.low_closed != right.low_closed or left.high_closed != right.high_closed:
        return False
    return bool(equal(run, left.low, right.low) and equal(run, left.high, right.high))


def _equal_times(_: Run, left: Time, right: Time) -> bool | None:
    if left.is_local != right.is_local:
        return False
    return left.universal == right.universal


def _equal_date_times(_: Run, left: DateTime, right: DateTime) -> bool | None:
    if left.time.is_local != right.time.is_local:
        return False
    return left.instant == right.instant


_EQUAL: dict[type, Any] = {
    list: _equal_lists,
    dict: _equal_contexts,
    Range: _equal_ranges,
    Time: _equal_times,
    DateTime: _equal_date_times,
}
_ORDERED = frozenset([Decimal, str, Date, YearsMonths, DaysTime])


def before(left: Value, right: Value) -> bool | None:
    """Tell whether one value is less than another; None where they have no order."""
    if type(left) is type(right):
        if type(left) in _ORDERED:
            return bool(left < right)
        if type(left) is DateTime and left.time.is_local == right.time.is_local:
            return bool(left.instant < right.instant)
        if type(left) is Time and left.is_local == right.is_local:
            return bool(left.universal < right.universal)
        return None
    if type(left) is Date and type(right) is DateTime:
        return DateTime(left, Time(0)).instant < right.instant
    if type(left) is DateTime and type(right) is Date:
        return bool(left.instant < DateTime(right, Time(0)).instant)
    return None


def at_most(left: Value, right: Value) -> bool | None:
    """Tell whether one value is less than another or equal to it; None where they have no order."""
    more = before(right, left)
    return None if more is None else not more


def contains(span: Range, value: Value) -> bool | None:
    """Tell whether a value lies in a range; None where it has no order with the range's ends."""
    above: bool | None = True
    below: bool | None = True
    if span.low is not None:
        above = at_most(span.low, value) if span.low_closed else before(span.low, value)
    if span.high is not None:
        below = at_most(value, span.high) if span.high_closed else before(value, span.high)
    return both(above, below)


def member(run: Run, value: Value, test: Value) -> bool | None:
    """Tell whether a value passes a test that is itself a value: a range, a list, or something to equal."""
    if type(test) is Range:
        return contains(test, value) if type(value) is not Range else equal(run, value, test)
    if type(test) is not list:
        return equal(run, value, test) or False
    run.spend(len(test) + 1)
    if type(value) is list and equal(run, value, test):
        return True
    return any(_element_admits(run, value, element) for element in test)


def _element_admits(run: Run, value: Value, element: Value) -> bool:
    if type(element) is Range and type(value) is not Range:
        return contains(element, value) is True
    return equal(run, value, element) is True


def both(left: Truth, right: Truth) -> Truth:
    """Conjoin two truth values."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def opposite(truth: Truth) -> Truth:
    """Negate a truth value."""
    return None if truth is None else not truth


def expected_order(left: Value, right: Value) -> str:
    """Say that two values have no order."""
    return f"a {kind(left)} and a {kind(right)} have no order"
