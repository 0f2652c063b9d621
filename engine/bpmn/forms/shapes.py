"""The shape of a form's answers: which names stand where, and what nobody declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from engine.bpmn.forms.components import Component
from engine.bpmn.forms.paths import Answers, Path, written
from engine.bpmn.forms.sentences import problem, wrong_type
from engine.errors import Problem


class Value:
    """A place for one value."""


class Rows:
    """A place for a list of rows."""

    def __init__(self, row: Shape) -> None:
        self.row = row


Shape = dict[str, "Value | Rows | Shape"]
VALUE: Final = Value()


def shape(container: Component) -> Shape:
    """Return what the scope of a container holds by name."""
    found: Shape = {}
    _describe(container, found)
    return found


def misplaced(expected: Shape, given: Mapping[str, Any], where: Path = ()) -> Iterator[Problem]:
    """Yield what is given without being declared, and what is no object or list where one is expected."""
    for name, value in given.items():
        place = (*where, name)
        inner = expected.get(name)
        if inner is None:
            yield problem("undeclared-variable", written(place), name=written(place))
        elif isinstance(inner, dict):
            yield from _misplaced_object(inner, value, place)
        elif isinstance(inner, Rows):
            yield from _misplaced_rows(inner, value, place)


def undeclared(expected: Shape, held: object) -> Answers:
    """Return what a scope holds beside the form's fields: who fills in the form neither sees nor changes it."""
    found: Answers = {}
    for name, value in held.items() if isinstance(held, Mapping) else ():
        inner = expected.get(name)
        if inner is None:
            found[name] = deepcopy(value)
        elif isinstance(inner, dict) and (below := undeclared(inner, value)):
            found[name] = below
    return found


def _describe(container: Component, scope: Shape) -> None:
    for component in container.components:
        if component.keyed:
            _scope(scope, component.path[:-1])[component.path[-1]] = VALUE
        elif component.repeating:
            _scope(scope, component.path[:-1])[component.path[-1]] = Rows(shape(component))
        else:
            _describe(component, _scope(scope, component.path))


def _scope(scope: Shape, path: tuple[str, ...]) -> Shape:
    for name in path:
        inner = scope.setdefault(name, {})
        scope = inner if isinstance(inner, dict) else {}
    return scope


def _misplaced_object(inner: Shape, value: object, place: Path) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        yield from misplaced(inner, value, place)
    elif value is not None:
        yield wrong_type(written(place), written(place), "object")


def _misplaced_rows(inner: Rows, value: object, place: Path) -> Iterator[Problem]:
    if isinstance(value, list):
        for number, row in enumerate(value):
            yield from _misplaced_object(inner.row, row, (*place, number))
    elif value is not None:
        yield wrong_type(written(place), written(place), "list")
