"""Functions of numbers (DMN 1.5, table 76)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from engine.feel.errors import NullResult
from engine.feel.functions.registry import Implementation, builtin
from engine.feel.numbers import CONTEXT, ONE, ZERO
from engine.feel.run import Run

_SMALLEST_SCALE = -6111
_LARGEST_SCALE = 6176


def _rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal:
    places = int(scale)
    if not _SMALLEST_SCALE <= places <= _LARGEST_SCALE:
        raise NullResult(f"the scale {scale} is not between {_SMALLEST_SCALE} and {_LARGEST_SCALE}")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    if number.adjusted() < -places - 1:
        number = ONE.scaleb(-places - 2).copy_sign(number) if number else ZERO
    result = number.quantize(ONE.scaleb(-places), rounding=rounding)
    return result if places >= 0 else CONTEXT.add(result, ZERO)


def _guarded(calculate: Callable[[Decimal], Decimal], number: Decimal, name: str) -> Decimal:
    try:
        return calculate(number)
    except DecimalException:
        raise NullResult(f"{name}({number}) has no result within FEEL's numbers") from None


def _rounding(name: str, rounding: str) -> None:
    def scaled(_: Run, number: Decimal, scale: Decimal = ZERO) -> Decimal:
        try:
            return _rounded(number, scale, rounding)
        except DecimalException:
            raise NullResult(f"{number} cannot be rounded to {scale} places") from None

    scale = "[scale: number]" if name in ("floor", "ceiling") else "scale: number"
    builtin(f"{name}(n: number, {scale})")(scaled)


_ROUNDINGS = {
    "decimal": ROUND_HALF_EVEN,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
    "round up": ROUND_UP,
    "round down": ROUND_DOWN,
    "round half up": ROUND_HALF_UP,
    "round half down": ROUND_HALF_DOWN,
}
for _name, _mode in _ROUNDINGS.items():
    _rounding(_name, _mode)


@builtin("abs(n: number)")
def _absolute(_: Run, number: Decimal) -> Decimal:
    return CONTEXT.abs(number)


def _absolute_duration(_: Run, duration: object) -> object:
    from_months = getattr(duration, "months", None)
    amount = from_months if from_months is not None else duration.nanoseconds  # type: ignore[attr-defined]
    return type(duration)(abs(amount))  # type: ignore[call-arg]


builtin("abs(n: years and months duration)")(_absolute_duration)
builtin("abs(n: days and time duration)")(_absolute_duration)


@builtin("modulo(dividend: number, divisor: number)")
def _modulo(_: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise NullResult("division by zero")
    try:
        rest = CONTEXT.remainder(dividend, divisor)
    except DecimalException:
        raise NullResult(f"{dividend} modulo {divisor} has no result within FEEL's numbers") from None
    return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt(number: number)")
def _root(_: Run, number: Decimal) -> Decimal:
    return _guarded(CONTEXT.sqrt, number, "sqrt")


@builtin("log(number: number)")
def _logarithm(_: Run, number: Decimal) -> Decimal:
    if number <= 0:
        raise NullResult(f"{number} has no logarithm")
    return _guarded(CONTEXT.ln, number, "log")


@builtin("exp(number: number)")
def _exponential(_: Run, number: Decimal) -> Decimal:
    return _guarded(CONTEXT.exp, number, "exp")


def _parity(name: str, rest: int) -> Implementation:
    def told(_: Run, number: Decimal) -> bool:
        if number != number.to_integral_value():
            return False
        last = number.as_tuple()
        if not isinstance(last.exponent, int) or last.exponent > 0:
            return rest == 0
        return int(number) % 2 == rest

    return builtin(f"{name}(number: number)")(told)


_parity("odd", 1)
_parity("even", 0)
