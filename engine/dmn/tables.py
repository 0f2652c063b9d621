"""Compile decision tables (DMN 1.5, section 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine import feel
from engine.dmn import hits
from engine.dmn.constants import refuse_comparison, refuse_result
from engine.dmn.elements import Element, child, children, identity, name_of, text_of, type_reference
from engine.dmn.logic import Compilation, DecisionRun, Logic, MatchedRule, Names, Scope, TableRecord, fitted
from engine.dmn.overlaps import Column, overlaps
from engine.dmn.types import Restricted
from engine.feel.types import ANY, Type
from engine.feel.values import Value


@dataclass(frozen=True, slots=True)
class Input:
    """A column to be tested."""

    text: str
    logic: Logic
    type: Type
    allowed: feel.UnaryTests | None
    names: Names
    declared: Type | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results; `order` holds its allowed values from the most to the least important."""

    name: str
    type: Type
    allowed: feel.UnaryTests | None
    order: Logic | None
    default: Logic | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: only the cells that can fail, each with its column, and the results."""

    index: int
    id: str
    tests: tuple[tuple[int, feel.UnaryTests], ...]
    outputs: tuple[Logic, ...]
    cells: tuple[feel.UnaryTests, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    id: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: hits.Policy

    def evaluate(self, run: DecisionRun, scope: Scope) -> Value:
        """Find the rules that match and answer as the hit policy says."""
        values = [self._input(run, scope, column) for column in self.inputs]
        if values and any(value is _NOT_ALLOWED for value in values):
            return None
        run.spend(len(self.rules))
        matched = [rule for rule in self.rules if self._matches(run, scope, rule, values)]
        if self.policy.first_only:
            del matched[1:]
        results = [[self._output(run, scope, rule, index) for index in range(len(self.outputs))] for rule in matched]
        self._record(run, values, matched, results)
        if not matched:
            return self._default(run, scope)
        return self._shaped(run, scope, results)

    @staticmethod
    def _matches(run: DecisionRun, scope: Scope, rule: Rule, values: Sequence[Value]) -> bool:
        for column, test in rule.tests:  # noqa: SIM110 - the hottest loop of all; a generator costs as much as the test
            if not test.admit(run, values[column], scope):
                return False
        return True

    @staticmethod
    def _input(run: DecisionRun, scope: Scope, column: Input) -> Value:
        value = column.logic(run, scope)
        if column.type is not ANY:
            value = fitted(run, column.type, value)
        if column.allowed is not None and value is not None and not column.allowed.admit(run, value, scope):
            run.null(f"{str(value)[:60]} is not among the allowed inputs {column.allowed.text[:200]}", 0)
            return _NOT_ALLOWED
        return value

    def _output(self, run: DecisionRun, scope: Scope, rule: Rule, index: int) -> Value:
        column = self.outputs[index]
        value = fitted(run, column.type, rule.outputs[index](run, scope))
        if column.allowed is not None and value is not None and not column.allowed.admit(run, value, scope):
            return run.null(f"{str(value)[:60]} is not among the allowed outputs {column.allowed.text[:200]}", 0)
        return value

    def _record(self, run: DecisionRun, values: list[Value], matched: list[Rule], results: list[list[Value]]) -> None:
        inputs = {column.text: feel.release(value) for column, value in zip(self.inputs, values, strict=True)}
        names = [column.name or str(place) for place, column in enumerate(self.outputs, 1)]
        if len(names) == 1:
            names = [self.outputs[0].name]
        rules = tuple(
            MatchedRule(rule.index, rule.id, dict(zip(names, map(feel.release, result), strict=True)))
            for rule, result in zip(matched, results, strict=True)
        )
        run.tables.append(TableRecord(self.id, inputs, rules))

    def _default(self, run: DecisionRun, scope: Scope) -> Value:
        if not any(column.default for column in self.outputs):
            if self.policy.empty is None:
                run.null("no rule matches", 0)
            return self.policy.empty
        result = [None if column.default is None else column.default(run, scope) for column in self.outputs]
        return self._named(result)

    def _shaped(self, run: DecisionRun, scope: Scope, results: list[list[Value]]) -> Value:
        orders = [None if column.order is None else column.order(run, scope) for column in self.outputs]
        return self.policy.answer(run, [self._named(result) for result in results], results, orders)

    def _named(self, result: list[Value]) -> Value:
        if len(self.outputs) == 1:
            return result[0]
        return {column.name: value for column, value in zip(self.outputs, result, strict=True)}


_NOT_ALLOWED = object()


def compile_table(compilation: Compilation, element: Element, names: Names) -> Logic:
    """Compile a decision table, every cell of it."""
    policy = hits.policy(str(element.get("hitPolicy", "UNIQUE")), str(element.get("aggregation", "")))
    if policy is None:
        return compilation.wrong(element, f"There is no hit policy {element.get('hitPolicy')}.", "unknown-hit-policy")
    inputs = tuple(_input(compilation, column, names) for column in children(element, "input"))
    outputs = tuple(_output(compilation, column, names) for column in children(element, "output"))
    rules = tuple(
        _rule(compilation, row, index, (inputs, outputs), names)
        for index, row in enumerate(children(element, "rule"), 1)
    )
    if not outputs:
        return compilation.wrong(element, "The table has no output.", "no-output")
    if len(outputs) > 1 and not all(column.name for column in outputs):
        return compilation.wrong(element, "Each of several outputs needs a name.", "unnamed-output")
    if policy.single_output and len(outputs) > 1:
        return compilation.wrong(element, "Only a table of one output can be aggregated.", "aggregation")
    if policy.unique and all(len(rule.cells) == len(inputs) for rule in rules):
        _refuse_overlaps(compilation, inputs, rules, list(children(element, "rule")))
    return Table(identity(element), inputs, outputs, rules, policy).evaluate


def _refuse_overlaps(
    compilation: Compilation, inputs: Sequence[Input], rules: Sequence[Rule], rows: Sequence[Element]
) -> None:
    columns = [
        Column(column.text, column.names, column.allowed, tuple(rule.cells[place] for rule in rules))
        for place, column in enumerate(inputs)
    ]
    for found in overlaps(columns, len(rules)):
        pair = f"Rules {found.first + 1} and {found.second + 1} both match where {found.inputs}"
        message = f"{pair}, but under the hit policy UNIQUE only one rule may."
        compilation.wrong(rows[found.second], message, "overlapping-rules")


def _input(compilation: Compilation, column: Element, names: Names) -> Input:
    expression = child(column, "inputExpression")
    text = text_of(expression)
    allowed = text_of(child(column, "inputValues"))
    tests = compilation.tests(column, allowed, names) if allowed else None
    if not text:
        missing = compilation.wrong(column, "The expression of this input is missing.", "missing-expression")
        return Input(text, missing, ANY, tests, frozenset())
    compiled = compilation.compiled(expression, text, names)
    declared = compilation.types.find(type_reference(expression))
    return Input(text, compiled.compute, ANY, tests, compiled.names, declared)


def _output(compilation: Compilation, column: Element, names: Names) -> Output:
    of = compilation.types.of(column)
    allowed = text_of(child(column, "outputValues"))
    if not allowed and isinstance(of, Restricted):
        allowed = of.allowed.text
    default = text_of(child(column, "defaultOutputEntry"))
    return Output(
        name=name_of(column),
        type=of,
        allowed=compilation.tests(column, allowed, names) if allowed else None,
        order=compilation.expression(column, f"[{allowed}]", names) if allowed else None,
        default=compilation.expression(column, default, names) if default else None,
    )


def _rule(
    compilation: Compilation, row: Element, index: int, columns: tuple[Sequence[Input], Sequence[Output]], names: Names
) -> Rule:
    inputs, outputs = columns
    cells, entries = list(children(row, "inputEntry")), list(children(row, "outputEntry"))
    if len(cells) != len(inputs) or len(entries) != len(outputs):
        compilation.wrong(row, f"Rule {index} has not one cell for each input and output.", "rule-width")
        cells, entries = [], []
    compiled = [compilation.tests(cell, text_of(cell), names) for cell in cells]
    for cell, test, column in zip(cells, compiled, inputs, strict=False):
        refuse_comparison(compilation, cell, test, column.declared, column.text)
    tests = tuple((column, test) for column, test in enumerate(compiled) if not test.always)
    results = tuple(_entry(compilation, entry, output, names) for entry, output in zip(entries, outputs, strict=False))
    return Rule(index, identity(row), tests, results, tuple(compiled))


def _entry(compilation: Compilation, entry: Element, output: Output, names: Names) -> Logic:
    text = text_of(entry)
    if text in ("", "-"):
        return lambda *_: None
    expression = compilation.compiled(entry, text, names)
    refuse_result(compilation, entry, expression, output.type, output.allowed)
    return expression.compute
