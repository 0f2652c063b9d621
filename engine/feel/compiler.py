"""Turn a syntax tree into closures: one Python function per node, each taking the frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel import syntax as ast
from engine.feel.errors import FeelSyntaxError, NullResult
from engine.feel.run import Frame
from engine.feel.scope import Scope
from engine.feel.types import Type, resolve
from engine.feel.values import Code, Invocable, Value


class Compiler:
    """One compilation: the text, the scope, and what is known from outside."""

    def __init__(
        self, text: str, *, names: frozenset[str], types: Mapping[str, Type], functions: Mapping[str, Invocable]
    ) -> None:
        self.text = text
        self.names = names
        self.types = types
        self.functions = functions
        self.scope = Scope()
        self.called: set[str] = set()

    def code(self, node: ast.Node) -> Code:
        """Compile one node."""
        return COMPILERS[type(node)](self, node)

    def type(self, node: ast.TypeName | None) -> Type | None:
        """Find the type that is written, if one is."""
        return None if node is None else resolve(node, self.types, self.text)

    def wrong(self, template: str, at: int, /, **values: object) -> FeelSyntaxError:
        """Say what is wrong and where."""
        return FeelSyntaxError(template, self.text, at, **values)


COMPILERS: dict[type[ast.Node], Callable[[Compiler, Any], Code]] = {}


def constant(value: Value) -> Code:
    """Return the code of a value that is known."""

    def known(_: Frame) -> Value:
        return value

    return known


def guarded(code: Code, at: int) -> Code:
    """Return code that answers null, with the reason, where the given one has no result."""

    def answered(frame: Frame) -> Value:
        try:
            return code(frame)
        except NullResult as reason:
            return frame[0].null(str(reason), at)

    return answered
