"""The choices that a field offers: written in the form, taken from a variable, or computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from engine.bpmn.forms.components import Component
from engine.bpmn.forms.numbers import same


def offered(field: Component, known: Mapping[str, Any], computed: object) -> list[object]:
    """Return the values a field offers; `computed` is what its expression gives, if it has one."""
    attributes = field.attributes
    if "valuesKey" in attributes:
        return normalised(known.get(attributes["valuesKey"]))
    if "values" in attributes:
        return normalised(attributes["values"])
    return normalised(computed)


def normalised(options: object) -> list[object]:
    """Return the values of a list of options, those left out that form-js cannot show."""
    if not isinstance(options, list):
        return []
    return [value for option in options for value in _value(option)]


def is_offered(value: object, options: Iterable[object]) -> bool:
    """Tell whether a value is one of the choices."""
    return any(same(value, option) for option in options)


def _value(option: object) -> tuple[object, ...]:
    if not isinstance(option, dict):
        return (option,) if _simple(option) else ()
    value = option.get("value")
    labelled = isinstance(option.get("label"), str) and option["label"]
    if _simple(value) or (labelled and isinstance(value, dict | list) and value):
        return (value,)
    return ()


def _simple(value: object) -> bool:
    if isinstance(value, str):
        return bool(value)
    return isinstance(value, bool | int | float | Decimal)
