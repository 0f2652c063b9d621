"""The kinds of value that the API reads and writes, and the base of its schemas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api import wire

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""The days that calendars can count from and to."""


def camel_case(name: str) -> str:
    """Turn `user_task_key` into `userTaskKey`; a trailing underscore only avoids a word of Python's."""
    first, *others = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in others)


class CamelSchema(Schema):
    """A schema whose names are camelCase on the wire."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Name a field on the wire, unless it has a name of its own."""
        if field_obj.data_key is None:
            field_obj.data_key = camel_case(field_name)


class KeyField(fields.Field[int]):
    """A key: an integer of 63 bits, on the wire a string of digits (D12)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"type": "string", "pattern": r"^\d+$", "example": "2251799813685249"})
        super().__init__(**kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002 - marshmallow's signature
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002 - marshmallow's signature
        if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 19:
            raise ValidationError("A key is a string of at most 19 digits.")
        if int(value).bit_length() > 63:
            raise ValidationError("A key has at most 63 bits.")
        return int(value)


class InstantField(fields.AwareDateTime):
    """An instant with its zone, in RFC 3339's form."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002 - marshmallow's signature
        return None if value is None else wire.instant(value)


class DayField(fields.Date):
    """A day, such as 2025-07-01."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=validate.Range(FIRST_DAY, LAST_DAY), **kwargs)


class NameField(fields.String):
    """A name or another short text on one line."""

    def __init__(self, *, least: int = 1, most: int = 200, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(least, most), **kwargs)


class ProseField(fields.String):
    """What somebody writes: grounds, reasons, a note. Whether it may be empty is the use case's to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(max=20_000), **kwargs)


def example(value: object, description: str = "") -> dict[str, object]:
    """Return a field's metadata for the API's document."""
    return {"example": value, **({"description": description} if description else {})}
