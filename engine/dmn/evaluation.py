"""Evaluate the elements of a model, each once, what it requires first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.dmn.logic import DecisionRun, DefinedFunction, Logic, Scope, TableRecord, fitted
from engine.dmn.model import Model, Node
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
        scope = self._scope(node)
        before = len(self.run.tables)
        value = fitted(self.run, node.type, node.logic(self.run, scope) if node.logic else None)
        self.records.append(NodeRecord(node, value, tuple(self.run.tables[before:])))
        return value

    def _scope(self, node: Node) -> Scope:
        scope: Scope = dict(self.given)
        for requirement in node.requirements:
            value = self.value(self.model.node(requirement.key))
            if requirement.space:
                scope.setdefault(requirement.space, {})[requirement.name] = value
            else:
                scope[requirement.name] = value
        return scope

    def _provide(self, node: Node) -> None:
        if node.kind == "decisionService":
            self.values[node.key] = self._service(node)
            return
        function = node.logic(self.run, {}) if node.logic else None
        self.values[node.key] = function
        if isinstance(function, DefinedFunction):
            function.name = node.name
            function.result_type = _result_type(node.type)
            function.scope.update({**self._scope_of_functions(node), node.name: function})

    def _scope_of_functions(self, node: Node) -> Scope:
        return {name: value for name, value in self._scope(node).items() if name not in self.given}

    def _service(self, node: Node) -> DefinedFunction:
        inner = [self.model.node(key) for key in node.inner]
        types = tuple(parameter.type for parameter in inner)
        parameters = tuple(parameter.name for parameter in inner)
        return DefinedFunction(node.name, parameters, types, _result_type(node.type), self._answers(node, inner), {})

    def _answers(self, node: Node, inner: list[Node]) -> Logic:
        def answered(run: DecisionRun, scope: Scope) -> Value:
            values = {parameter.key: scope.get(parameter.name) for parameter in inner}
            within = Evaluator(self.model, run, {}, values, self.records)
            outputs = [self.model.node(key) for key in node.answers]
            if len(outputs) == 1:
                return within.value(outputs[0])
            return {output.name: within.value(output) for output in outputs}

        return answered


def _result_type(of: Type) -> Type:
    return of.result if isinstance(of, FunctionType) else of if of is not ANY else ANY
