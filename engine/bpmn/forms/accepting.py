"""Take of somebody's answers what a form accepts."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from typing import Any

from engine.bpmn.forms import files, rules, values
from engine.bpmn.forms.components import COMPUTED, FILES, tree
from engine.bpmn.forms.files import Files
from engine.bpmn.forms.filling import Filling, fill
from engine.bpmn.forms.numbers import same
from engine.bpmn.forms.options import offered
from engine.bpmn.forms.paths import MISSING, Answers, at, put, written
from engine.bpmn.forms.scopes import Evaluator
from engine.bpmn.forms.sentences import problem
from engine.bpmn.forms.settling import Instance, settled
from engine.bpmn.forms.shapes import Shape, misplaced, shape, undeclared
from engine.errors import Invalid, Problem
from engine.feel import Environment


def accept(
    schema: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    known: Mapping[str, Any],
    environment: Environment,
    documents: Files | None = None,
) -> Answers:
    """Return what of the answers a form accepts, by the names of its fields.

    `known` holds the variables that the form was filled with. Hidden fields are left out, computed ones computed anew;
    what is read-only or disabled stays as it is known, whatever was sent. A field that was not sent keeps what is known
    of it. Inside an object or a row that has a source in `known`, what the form does not show stays too. `documents`
    holds those that the answers name.

    Raises:
        Invalid: the answers break rules of the form; `problems` names all of them by field.
    """
    form = tree(schema)
    declared = shape(form)
    filling = fill(form, answers, known)
    accepting = _Accepting(filling, declared, Evaluator(environment), documents or {})
    accepting.look()
    problems = [*accepting.problems, *misplaced(declared, answers)]
    if problems:
        raise Invalid(
            "Expected to accept the answers to form {id}, but some do not fit", problems, id=schema.get("id", "")
        )
    return accepting.accepted


class _Accepting:
    """The acceptance of one person's answers."""

    def __init__(self, filling: Filling, declared: Shape, evaluator: Evaluator, documents: Files) -> None:
        self.problems: list[Problem] = []
        self.accepted: Answers = {}
        self._filling = filling
        self._declared = declared
        self._evaluator = evaluator
        self._documents = documents

    def look(self) -> None:
        """Look at all that is visible."""
        for instance in settled(self._filling, self._evaluator):
            if instance.field.repeating:
                self._list(instance)
            elif instance.field.disabled:
                self._disabled(instance)
            else:
                self._field(instance)
        self._keep_undeclared()

    def _list(self, instance: Instance) -> None:
        found = self._filling.problems.get(instance.where, [])
        if instance.locked and instance.where in self._filling.moved and not found:
            count = len(at(self._filling.start, instance.where, []))
            facts = {"label": instance.field.label, "count": count}
            found = [problem("row-count", written(instance.where), **facts)]
        self.problems += found
        expected = shape(instance.field)
        rows = [undeclared(expected, below.held) for below in instance.layers.rows(instance.path)]
        put(self.accepted, instance.where, rows)

    def _disabled(self, instance: Instance) -> None:
        held = at(instance.layers.held, instance.path)
        if held is not MISSING:
            put(self.accepted, instance.where, deepcopy(held))

    def _field(self, instance: Instance) -> None:
        value = self._final(instance)
        problems = self._problems(instance, value)
        if instance.field.type == FILES and not problems:
            value = files.accepted(value, at(instance.layers.origin, instance.path), self._documents)
        self.problems += problems
        put(self.accepted, instance.where, value)

    def _final(self, instance: Instance) -> object:
        if instance.field.type == COMPUTED:
            return self._evaluator.value(instance.field.attributes.get("expression"), instance.names)
        if instance.where in self._filling.omitted and not instance.locked:
            return values.empty(instance.field)
        return instance.value

    def _problems(self, instance: Instance, value: object) -> list[Problem]:
        field, where = instance.field, written(instance.where)
        touched = not instance.locked and field.type != COMPUTED
        if touched and instance.where in self._filling.problems:
            return self._filling.problems[instance.where]
        evaluate = partial(self._evaluator.value, names=instance.names)
        found = rules.broken(field, value, where, evaluate)
        if field.type == FILES and touched:
            before = at(instance.layers.origin, instance.path)
            return found + files.unfit(field, value, where, known=before, files=self._documents, evaluate=evaluate)
        if touched:
            choices = self._choices(instance)
            found += rules.unoffered(field, value, where, choices)
            if not same(value, at(instance.layers.origin, instance.path)):
                found += rules.unenterable(field, value, where, choices, self._evaluator.environment)
        return found

    def _choices(self, instance: Instance) -> list[object]:
        expression = instance.field.attributes.get("valuesExpression")
        return offered(instance.field, self._filling.start, self._evaluator.value(expression, instance.names))

    def _keep_undeclared(self) -> None:
        for name, inner in self._declared.items():
            if isinstance(inner, dict) and name in self.accepted:
                _merge(self.accepted[name], undeclared(inner, self._filling.layers.held.get(name)))


def _merge(scope: Answers, more: Answers) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(scope.get(name), dict):
            _merge(scope[name], value)
        else:
            scope.setdefault(name, value)
