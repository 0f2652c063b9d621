"""JSON on the wire: decimals are exact in both directions (D14)."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask.json.provider import JSONProvider

from engine import exact_json
from engine.errors import Invalid


class ExactJson(JSONProvider):
    """Flask's JSON, with numbers that are never rounded to binary floats."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Write a value as JSON text."""
        return exact_json.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read JSON text."""
        return read(s)


def read(text: str | bytes) -> Any:
    """Read JSON; a fraction becomes a decimal, and so does an integer of more than 64 bits.

    Raises:
        Invalid: the text is no JSON, or holds what cannot be stored: lone surrogates, NUL, NaN, Infinity.
    """
    try:
        content = text.decode() if isinstance(text, bytes) else text
        value = json.loads(content, parse_float=Decimal, parse_int=_integer, parse_constant=_refuse_constant)
        if "\\u" in content:
            _expect_storable(value)
    except RecursionError as error:
        raise Invalid("Expected to read a JSON document, but it is nested too deeply") from error
    except ValueError as error:
        raise Invalid("Expected to read a JSON document, but it is none: {error}", error=str(error)) from error
    return value


def instant(value: datetime) -> str:
    """Write an aware UTC instant as RFC 3339 does, with a Z."""
    return value.isoformat().replace("+00:00", "Z")


def _integer(digits: str) -> int | Decimal:
    number = int(digits)
    return number if number.bit_length() < 64 else Decimal(digits)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _expect_storable(value: object) -> None:
    """Refuse escaped text that UTF-8 cannot encode or that PostgreSQL cannot keep."""
    if isinstance(value, dict):
        _expect_storable([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for item in value:
            _expect_storable(item)
    elif isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError("it holds the character U+0000, which cannot be stored")
