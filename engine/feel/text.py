"""Write values as FEEL's `string()` does."""

from __future__ import annotations

from decimal import Decimal

from engine.feel import numbers
from engine.feel.errors import NullResult
from engine.feel.run import MAXIMUM_TEXT
from engine.feel.values import SCALARS, Range, Value, kind


def to_text(value: Value) -> str:
    """Write a value: a string as it is, anything else as its literal would read."""
    if type(value) is str:
        return value
    parts: list[str] = []
    _write(value, parts, [MAXIMUM_TEXT])
    return "".join(parts)


def _write(value: Value, parts: list[str], budget: list[int]) -> None:
    if type(value) in SCALARS:
        _put(_scalar(value), parts, budget)
    elif type(value) is list:
        _put("[", parts, budget)
        for index, item in enumerate(value):
            _put(", " if index else "", parts, budget)
            _write(item, parts, budget)
        _put("]", parts, budget)
    elif type(value) is dict:
        _put("{", parts, budget)
        for index, (key, item) in enumerate(value.items()):
            _put((", " if index else "") + (key if _is_plain(key) else _quoted(key)) + ": ", parts, budget)
            _write(item, parts, budget)
        _put("}", parts, budget)
    elif type(value) is Range:
        _put(_range(value), parts, budget)
    else:
        raise NullResult(f"a {kind(value)} has no text")


def _put(text: str, parts: list[str], budget: list[int]) -> None:
    budget[0] -= len(text) + 1
    if budget[0] < 0:
        raise NullResult(f"the text would be longer than {MAXIMUM_TEXT} characters")
    parts.append(text)


def _scalar(value: Value) -> str:
    if value is None:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is str:
        return _quoted(value)
    return numbers.to_text(value) if type(value) is Decimal else str(value)


def _range(value: Range) -> str:
    if value.low is None or value.high is None:
        operator = ("<=" if value.high_closed else "<") if value.low is None else (">=" if value.low_closed else ">")
        return f"({operator} {_scalar(value.high if value.low is None else value.low)})"
    opening, closing = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
    return f"{opening}{_scalar(value.low)}..{_scalar(value.high)}{closing}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_plain(key: str) -> bool:
    return key.replace(" ", "").replace("_", "").isalnum()
