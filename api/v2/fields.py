"""The kinds of value that only /v2 reads and writes."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from engine.bpmn.models import Variables

TENANT = "<default>"
"""The one tenant there is, by the name Camunda 8 gives it where there is only one."""


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
