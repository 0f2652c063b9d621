"""Addition, subtraction, multiplication, division and powers (DMN 1.5, tables 56 to 60)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal, DecimalException, DivisionByZero
from fractions import Fraction

from engine.feel.durations import DAY, DaysTime, YearsMonths
from engine.feel.errors import NullResult
from engine.feel.numbers import CONTEXT, ONE, is_whole
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.values import Value, kind

_MAXIMUM_MONTHS = 12 * 10**10
_MAXIMUM_NANOSECONDS = DAY * 366 * 10**10

Operation = Callable[[Run, Value, Value], Value]


def _months(count: int) -> YearsMonths:
    if abs(count) > _MAXIMUM_MONTHS:
        raise NullResult("the duration is out of bounds")
    return YearsMonths(count)


def _nanoseconds(count: int) -> DaysTime:
    if abs(count) > _MAXIMUM_NANOSECONDS:
        raise NullResult("the duration is out of bounds")
    return DaysTime(count)


def _midnight(date: Date, *, like: DateTime | None = None) -> DateTime:
    return DateTime(date, Time(0, None if like is not None and like.time.is_local else 0))


def _between(left: DateTime, right: DateTime) -> DaysTime:
    if left.time.is_local != right.time.is_local:
        raise NullResult("one of the two has a time zone and the other has none")
    return _nanoseconds(left.instant - right.instant)


def _between_times(left: Time, right: Time) -> DaysTime:
    if left.is_local != right.is_local:
        raise NullResult("one of the two has a time zone and the other has none")
    return _nanoseconds(left.universal - right.universal)


def _time_plus(time: Time, nanoseconds: int) -> Time:
    return Time((time.nanoseconds + nanoseconds) % DAY, time.offset, time.zone)


def _date_plus(date: Date, nanoseconds: int) -> Date:
    return DateTime(date, Time(0)).plus(nanoseconds).date


_PLUS: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): lambda _, a, b: CONTEXT.add(a, b),
    (str, str): lambda run, a, b: run.text(a + b),
    (YearsMonths, YearsMonths): lambda _, a, b: _months(a.months + b.months),
    (DaysTime, DaysTime): lambda _, a, b: _nanoseconds(a.nanoseconds + b.nanoseconds),
    (Date, YearsMonths): lambda _, a, b: a.plus_months(b.months),
    (YearsMonths, Date): lambda _, a, b: b.plus_months(a.months),
    (Date, DaysTime): lambda _, a, b: _date_plus(a, b.nanoseconds),
    (DaysTime, Date): lambda _, a, b: _date_plus(b, a.nanoseconds),
    (DateTime, YearsMonths): lambda _, a, b: a.plus_months(b.months),
    (YearsMonths, DateTime): lambda _, a, b: b.plus_months(a.months),
    (DateTime, DaysTime): lambda _, a, b: a.plus(b.nanoseconds),
    (DaysTime, DateTime): lambda _, a, b: b.plus(a.nanoseconds),
    (Time, DaysTime): lambda _, a, b: _time_plus(a, b.nanoseconds),
    (DaysTime, Time): lambda _, a, b: _time_plus(b, a.nanoseconds),
}
_MINUS: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): lambda _, a, b: CONTEXT.subtract(a, b),
    (YearsMonths, YearsMonths): lambda _, a, b: _months(a.months - b.months),
    (DaysTime, DaysTime): lambda _, a, b: _nanoseconds(a.nanoseconds - b.nanoseconds),
    (Date, Date): lambda _, a, b: _nanoseconds((a.number - b.number) * DAY),
    (DateTime, DateTime): lambda _, a, b: _between(a, b),
    (Date, DateTime): lambda _, a, b: _between(_midnight(a, like=b), b),
    (DateTime, Date): lambda _, a, b: _between(a, _midnight(b, like=a)),
    (Time, Time): lambda _, a, b: _between_times(a, b),
    (Date, YearsMonths): lambda _, a, b: a.plus_months(-b.months),
    (Date, DaysTime): lambda _, a, b: _date_plus(a, -b.nanoseconds),
    (DateTime, YearsMonths): lambda _, a, b: a.plus_months(-b.months),
    (DateTime, DaysTime): lambda _, a, b: a.plus(-b.nanoseconds),
    (Time, DaysTime): lambda _, a, b: _time_plus(a, -b.nanoseconds),
}


def _scaled(count: int, factor: Decimal) -> int:
    return int((count * CONTEXT.plus(factor)).to_integral_value(ROUND_DOWN)) if abs(factor) < 10**20 else 10**40


def _divided(count: int, divisor: Decimal) -> int:
    if not divisor:
        raise NullResult("division by zero")
    quotient = Fraction(count) / Fraction(divisor) if divisor.adjusted() > -40 else Fraction(10**40)
    return int(quotient)


def _ratio(left: int, right: int) -> Decimal:
    if not right:
        raise NullResult("division by zero")
    return CONTEXT.divide(Decimal(left), Decimal(right))


_TIMES: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): lambda _, a, b: CONTEXT.multiply(a, b),
    (YearsMonths, Decimal): lambda _, a, b: _months(_scaled(a.months, b)),
    (Decimal, YearsMonths): lambda _, a, b: _months(_scaled(b.months, a)),
    (DaysTime, Decimal): lambda _, a, b: _nanoseconds(_scaled(a.nanoseconds, b)),
    (Decimal, DaysTime): lambda _, a, b: _nanoseconds(_scaled(b.nanoseconds, a)),
}
_DIVIDED: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): lambda _, a, b: CONTEXT.divide(a, b),
    (YearsMonths, Decimal): lambda _, a, b: _months(_divided(a.months, b)),
    (DaysTime, Decimal): lambda _, a, b: _nanoseconds(_divided(a.nanoseconds, b)),
    (YearsMonths, YearsMonths): lambda _, a, b: _ratio(a.months, b.months),
    (DaysTime, DaysTime): lambda _, a, b: _ratio(a.nanoseconds, b.nanoseconds),
}


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Raise to a power; anything to the power of zero is one, as IEEE 754 has it."""
    if not exponent:
        return ONE
    if not base and exponent < 0:
        raise DivisionByZero
    result = CONTEXT.power(base, exponent)
    return result if is_whole(exponent) else result.normalize(CONTEXT)  # 4 ** 0.5 is 2, not 2.000…


