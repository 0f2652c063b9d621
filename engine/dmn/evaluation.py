"""Evaluate the elements of a model, each once, what it requires first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.dmn.logic import DecisionRun, DefinedFunction, Logic, Scope, TableRecord, fitted
from engine.dmn.model import Model, Node, Requirement
from engine.feel.types import ANY, FunctionType, Type
from engine.feel.values import Value


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """One decision that was evaluated, with its value and what its tables did."""

    node: Node
    value: Value
    tables: tuple[TableRecord, ...]


@dataclass(slots=True)
class Evaluator:
    """One evaluation of a model with given inputs; `values` holds what is known already, by key."""

    model: Model
    run: DecisionRun
    given: Mapping[str, Value]
    values: dict[str, Value] = field(default_factory=dict)
    records: list[NodeRecord] = field(default_factory=list)
    imported: dict[str, Evaluator] = field(default_factory=dict)

    def value(self, node: Node) -> Value:
        """Return an element's value: an input's, a decision's result, or a function."""
        if node.key not in self.values:
            if node.kind == "inputData":
                self.values[node.key] = fitted(self.run, node.type, self.given.get(node.name))
            elif node.kind == "decision":
                self.values[node.key] = self._decide(node)
            else:
                self._provide(node)
        return self.values[node.key]

    def _decide(self, node: Node) -> Value:
        # what the caller gives is visible, but what the model declares as an input only where it is required
        declared = self.model.inputs
        scope = {name: value for name, value in self.given.items() if name not in declared}
        scope.update(self._required(node))
        before = len(self.run.tables)
        value = fitted(self.run, node.type, node.logic(self.run, scope) if node.logic else None)
        self.records.append(NodeRecord(node, value, tuple(self.run.tables[before:])))
        return value

    def _required(self, node: Node) -> Scope:
        scope: Scope = {}
        for requirement in node.requirements:
            if requirement.space:
                scope.setdefault(requirement.space, {})[requirement.name] = self.of(requirement)
            else:
                scope[requirement.name] = self.of(requirement)
        return scope

    def of(self, requirement: Requirement) -> Value:
        """Return the value of what is required, here or in an imported model."""
        if requirement.space is None:
            return self.value(self.model.node(requirement.key))
        within = self._within(requirement.space)
        return within.value(within.model.node(requirement.key))

    def _within(self, space: str) -> Evaluator:
        if space not in self.imported:
            given = self.given.get(space) if space else self.given
            model = self.model.imported(space)
            self.imported[space] = Evaluator(
                model, self.run, given if isinstance(given, dict) else {}, records=self.records
            )
        return self.imported[space]

    def _provide(self, node: Node) -> None:
        if node.kind == "decisionService":
            self.values[node.key] = self._service(node)
            return
        function = node.logic(self.run, {}) if node.logic else None
        self.values[node.key] = function
        if isinstance(function, DefinedFunction):
            function.name = node.name
            function.result_type = _result_type(node.type)
            function.scope.update({**self._required(node), node.name: function})

    def _service(self, node: Node) -> DefinedFunction:
        types = tuple(self._node(parameter).type for parameter in node.inner)
        parameters = tuple(parameter.name for parameter in node.inner)
        return DefinedFunction(node.name, parameters, types, _result_type(node.type), self._answers(node), {})

    def _node(self, requirement: Requirement) -> Node:
        model = self.model if requirement.space is None else self.model.imported(requirement.space)
        return model.node(requirement.key)

    def _answers(self, node: Node) -> Logic:
        def answered(run: DecisionRun, scope: Scope) -> Value:
            inside = Evaluator(self.model, run, {}, records=self.records)
            for parameter in node.inner:
                known = inside if parameter.space is None else inside._within(parameter.space)
                known.values[parameter.key] = scope.get(parameter.name)
            if len(node.answers) == 1:
                return inside.of(node.answers[0])
            return {output.name: inside.of(output) for output in node.answers}

        return answered


def _result_type(of: Type) -> Type:
    return of.result if isinstance(of, FunctionType) else of if of is not ANY else ANY
