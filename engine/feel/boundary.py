"""Take values in from Python and give them out again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.durations import DAY, HOUR, MINUTE, SECOND, DaysTime, YearsMonths
from engine.feel.errors import FeelEvaluationError
from engine.feel.numbers import CONTEXT
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.text import to_text
from engine.feel.values import Range, Value

MAXIMUM_OUTPUT = 200_000
_MAXIMUM_DEPTH = 100
_AS_IS = frozenset([type(None), bool, str, Date, Time, DateTime, YearsMonths, DaysTime, Range])
_MICROSECOND = 1000
_PLAIN_INTEGERS = 10**34


def adopt(value: Any, depth: int = 0) -> Value:
    """Turn a Python value into a FEEL value.

    Raises:
        FeelEvaluationError: FEEL has no such value.
    """
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is int and -_PLAIN_INTEGERS < value < _PLAIN_INTEGERS:
        return Decimal(value)
    if kind in _SIMPLE:
        return _SIMPLE[kind](value)
    if depth > _MAXIMUM_DEPTH:
        raise FeelEvaluationError(f"Expected variables at most {_MAXIMUM_DEPTH} levels deep, but one is deeper")
    if kind is list or kind is tuple:
        return [adopt(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {str(key): adopt(item, depth + 1) for key, item in value.items()}
    if callable(getattr(kind, "call_named", None)):
        return value
    return _temporal(value)


def _number(value: Any) -> Decimal:
    try:
        number = CONTEXT.plus(value) if type(value) is Decimal else CONTEXT.create_decimal(repr(value))
    except (DecimalException, ValueError):
        raise FeelEvaluationError("Expected numbers of FEEL, but one is out of their bounds") from None
    if not number.is_finite():
        raise FeelEvaluationError(f"Expected finite numbers, but one is {number}")
    return number


def _temporal(value: object) -> Value:
    if isinstance(value, dt.datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value.timetz(), value.utcoffset()))
    if isinstance(value, dt.date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, dt.time):
        return _time(value, value.utcoffset())
    if isinstance(value, dt.timedelta):
        return DaysTime((value.days * 86_400 + value.seconds) * SECOND + value.microseconds * _MICROSECOND)
    raise FeelEvaluationError(f"Expected a value that FEEL knows, but found a {type(value).__name__}")


_SIMPLE: dict[type, Callable[[Any], Value]] = {
    Decimal: _number,
    int: _number,
    float: _number,
    dt.date: lambda day: Date(day.year, day.month, day.day),
}


def _time(value: dt.time, offset: dt.timedelta | None) -> Time:
    nanoseconds = value.hour * HOUR + value.minute * MINUTE + value.second * SECOND + value.microsecond * _MICROSECOND
    if isinstance(value.tzinfo, ZoneInfo):
        return Time(nanoseconds, None, value.tzinfo.key)
    return Time(nanoseconds, None if offset is None else int(offset.total_seconds()))


_RELEASED_AS_IS = frozenset([type(None), bool, str, Decimal])


def release(value: Value) -> object:
    """Turn a FEEL value into Python's own: dates, times, durations of days; the rest stays what it is.

    A temporal value that Python cannot hold (the year 12025) stays FEEL's own. Fractions of a microsecond are cut.

    Raises:
        FeelEvaluationError: the value is larger than an evaluation may give out.
    """
    if type(value) in _RELEASED_AS_IS:
        return value
    try:
        return _released(value, [MAXIMUM_OUTPUT])
    except RecursionError:
        raise FeelEvaluationError("Expected a result of fewer levels") from None


def _released(value: Value, budget: list[int]) -> object:
    budget[0] -= 1
    if budget[0] < 0:
        raise FeelEvaluationError(f"Expected a result of at most {MAXIMUM_OUTPUT} values, but it has more")
    if type(value) is list:
        return [_released(item, budget) for item in value]
    if type(value) is dict:
        return {key: _released(item, budget) for key, item in value.items()}
    to_python = _TO_PYTHON.get(type(value))
    if to_python is None:
        return value
    try:
        return to_python(value)
    except (ValueError, OverflowError):
        return value


def _python_time(value: Time) -> dt.time:
    hours, rest = divmod(value.nanoseconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, rest = divmod(rest, SECOND)
    return dt.time(hours, minutes, seconds, rest // _MICROSECOND, tzinfo=_zone(value))


def _zone(value: Time) -> dt.tzinfo | None:
    if value.zone is not None:
        return ZoneInfo(value.zone)
    if value.offset is None:
        return None
    return dt.UTC if value.offset == 0 else dt.timezone(dt.timedelta(seconds=value.offset))


def _python_date(value: Date) -> dt.date:
    return dt.date(value.year, value.month, value.day)


def _python_duration(value: DaysTime) -> dt.timedelta:
    days, rest = divmod(value.nanoseconds, DAY)
    return dt.timedelta(days=days, microseconds=rest // _MICROSECOND)


_TO_PYTHON: dict[type, Any] = {
    Date: _python_date,
    Time: _python_time,
    DateTime: lambda value: dt.datetime.combine(_python_date(value.date), _python_time(value.time)),
    DaysTime: _python_duration,
}


def to_date(value: Date) -> dt.date | None:
    """Return Python's date, or None where Python has none that far."""
    return _python_date(value) if 1 <= value.year <= 9999 else None


def to_json(value: object) -> object:
    """Turn any value that FEEL takes or gives into what JSON knows; a number stays a Decimal.

    Raises:
        FeelEvaluationError: JSON has no such value (a function), or it is too large.
    """
    try:
        return _json(adopt(value), [MAXIMUM_OUTPUT])
    except RecursionError:
        raise FeelEvaluationError("Expected a value of fewer levels") from None


def _json(value: Value, budget: list[int]) -> object:
    budget[0] -= 1
    if budget[0] < 0:
        raise FeelEvaluationError(f"Expected a value of at most {MAXIMUM_OUTPUT} parts, but it has more")
    if type(value) in _RELEASED_AS_IS:
        return value
    if type(value) is list:
        return [_json(item, budget) for item in value]
    if type(value) is dict:
        return {key: _json(item, budget) for key, item in value.items()}
    if type(value) in _AS_IS:
        return to_text(value)
    raise FeelEvaluationError("Expected a value that can be stored, but found a function")