_POWER: dict[tuple[type, type], Operation] = {(Decimal, Decimal): lambda _, a, b: power(a, b)}

_TABLES = {"+": _PLUS, "-": _MINUS, "*": _TIMES, "/": _DIVIDED, "**": _POWER}
NUMERIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
    "/": CONTEXT.divide,
    "**": power,
}


def compute(run: Run, operator: str, left: Value, right: Value) -> Value:
    """Compute one operation.

    Raises:
        NullResult: the operation is not defined for these values, or its result is out of bounds.
    """
    if type(left) is list and len(left) == 1:
        left = left[0]
    if type(right) is list and len(right) == 1:
        right = right[0]
    operation = _TABLES[operator].get((type(left), type(right)))
    if operation is None:
        raise NullResult(f"a {kind(left)} {operator} a {kind(right)} is not defined")
    try:
        return operation(run, left, right)
    except DecimalException:
        raise NullResult(f"{left} {operator} {right} has no result within FEEL's numbers") from None


def negate(value: Value) -> Value:
    """Return the negative of a number or a duration.

    Raises:
        NullResult: the value has none.
    """
    if type(value) is Decimal:
        return CONTEXT.minus(value)
    if type(value) is YearsMonths:
        return YearsMonths(-value.months)
    if type(value) is DaysTime:
        return DaysTime(-value.nanoseconds)
    raise NullResult(f"a {kind(value)} has no negative")
