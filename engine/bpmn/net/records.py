"""Immutable dataclasses as JSON and back: an object that names its class, without what equals its default.

Fields may be added with a default at any time: what an earlier version wrote still reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

_CLASS = "is"


def classes(*sources: Iterable[object]) -> dict[str, type]:
    """Return the dataclasses among the objects, by name."""
    return {
        item.__name__: item for source in sources for item in source if isinstance(item, type) and is_dataclass(item)
    }


def write(value: object) -> object:
    """Return a record, a tuple of such or a plain JSON value as JSON values."""
    if isinstance(value, tuple):
        return [write(item) for item in value]
    if not is_dataclass(value):
        return value
    written: dict[str, object] = {_CLASS: type(value).__name__}
    for item in fields(value):
        content = getattr(value, item.name)
        if item.default is MISSING or content != item.default:
            written[item.name] = write(content)
    return written


def read(value: Any, known: Mapping[str, type]) -> object:
    """Make again what `write` wrote, of the classes that are known."""
    if isinstance(value, list):
        return tuple(read(item, known) for item in value)
    if isinstance(value, Mapping):
        return known[value[_CLASS]](**{name: read(item, known) for name, item in value.items() if name != _CLASS})
    return value
