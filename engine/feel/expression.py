"""Expressions and unary tests, compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from engine.feel import calls, loops, operators, structures  # noqa: F401 - each registers what it compiles
from engine.feel import syntax as ast
from engine.feel.boundary import adopt, release
from engine.feel.compiler import Compiler
from engine.feel.errors import FeelEvaluationError, FeelSyntaxError
from engine.feel.functions import BUILTINS
from engine.feel.names import KnownNames
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.run import Environment, Frame, Reason, Run
from engine.feel.scope import Load, Scope
from engine.feel.structures import TestCode, test_code
from engine.feel.types import Type
from engine.feel.values import Code, Value

_BUILTIN_NAMES = KnownNames(
    [*BUILTINS, "days and time duration", "years and months duration", "time offset", "start included", "end included"]
)
_NO_TYPES: Mapping[str, Type] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Explanation:
    """A result, and why parts on the way to it became null."""

    value: object
    reasons: tuple[str, ...]


class _Compiled:
    """What an expression and unary tests have in common: a text, its code and the variables that it takes in.

    `called` holds the names of the built-in functions that it calls.
    """

    __slots__ = ("_blank", "_code", "_loads", "called", "names", "needed", "text")

    def __init__(self, text: str, code: Code, scope: Scope, called: Iterable[str]) -> None:
        self.text = text
        self.called = frozenset(called)
        self.names = frozenset(load.name for load in scope.loads.values())
        self.needed = frozenset(load.name for load in scope.loads.values() if not load.may_miss)
        self._code = code
        self._loads: tuple[Load, ...] = tuple(scope.loads.values())
        self._blank: Frame = [None] * scope.size

    def _run(self, run: Run, variables: Mapping[str, object], *, adopted: bool = False, asked: Value = None) -> Value:
        frame = self._blank.copy()
        frame[0], frame[1] = run, asked
        for load in self._loads:
            if load.name in variables:
                value = variables[load.name]
                frame[load.slot] = value if adopted else adopt(value)
            elif load.otherwise is None and not load.may_miss:
                run.null(f"there is no {load.name}", load.at)
            else:
                frame[load.slot] = load.otherwise
        try:
            return self._code(frame)
        except FeelEvaluationError as error:
            raise FeelEvaluationError(error.message, self.text, error.offset) from None
        except RecursionError:
            raise FeelEvaluationError("Expected an evaluation of fewer levels", self.text) from None


class Expression(_Compiled):
    """An expression, compiled: its text, the free names that it reads, and its evaluation."""

    __slots__ = ()

    def evaluate(self, variables: Mapping[str, object], environment: Environment | None = None) -> object:
        """Evaluate; what cannot be computed is null.

        Raises:
            FeelEvaluationError: the evaluation goes over a limit, or a variable is nothing that FEEL knows.
        """
        return release(self._run(Run(environment), variables))

    def explain(self, variables: Mapping[str, object], environment: Environment | None = None) -> Explanation:
        """Evaluate, and say for every null on the way why it is one.

        Raises:
            FeelEvaluationError: as for `evaluate`.
        """
        run = Run(environment)
        value = release(self._run(run, variables))
        return Explanation(value, tuple(self._sentence(reason) for reason in run.reasons or ()))

    def compute(self, run: Run, variables: Mapping[str, Value]) -> Value:
        """Evaluate within a larger run, from and to FEEL's own values."""
        return self._run(run, variables, adopted=True)

    def _sentence(self, reason: Reason) -> str:
        place = FeelEvaluationError(reason.message, self.text, reason.at)
        return str(place)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


_CONDITIONS = (ast.Comparison, ast.Logic, ast.Between, ast.In, ast.Quantified, ast.Call)
_ASKED = 1  # the slot of the tested value


class UnaryTests(_Compiled):
    """A decision table's cell, compiled; within it `?` is the tested value.

    `always` tells that every value passes; `constants` are the literals that are written in it, and `compared`
    those that the tested value itself is compared with.
    """

    __slots__ = ("always", "compared", "constants")

    def __init__(self, text: str, code: Code, compiler: Compiler, node: ast.UnaryTests | None) -> None:
        super().__init__(text, code, compiler.scope, compiler.called)
        self.always = node is None
        self.constants: tuple[Value, ...] = () if node is None else tuple(_literals(node))
        self.compared: tuple[Value, ...] = () if node is None else tuple(_compared(node))

    def matches(self, value: object, variables: Mapping[str, object], environment: Environment | None = None) -> bool:
        """Tell whether a value passes.

        Raises:
            FeelEvaluationError: the evaluation goes over a limit, or a value is nothing that FEEL knows.
        """
        return self._run(Run(environment), variables, asked=adopt(value)) is True

    def admit(self, run: Run, value: Value, variables: Mapping[str, Value]) -> bool:
        """Tell within a larger run whether a value passes."""
        return self._run(run, variables, adopted=True, asked=value) is True

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


