"""What every boxed expression compiles to, and what it needs to know while it is compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine import feel, misreadings
from engine.dmn.elements import Element, identity
from engine.dmn.types import Types
from engine.errors import Problem
from engine.feel.errors import NullResult
from engine.feel.run import MAXIMUM_CALLS, Run
from engine.feel.types import ANY, Type
from engine.feel.values import Value
from engine.sentences import Sentence

Scope = dict[str, Value]
Logic = Callable[["DecisionRun", Scope], Value]
Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule of a decision table that matched: its place from 1, its id, and its outputs by name."""

    index: int
    id: str
    outputs: dict[str, object]


@dataclass(frozen=True, slots=True)
class TableRecord:
    """One evaluation of a decision table: its inputs by their expressions, and the rules that matched."""

    table_id: str
    inputs: dict[str, object]
    rules: tuple[MatchedRule, ...]


class DecisionRun(Run):
    """One evaluation of decisions, which remembers what their tables did."""

    __slots__ = ("tables",)

    def __init__(self, environment: feel.Environment | None) -> None:
        super().__init__(environment)
        self.tables: list[TableRecord] = []


@dataclass(slots=True)
class Compilation:
    """One model being compiled.

    Attributes:
        types: FEEL's types and the model's own.
        words: the names of entries that FEEL must know.
        problems: what is wrong with the model.
        rounding: the ids of the elements that call `decimal()`, which rounds half to even.
        inputs: the names of the inputs that the model declares.
    """

    types: Types
    words: Names
    problems: list[Problem] = field(default_factory=list)
    inputs: Names = frozenset()
    rounding: list[str] = field(default_factory=list)

    def wrong(self, element: Element, message: str, code: str) -> Logic:
        """Note a problem and return logic that answers null."""
        self.problems.append(Problem(message, identity(element), code))
        return lambda run, _: run.null(message, 0)

    def expression(self, element: Element, text: str, names: Names) -> Logic:
        """Compile a FEEL text that stands in an element into logic."""
        return self.compiled(element, text, names).compute

    def compiled(self, element: Element, text: str, names: Names) -> feel.Expression:
        """Compile a FEEL text that stands in an element."""
        try:
            expression = feel.compile_expression(text, names=names, words=self.words, types=self.types)
        except feel.FeelSyntaxError as error:
            self.wrong(element, _misread(error, text), "feel-syntax")
            return feel.compile("null")
        self._refuse_strange_inputs(element, expression.needed - names)
        if "decimal" in expression.called:
            self.rounding.append(identity(element))
        return expression

    def tests(self, element: Element, text: str, names: Names) -> feel.UnaryTests:
        """Compile a decision table's cell."""
        try:
            tests = feel.compile_tests(text, names=names, words=self.words, types=self.types)
        except feel.FeelSyntaxError as error:
            self.wrong(element, _misread(error, text), "feel-syntax")
            return feel.compile_unary_tests("null")
        self._refuse_strange_inputs(element, tests.needed - names)
        return tests

    def _refuse_strange_inputs(self, element: Element, names: Names) -> None:
        """Refuse to read an input of the model that is not required: it would always be null."""
        for name in sorted(names & self.inputs):
            self.wrong(element, f"The input {name} is read here, but the decision does not require it.", "not-required")


def fitted(run: Run, of: Type, value: Value) -> Value:
    """Return a value fitted to a type, or null with the reason."""
    if of is ANY:
        return value
    try:
        return of.fit(value)
    except NullResult as reason:
        return run.null(str(reason), 0)


@dataclass(slots=True, eq=False)
class DefinedFunction:
    """A function that a model defines: a business knowledge model, a boxed function or a decision service."""

    name: str
    parameters: tuple[str, ...]
    parameter_types: tuple[Type, ...]
    result_type: Type
    body: Logic
    scope: Scope

    def call(self, run: Run, arguments: Sequence[Value]) -> Value:
        """Call with positional arguments.

        Raises:
            NullResult: the arguments do not fit.
            FeelEvaluationError: functions call each other too deep.
        """
        if len(arguments) != len(self.parameters):
            raise NullResult(f"{self.name} takes {len(self.parameters)} arguments, not {len(arguments)}")
        if not isinstance(run, DecisionRun) or not run.calls:
            raise feel.FeelEvaluationError(f"Expected functions at most {MAXIMUM_CALLS} calls deep")
        run.spend(len(self.scope) + len(arguments))
        inner = dict(self.scope)
        for name, of, argument in zip(self.parameters, self.parameter_types, arguments, strict=True):
            inner[name] = of.fit(argument)
        run.calls -= 1
        result = self.body(run, inner)
        run.calls += 1
        return self.result_type.fit(result)

    def call_named(self, run: Run, names: Sequence[str], arguments: Sequence[Value]) -> Value:
        """Call with named arguments.

        Raises:
            NullResult: the arguments do not fit.
        """
        given = dict(zip(names, arguments, strict=True))
        if given.keys() != set(self.parameters):
            raise NullResult(f"{self.name} takes {', '.join(self.parameters) or 'no arguments'}")
        return self.call(run, [given[name] for name in self.parameters])


def _misread(error: feel.FeelSyntaxError, text: str) -> Sentence:
    return Sentence("{reason}, in {text}.", reason=misreadings.told(error), text=text[:80])
