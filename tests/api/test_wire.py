"""JSON on the wire."""

from __future__ import annotations

from decimal import Decimal

import pytest

from api import wire
from engine.errors import Invalid


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("87.680", Decimal("87.680")),
        ("7", 7),
        ("123456789012345678901234567890", Decimal(123456789012345678901234567890)),
        ('"\\u4f18"', "优"),
        (r'"a\\u0000b"', r"a\u0000b"),
    ],
)
def test_numbers_and_texts_are_read_exactly(text: str, value: object) -> None:
    assert wire.read(text) == value
    assert type(wire.read(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    ["{", "NaN", "-Infinity", '"\\u0000"', '{"a": ["\\ud800"]}', '{"\\ud800": 1}', "[" * 100_000, b'"\xff"'],
)
def test_what_cannot_be_stored_is_refused(text: str | bytes) -> None:
    with pytest.raises(Invalid, match="Expected to read a JSON document"):
        wire.read(text)
