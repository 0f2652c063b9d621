"""JSON whose numbers stay exact: Decimal in, Decimal out (D14)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson


def dumps(value: object) -> bytes:
    """Write a value as compact JSON, keys in their order, decimals as numbers with all their digits.

    Raises:
        TypeError: the value holds something JSON cannot say.
    """
    return orjson.dumps(value, default=_number)


def canonical(value: object) -> bytes:
    """Write a value as JSON with sorted keys: the same value gives the same bytes."""
    return orjson.dumps(value, default=_number, option=orjson.OPT_SORT_KEYS)


def loads(text: bytes | str) -> Any:
    """Read JSON, numbers with a fraction as Decimal.

    Raises:
        ValueError: it is not JSON.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse)


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError(f"{value!r} cannot be written as JSON")


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number that JSON knows")
