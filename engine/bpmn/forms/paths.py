"""Places within answers: a path of names and row numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Answers = dict[str, Any]
Path = tuple[str | int, ...]
MISSING: Final = object()


def at(scope: object, path: Path, default: Any = MISSING) -> Any:
    """Return the value at a path within a scope, or the default."""
    for name in path:
        inside = isinstance(scope, Mapping) and name in scope
        if not inside and not (isinstance(scope, list) and isinstance(name, int) and name < len(scope)):
            return default
        scope = scope[name]  # type: ignore[index]
    return scope


def put(scope: Answers, path: Path, value: object) -> None:
    """Set the value at a path within a scope, and make what is missing on the way."""
    node: Any = scope
    for name in path[:-1]:
        if not isinstance(at(node, (name,)), dict | list):
            node[name] = {}
        node = node[name]
    node[path[-1]] = value


def clear(scope: Answers, path: Path) -> None:
    """Remove the value at a path, and with it what becomes empty; a removed row leaves a hole."""
    while path:
        holder = at(scope, path[:-1])
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
        elif isinstance(holder, list) and isinstance(path[-1], int):
            holder[path[-1]] = None
        path = path[:-1]
        if not _is_empty(at(scope, path)):
            return


def written(path: Path) -> str:
    """Write a path as people read it: `ratings[0].rating`."""
    return "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in path).removeprefix(".")


def _is_empty(value: object) -> bool:
    if isinstance(value, list):
        return all(item is None for item in value)
    return isinstance(value, dict) and not value
