"""Follow a path: a context's entry, or a property of a temporal value or a range (DMN 1.5, table 65)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.feel.durations import DAY, HOUR, MINUTE, SECOND, DaysTime, YearsMonths
from engine.feel.errors import NullResult
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.values import Range, Value, kind

Property = Callable[[Value], Value]


def _offset(seconds: int | None) -> DaysTime | None:
    return None if seconds is None else DaysTime(seconds * SECOND)


def _part(nanoseconds: int, unit: int, whole: int) -> Decimal:
    part = Decimal(abs(nanoseconds) % whole // unit)
    return -part if nanoseconds < 0 and part else part


def _months(months: int, *, years: bool) -> Decimal:
    part = abs(months) // 12 if years else abs(months) % 12
    return Decimal(-part if months < 0 else part)


def _seconds(nanoseconds: int) -> Decimal:
    return Decimal(nanoseconds % MINUTE // SECOND)


_DATE: dict[str, Property] = {
    "year": lambda date: Decimal(date.year),
    "month": lambda date: Decimal(date.month),
    "day": lambda date: Decimal(date.day),
    "weekday": lambda date: Decimal(date.weekday),
}
_TIME: dict[str, Property] = {
    "hour": lambda time: Decimal(time.nanoseconds // HOUR),
    "minute": lambda time: Decimal(time.nanoseconds // MINUTE % 60),
    "second": lambda time: _seconds(time.nanoseconds),
    "time offset": lambda time: _offset(time.offset),
    "timezone": lambda time: time.zone,
}


def _of_date(get: Property) -> Property:
    return lambda moment: get(moment.date)


def _of_time(get: Property) -> Property:
    return lambda moment: get(moment.time)


_PROPERTIES: dict[type, dict[str, Property]] = {
    Date: _DATE,
    Time: _TIME,
    DateTime: {
        **{name: _of_date(get) for name, get in _DATE.items()},
        **{name: _of_time(get) for name, get in _TIME.items()},
        "time offset": lambda moment: _offset(moment.offset),
    },
    YearsMonths: {
        "years": lambda duration: _months(duration.months, years=True),
        "months": lambda duration: _months(duration.months, years=False),
    },
    DaysTime: {
        "days": lambda duration: _part(duration.nanoseconds, DAY, 10**40),
        "hours": lambda duration: _part(duration.nanoseconds, HOUR, DAY),
        "minutes": lambda duration: _part(duration.nanoseconds, MINUTE, HOUR),
        "seconds": lambda duration: _part(duration.nanoseconds, SECOND, MINUTE),
    },
    Range: {
        "start": lambda span: span.low,
        "end": lambda span: span.high,
        "start included": lambda span: span.low_closed,
        "end included": lambda span: span.high_closed,
    },
}
NAMES = frozenset(name for properties in _PROPERTIES.values() for name in properties)


def follow(run: Run, value: Value, name: str) -> Value:
    """Return what a value has under a name.

    Raises:
        NullResult: it has nothing under that name.
    """
    if type(value) is dict:
        if name in value:
            return value[name]
        raise NullResult(f"the context has no {name}")
    if type(value) is list:
        run.spend(len(value))
        return [_of_item(run, item, name) for item in value]
    get = _PROPERTIES.get(type(value), {}).get(name)
    if get is None:
        raise NullResult(f"a {kind(value)} has no {name}")
    return get(value)


def _of_item(run: Run, item: Value, name: str) -> Value:
    try:
        return follow(run, item, name)
    except NullResult:
        return None
