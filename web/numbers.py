"""Exact numbers as people read them: never rounded on the way, never in exponents."""

from __future__ import annotations

from decimal import Decimal

from engine.reviews.scores.quantities import readable


def number(value: Decimal | int | None) -> str:
    """Write a number with the decimals it has, six at most."""
    if value is None:
        return "–"
    return readable(Decimal(value))


def fixed(value: Decimal | int) -> str:
    """Write a published figure, which has two decimals."""
    return f"{Decimal(value):.2f}"
