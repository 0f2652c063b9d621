"""What of a filled form is visible, locked and computed, once everything that depends on everything has settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from engine.bpmn.forms.components import COMPUTED, Component, every, is_expression
from engine.bpmn.forms.filling import Filling, Layers
from engine.bpmn.forms.numbers import same
from engine.bpmn.forms.paths import Path, at, clear, put
from engine.bpmn.forms.scopes import Evaluator, Scope


@dataclass(frozen=True, slots=True)
class Instance:
    """A visible field, or a visible list: in a row, once for each row.

    Attributes:
        where: its place in the answers; `path` within its own scope's layers.
        names: what expressions beside it may name.
        locked: whether it cannot be changed, in itself or through what contains it.
    """

    field: Component
    where: Path
    path: Path
    layers: Layers
    names: Mapping[str, Any]
    locked: bool

    @property
    def value(self) -> Any:
        """Return the value it has now."""
        return at(self.layers.answers, self.path, None)


def settled(filling: Filling, evaluator: Evaluator) -> list[Instance]:
    """Compute what is computed, put back what is locked, and return what is visible in the end."""
    rounds = 2 + sum(1 for _ in every(filling.form))
    for _ in range(rounds):
        instances = list(_Look(filling, evaluator).instances())
        changes = [_adjusted(instance, evaluator) for instance in instances]
        if not any(changes):
            break
    return instances


def _adjusted(instance: Instance, evaluator: Evaluator) -> bool:
    attributes = instance.field.attributes
    if instance.field.repeating:
        return False
    if instance.field.type == COMPUTED:
        if attributes.get("computeOn") == "presubmit":
            return False
        value = evaluator.value(attributes.get("expression"), instance.names)
    elif instance.locked:
        value = at(instance.layers.origin, instance.path, None)
    else:
        return False
    if same(value, instance.value):
        return False
    put(instance.layers.answers, instance.path, deepcopy(value))
    return True


class _Look:
    """One look at a form, its answers as they are now."""

    def __init__(self, filling: Filling, evaluator: Evaluator) -> None:
        self._form = filling.form
        self._layers = filling.layers
        self._evaluator = evaluator
        self._shown = {**filling.start, **_Hiding(filling, evaluator).kept}

    def instances(self) -> Iterator[Instance]:
        """Yield what is visible, lists before their rows."""
        yield from self._visible(self._form, (), (), self._layers, Scope(self._shown), locked=False)

    def _visible(
        self, container: Component, where: Path, outer: Path, layers: Layers, scope: Scope, *, locked: bool
    ) -> Iterator[Instance]:
        names = scope.names(self._shown)
        for component in container.components:
            if self._evaluator.holds(component.condition, names):
                continue
            shut = locked or component.locked or self._is_readonly(component, names)
            path = (*outer, *component.path)
            if component.keyed or component.repeating:
                yield Instance(component, (*where, *path), path, layers, names, shut)
            if component.repeating:
                for index, below in enumerate(layers.rows(path)):
                    row = scope.row(below.answers, index + 1)
                    yield from self._visible(component, (*where, *path, index), (), below, row, locked=shut)
            elif component.components:
                yield from self._visible(component, where, path, layers, scope, locked=shut)

    def _is_readonly(self, component: Component, names: Mapping[str, Any]) -> bool:
        readonly = component.attributes.get("readonly")
        return is_expression(readonly) and self._evaluator.holds(readonly, names)


class _Hiding:
    """The answers without what is hidden, judged while hidden answers still count: form-js looks twice."""

    def __init__(self, filling: Filling, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._answers = filling.layers.answers
        self.kept = deepcopy(self._answers)
        self._drop(filling.form, (), (), Scope(self._answers), hidden=False)

    def _drop(self, container: Component, where: Path, outer: Path, scope: Scope, *, hidden: bool) -> None:
        names = scope.names(self._answers)
        for component in container.components:
            gone = hidden or self._evaluator.holds(component.condition, names)
            path = (*outer, *component.path)
            if gone and (component.keyed or component.repeating):
                clear(self.kept, (*where, *path))
            elif component.repeating:
                for index, row in enumerate(at(scope.this, path, [])):
                    self._drop(component, (*where, *path, index), (), scope.row(row, index + 1), hidden=False)
            elif component.components:
                self._drop(component, where, path, scope, hidden=gone)
