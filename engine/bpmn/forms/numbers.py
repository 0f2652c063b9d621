"""Numbers as form-js means them: read from JSON, from texts and from a schema's limits."""

from __future__ import annotations

import re
from decimal import Decimal

_MAXIMUM_DIGITS = 308  # a browser reads what is larger as infinite
_NUMERAL = re.compile(r"-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,4})?", re.ASCII | re.IGNORECASE)


def number(value: object) -> Decimal | None:
    """Return the number that a value is or spells, or None."""
    if isinstance(value, str):
        value = Decimal(value) if len(value) <= _MAXIMUM_DIGITS and _NUMERAL.fullmatch(value) else None
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    found = Decimal(value)
    return found if found.is_finite() and abs(found.adjusted()) < _MAXIMUM_DIGITS else None


def exact(value: object) -> object:
    """Return a JSON value of a schema with its numbers exact: a schema may come from where numbers are floats."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, list):
        return [exact(inner) for inner in value]
    return {name: exact(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def storable(value: object) -> object:
    """Return a number in a form that every JSON writer takes: a whole number of more than 64 bits as a Decimal."""
    return Decimal(value) if isinstance(value, int) and value.bit_length() > 63 else value


def decimal_digits(value: Decimal) -> int:
    """Count the digits after the point, trailing zeros left out."""
    if not value:
        return 0
    _, digits, exponent = value.as_tuple()
    trailing = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -(int(exponent) + trailing))


def plain(value: Decimal) -> str:
    """Write a number without exponent and without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def same(one: object, other: object) -> bool:
    """Tell whether two JSON values are equal; true is not 1, and 1.0 is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    left, right = (None if isinstance(side, str) else number(side) for side in (one, other))
    return left == right if left is not None and right is not None else one == other
