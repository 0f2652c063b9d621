"""JSON whose numbers stay exact: Decimal in, Decimal out (D14)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import orjson


def number(value: object) -> orjson.Fragment:
    """Write a decimal as a number with all its digits.

    Raises:
        TypeError: the value is no finite decimal; JSON cannot say it.
    """
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError(f"{value!r} cannot be written as JSON")


def dumps(value: object, default: Callable[[object], orjson.Fragment] = number, *, option: int = 0) -> bytes:
    """Write a value as compact JSON, keys in their order; `default` writes what JSON has no word for.

    Raises:
        TypeError: the value holds something JSON cannot say.
    """
    try:
        return orjson.dumps(value, default, option)
    except orjson.JSONEncodeError:
        return orjson.dumps(_with_long_integers(value), default, option)


def canonical(value: object) -> bytes:
    """Write a value as JSON with sorted keys: the same value gives the same bytes."""
    return dumps(value, option=orjson.OPT_SORT_KEYS)


def loads(text: bytes | str) -> Any:
    """Read JSON, numbers with a fraction as Decimal.

    Raises:
        ValueError: it is not JSON.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    return _DECODER.decode(text)


def _with_long_integers(value: object) -> object:
    """Return the value with integers as decimals, for those of more than 64 bits."""
    if isinstance(value, Mapping):
        return {name: _with_long_integers(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_long_integers(item) for item in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number that JSON knows")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
"""Made once: `json.loads` would make one at each call."""
