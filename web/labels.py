"""Labels of a form in its reader's language: forms are written in both, as diagrams are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from web import names, passages

LABELS = frozenset({"label", "dateLabel", "timeLabel", "description"})
"""The properties of a form's components, and of the values to choose from, that are names."""

NAMES = frozenset({"label", "name", "items", "sought", "subject"})
"""The variables, and parts of them, that hold names which the process gives; no form asks for one of them."""

SAYINGS = frozenset({"scale", "anonymity"})
"""The variables that hold sentences of the process."""

TEXT = "text"
"""The property that holds what a text component says."""


def local(schema: dict[str, Any]) -> dict[str, Any]:
    """Copy a form's schema with each label in the request's language."""
    return {name: _local(name, value) for name, value in schema.items()}


def _local(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return local(value)
    if isinstance(value, list):
        return [_local(name, one) for one in value]
    if not isinstance(value, str):
        return value
    return names.local(value) if name in LABELS else passages.local(value) if name == TEXT else value


def known(variables: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Copy what a form shows with each name in the request's language; what somebody typed stays as it is.

    So do the rows of a list that is filled in: the answers are held against them as they were given out.
    """
    answered = set(_lists(schema))
    return {name: value if name in answered else _known(name, value) for name, value in variables.items()}


def _lists(component: Mapping[str, Any]) -> Iterator[str]:
    """Name the lists of a form that are filled in."""
    if component.get("type") == "dynamiclist":
        yield component["path"]
    for part in component.get("components", ()):
        yield from _lists(part)


def _known(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _known(key, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_known(name, one) for one in value]
    if not isinstance(value, str):
        return value
    return passages.local(value) if name in SAYINGS else names.local(value) if name in NAMES else value
