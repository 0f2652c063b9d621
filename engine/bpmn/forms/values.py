"""The values of fields: what a field shows before anybody touches it, and what an answer may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from engine.bpmn.forms import moments, options
from engine.bpmn.forms.components import CHOICES, FILES, MULTIPLE_CHOICES, TEXTS, Component
from engine.bpmn.forms.numbers import number, plain, storable
from engine.bpmn.forms.sentences import problem, wrong_type
from engine.errors import Problem

_BREAKS = re.compile(r"[\r\n\t]")
_MAXIMUM_DEPTH = 20  # of a choice that is an object: what is deeper would exhaust the stack where it is copied
_LINE_ENDS = re.compile(r"\r\n?|\n")
_TYPES: dict[str, tuple[type, str]] = {
    "textfield": (str, "text"),
    "textarea": (str, "text"),
    "checkbox": (bool, "boolean"),
    "checklist": (list, "list"),
    "taglist": (list, "list"),
}


def empty(field: Component) -> object:
    """Return the value of a field that nobody has filled in."""
    if field.type in TEXTS:
        return ""
    if field.type in MULTIPLE_CHOICES:
        return []
    return False if field.type == "checkbox" else None


def answered(field: Component, value: object) -> object:
    """Return an answer as its field stores it."""
    if value is None:
        return empty(field)
    if field.type == "textfield" and isinstance(value, str):
        return _LINE_ENDS.sub(" ", value)
    return storable(value)


def sanitized(field: Component, value: object, known: Mapping[str, Any]) -> object:
    """Return a known value as form-js shows it first; `known` is everything the form is filled with."""
    if field.type in TEXTS:
        return _BREAKS.sub(" ", _text(value)) if field.type == "textfield" else _text(value)
    if field.type == "number":
        return _number(field, value)
    if field.type == "checkbox":
        return value is True
    if field.type == "datetime":
        return moments.sanitized(field, value)
    if field.type == FILES:
        return value if is_references(value) else None
    if field.type in CHOICES | MULTIPLE_CHOICES and not field.attributes.get("valuesExpression"):
        return _chosen(field, value, known)
    return value


def mistyped(field: Component, value: object, where: str) -> Problem | None:
    """Say that an answer is not of the type that its field takes, if so."""
    if value is None:
        return None
    if field.type in CHOICES | MULTIPLE_CHOICES and _is_deep(value):
        return problem("not-an-option", where, label=field.label)
    if field.type in CHOICES:
        return None
    if field.type == "number":
        return _no_number(field, value, where)
    if field.type == "datetime":
        return moments.mistyped(field, value, where)
    if field.type == FILES:
        return None if is_references(value) else wrong_type(where, field.label, "file")
    kind, expected = _TYPES[field.type]
    return None if isinstance(value, kind) else wrong_type(where, field.label, expected)


def is_references(value: object) -> bool:
    """Tell whether a value is a list of references to documents."""
    return isinstance(value, list) and all(
        isinstance(one, dict) and isinstance(one.get("documentId"), str) for one in value
    )


def _no_number(field: Component, value: object, where: str) -> Problem | None:
    written = bool(field.attributes.get("serializeToString"))
    if isinstance(value, str) is written and number(value) is not None:
        return None
    return wrong_type(where, field.label, "number-text" if written else "number")


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(_MAXIMUM_DEPTH):
        level = [inner for outer in level if isinstance(outer, list | dict) for inner in _inside(outer)]
    return bool(level)


def _inside(value: list[Any] | dict[str, Any]) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, list | dict):
        return ""
    found = None if isinstance(value, str) else number(value)
    return str(value) if found is None else plain(found)


def _number(field: Component, value: object) -> object:
    blank = isinstance(value, str) and value.isspace()
    found = Decimal(0) if blank else number(value)  # as JavaScript reads blanks
    if found is None:
        return None
    if field.attributes.get("serializeToString"):
        return value if isinstance(value, str) else plain(found)
    return found if isinstance(value, str) else value


def _chosen(field: Component, value: object, known: Mapping[str, Any]) -> object:
    choices = options.offered(field, known, None)
    if field.type in CHOICES:
        return value if options.is_offered(value, choices) else None
    return [choice for choice in value if options.is_offered(choice, choices)] if isinstance(value, list) else []