def _known(names: frozenset[str]) -> KnownNames:
    known = _BUILTIN_NAMES.copy()
    for name in names:
        known.add(name)
    return known


def _stripped(text: str) -> str:
    bare = text.lstrip()
    return bare[1:] if bare.startswith("=") else text


def compile_expression(
    text: str,
    *,
    names: frozenset[str] = frozenset(),
    words: frozenset[str] = frozenset(),
    types: Mapping[str, Type] = _NO_TYPES,
) -> Expression:
    """Compile an expression, given the variables, the other names (such as those of entries) and the types it may use.

    Raises:
        FeelSyntaxError: the text is no expression, or calls a function that nobody knows.
    """
    text = _stripped(text)
    compiler = Compiler(text, names=names, types=types, functions=BUILTINS)
    try:
        code = compiler.code(parse(text, _known(names | words)))
    except RecursionError:  # only where the caller itself stands deep in the stack
        raise FeelSyntaxError("Expected an expression of fewer levels", text) from None
    return Expression(text, code, compiler.scope, compiler.called)


def compile_tests(
    text: str,
    *,
    names: frozenset[str] = frozenset(),
    words: frozenset[str] = frozenset(),
    types: Mapping[str, Type] = _NO_TYPES,
) -> UnaryTests:
    """Compile a decision table's cell, given the variables, the other names and the types it may use.

    Raises:
        FeelSyntaxError: the text is no unary tests.
    """
    node = parse_unary_tests(text, _known(names | words))
    compiler = Compiler(text, names=names, types=types, functions=BUILTINS)
    if node is None:
        return UnaryTests(text, lambda _: True, compiler, None)
    compiler.scope.enter({"?": _ASKED})
    tests = [_cell_test(compiler, test) for test in node.tests]
    negated = node.negated
    if len(tests) == 1 and not negated:
        only = tests[0]
        return UnaryTests(text, lambda frame: only(frame, frame[_ASKED]), compiler, node)

    def verdict(frame: Frame) -> Value:
        return any(test(frame, frame[_ASKED]) is True for test in tests) is not negated

    return UnaryTests(text, verdict, compiler, node)


def _cell_test(compiler: Compiler, node: ast.Node) -> TestCode:
    """Compile one test of a cell.

    A test that mentions `?` holds when it is true, and so does a condition that does not, unless it is compared with a
    boolean; any other test holds when the value equals it or lies in it.
    """
    test = test_code(compiler, node)
    asks = not isinstance(node, ast.Test) and _asks(node)
    if not asks and not isinstance(node, _CONDITIONS):
        return test
    code = compiler.code(node)

    def verdict(frame: Frame, value: Value) -> bool | None:
        truth = code(frame)
        if type(truth) is bool and (asks or type(value) is not bool):
            return truth
        return test(frame, value)

    return verdict


def _literals(node: ast.Node) -> Iterator[Value]:
    if isinstance(node, ast.Literal) and node.value is not None:
        yield node.value
    for inner in ast.children(node):
        yield from _literals(inner)


def _compared(node: ast.UnaryTests) -> Iterator[Value]:
    for test in node.tests:
        parts = ast.children(test) if isinstance(test, ast.Test | ast.Range) else [test]
        for part in parts:
            if isinstance(part, ast.Literal):
                yield from _literals(part)


def _asks(node: ast.Node) -> bool:
    return (isinstance(node, ast.Name) and node.name == "?") or any(map(_asks, ast.children(node)))


@lru_cache(maxsize=4096)
def compile(text: str) -> Expression:  # noqa: A001 - feel.compile reads as what it is
    """Compile an expression; a leading `=` is dropped. The same text is compiled once.

    Raises:
        FeelSyntaxError: the text is no expression, or calls a function that nobody knows.
    """
    return compile_expression(text)


@lru_cache(maxsize=4096)
def compile_unary_tests(text: str) -> UnaryTests:
    """Compile a decision table's cell. The same text is compiled once.

    Raises:
        FeelSyntaxError: the text is no unary tests.
    """
    return compile_tests(text)
