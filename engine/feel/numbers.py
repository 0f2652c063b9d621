"""FEEL's numbers: decimals of 34 digits (DMN 1.5, section 10.3.2.3.1, IEEE 754-2008 decimal128)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

CONTEXT = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)
ZERO = Decimal(0)
ONE = Decimal(1)


def is_whole(number: Decimal) -> bool:
    """Tell whether a number has no fraction."""
    return number == number.to_integral_value()


def to_text(number: Decimal) -> str:
    """Write a number plainly, without an exponent as long as that stays readable."""
    if not number:
        number = abs(number)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -50 <= exponent <= 50:
        return format(number, "f")
    return str(number)
