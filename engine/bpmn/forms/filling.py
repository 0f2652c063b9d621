"""A form as somebody fills it in: what it starts with, and the answers laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.forms import values
from engine.bpmn.forms.components import COMPUTED, Component, within
from engine.bpmn.forms.numbers import exact
from engine.bpmn.forms.paths import MISSING, Answers, Path, at, put, written
from engine.bpmn.forms.rows import fixed, grown
from engine.bpmn.forms.sentences import problem
from engine.errors import Problem

MAXIMUM_ROWS = 1_000


@dataclass(slots=True)
class Layers:
    """The same scope three times, row beside row.

    Attributes:
        answers: the values with what was given laid over them.
        origin: the values before anybody touches the form; what cannot be changed goes back to them.
        held: what the form is filled with, untouched.
    """

    answers: Answers
    origin: Answers
    held: Mapping[str, Any]

    def rows(self, path: Path) -> list[Layers]:
        """Return the rows of a list within the scope."""
        lists = (at(layer, path, []) for layer in (self.answers, self.origin, self.held))
        return [Layers(*row) for row in zip(*lists, strict=True)]


@dataclass(slots=True)
class Filling:
    """A form that is being filled in.

    Attributes:
        start: all values before anybody touches the form.
        layers: the form's own scope.
        problems: by place, what is wrong with a value's type or with a list's rows.
        moved: the lists whose rows are not the ones they started with.
        omitted: the fields with a default that nobody answered.
    """

    form: Component
    start: Answers
    layers: Layers
    problems: dict[Path, list[Problem]] = field(default_factory=dict)
    moved: set[Path] = field(default_factory=set)
    omitted: set[Path] = field(default_factory=set)


def fill(form: Component, given: Mapping[str, Any], known: Mapping[str, Any]) -> Filling:
    """Lay what is given over what a form starts with; a field that is not given keeps what is known."""
    start = _started(form, known, known)
    filling = Filling(form, start, Layers(deepcopy(start), deepcopy(start), deepcopy(dict(known))))
    _Laying(filling, known).scope(form, given, filling.layers, ())
    return filling


def _started(container: Component, held: Mapping[str, Any], known: Mapping[str, Any]) -> Answers:
    scope = deepcopy(dict(held))
    for component, path, _ in within(container):
        found = at(held, path)
        if component.repeating:
            put(scope, path, [_started(component, row, known) for row in _start_rows(component, found)])
        elif found is MISSING:
            put(scope, path, exact(component.attributes.get("defaultValue", values.empty(component))))
        else:
            put(scope, path, values.sanitized(component, found, known))
    return scope


def _start_rows(component: Component, held: object) -> list[Mapping[str, Any]]:
    if isinstance(held, list):
        return [row if isinstance(row, dict) else {} for row in held]
    count = component.attributes.get("defaultRepetitions", 1)
    return [{} for _ in range(count if isinstance(count, int) else 1)]


@dataclass(frozen=True, slots=True)
class _Laying:
    """The laying of one person's answers over one form."""

    filling: Filling
    known: Mapping[str, Any]

    def scope(self, container: Component, given: object, layers: Layers, where: Path) -> None:
        """Lay answers over a scope."""
        for component, path, locked in within(container):
            if component.repeating:
                self._rows(component, at(given, path), layers, path, where, grows=component.growable and not locked)
            elif not locked and component.type != COMPUTED:
                self._value(component, at(given, path), layers, path, (*where, *path))

    def _value(self, component: Component, given: Any, layers: Layers, path: Path, place: Path) -> None:
        if given is MISSING:
            if at(layers.held, path) is MISSING:
                self.filling.omitted.add(place)
            return
        wrong = values.mistyped(component, given, written(place))
        if wrong:
            self.filling.problems[place] = [wrong]
        put(layers.answers, path, values.empty(component) if wrong else values.answered(component, given))

    def _rows(self, component: Component, given: Any, layers: Layers, path: Path, where: Path, *, grows: bool) -> None:
        place = (*where, *path)
        start = at(layers.origin, path, [])
        held = _start_rows(component, at(layers.held, path))
        rows = given if isinstance(given, list) else [] if grows else [{}] * len(start)
        if not grows and len(rows) != len(start):
            facts = {"label": component.label, "count": len(start)}
            self.filling.problems[place] = [problem("row-count", written(place), **facts)]
            rows = (rows + [{}] * len(start))[: len(start)]
        if len(rows) > max(MAXIMUM_ROWS, len(start)):
            facts = {"label": component.label, "maximum": MAXIMUM_ROWS}
            self.filling.problems[place] = [problem("too-many-rows", written(place), **facts)]
            rows = rows[:MAXIMUM_ROWS]
        fresh = _started(component, {}, self.known)
        sources, foreign = grown(component, rows, start, fresh) if grows else fixed(component, rows, start)
        for index in foreign:
            facts = {"label": component.label, "row": index + 1}
            found = problem("foreign-row", written((*place, index)), **facts)
            self.filling.problems.setdefault(place, []).append(found)
        if sources != list(range(len(start))):
            self.filling.moved.add(place)
        bases = [fresh if source is None else start[source] for source in sources]
        put(layers.answers, path, [deepcopy(base) for base in bases])
        put(layers.origin, path, [deepcopy(base) for base in bases])
        put(layers.held, path, [{} if source is None else held[source] for source in sources])  # type: ignore[arg-type]
        for index, (row, below) in enumerate(zip(rows, layers.rows(path), strict=True)):
            self.scope(component, row, below, (*place, index))
