"""The kinds of value that /v2 reads and writes, and the base of its schemas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api import wire
from engine.bpmn.models import Variables

TENANT = "<default>"
"""The one tenant there is, by the name Camunda 8 gives it where there is only one."""


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


class TenantField(fields.String):
    """The tenant: there is one, so whoever names another asks for what there is none of."""

    def __init__(self) -> None:
        super().__init__(dump_default=TENANT, validate=validate.Equal(TENANT), metadata={"example": TENANT})

    def serialize(self, attr: str, obj: Any, *args: Any, **kwargs: Any) -> str:  # noqa: ARG002 - marshmallow's signature
        """Write the one tenant."""
        return TENANT


class VariablesField(fields.Field[Variables]):
    """Process variables: a JSON object, its names not empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"type": "object", "additionalProperties": True})
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Variables:  # noqa: ARG002 - marshmallow's signature
        if not isinstance(value, dict):
            raise ValidationError("Variables are a JSON object.")
        if "" in value:
            raise ValidationError("A variable has a name.")
        return value


class ConstantField(fields.Field[Any]):
    """What never differs here, written because Camunda's clients require it."""

    def __init__(self, value: Any, **kwargs: Any) -> None:
        self.value = value
        super().__init__(dump_only=True, allow_none=value is None, **kwargs)

    def serialize(self, attr: str, obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - marshmallow's signature
        """Write the constant."""
        return self.value
