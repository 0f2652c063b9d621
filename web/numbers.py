"""Exact numbers as people read them: never rounded on the way, never in exponents."""

from __future__ import annotations

from decimal import Decimal

PLACES = Decimal("0.000001")


def number(value: Decimal | int | None) -> str:
    """Write a number with the decimals it has, six at most."""
    if value is None:
        return "–"
    value = Decimal(value)
    text = f"{value.quantize(PLACES) if value.as_tuple().exponent < PLACES.as_tuple().exponent else value:f}"  # type: ignore[operator]
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(value: Decimal | int) -> str:
    """Write a published figure, which has two decimals."""
    return f"{Decimal(value):.2f}"
