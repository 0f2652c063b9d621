"""Dates and times as form-js writes them: whole minutes, with an offset, in UTC or with neither."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.bpmn.forms.components import Component
from engine.bpmn.forms.sentences import problem, wrong_type
from engine.errors import Problem
from engine.feel import Environment

_DATE = r"(?P<date>\d{4}-\d{2}-\d{2})"
_TIME = r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"
_ENDINGS = {"": "", "utc_offset": r"[+-](?:0\d|1[0-4]):[0-5]\d", "utc_normalized": "Z"}
_KINDS = {"": "", "utc_offset": "-offset", "utc_normalized": "-utc"}
_SHAPES = {"date": _DATE, "time": _TIME, "datetime": f"{_DATE}T{_TIME}"}
_INTERVALS = (1, 5, 10, 15, 30, 60)
_DEFAULT_INTERVAL = 15
_SMALLEST_OFFSET = 15  # zones differ by quarters of an hour: a time in UTC says nothing about larger intervals


def subtype(field: Component) -> str:
    """Tell whether a field takes a date, a time or both."""
    kind = field.attributes.get("subtype", "date")
    return kind if kind in _SHAPES else "date"


def mistyped(field: Component, value: object, where: str) -> Problem | None:
    """Say that a value is not written as the field writes it, if so."""
    if value is None or (isinstance(value, str) and _read(field, value)):
        return None
    kind = subtype(field)
    return wrong_type(where, field.label, kind if kind == "date" else kind + _KINDS[_format(field)])


def unfit(field: Component, value: str, where: str, environment: Environment) -> list[Problem]:
    """Say which of the field's own limits a well written value breaks."""
    parts = _read(field, value)
    found = []
    if parts.get("date") and field.attributes.get("disallowPassedDates"):
        today = environment.now.astimezone(environment.zone).date()
        if date.fromisoformat(parts["date"]) < today:
            found.append(problem("past-date", where, label=field.label))
    minutes = _interval(field)
    if parts.get("minute") and (int(parts["hour"]) * 60 + int(parts["minute"])) % minutes:
        found.append(problem("time-interval", where, label=field.label, minutes=minutes))
    return found


def sanitized(field: Component, value: object) -> object:
    """Return a known value where form-js would show it, else None."""
    if not isinstance(value, str):
        return None
    kind = subtype(field)
    if kind == "time":
        return value if re.match(r"\s*\d", value) else None
    if (kind == "datetime") != ("T" in value):
        return None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return None
    return value


def _read(field: Component, value: str) -> Mapping[str, Any]:
    kind = subtype(field)
    ending = "" if kind == "date" else _ENDINGS[_format(field)]
    match = re.fullmatch(_SHAPES[kind] + ending, value, re.ASCII)
    if match is None:
        return {}
    parts = match.groupdict()
    try:
        if "date" in parts:
            date.fromisoformat(parts["date"])
    except ValueError:
        return {}
    return parts


def _format(field: Component) -> str:
    written = field.attributes.get("timeSerializingFormat")
    return written if written in _ENDINGS else ""


def _interval(field: Component) -> int:
    minutes = field.attributes.get("timeInterval")
    interval = minutes if minutes in _INTERVALS else _DEFAULT_INTERVAL
    return min(interval, _SMALLEST_OFFSET) if _format(field) == "utc_normalized" else interval
