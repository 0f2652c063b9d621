"""The nodes of an expression's syntax tree."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression; `at` is where it stands in the text."""

    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, a string, a boolean, null or a temporal value, already read."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A reference to a variable, a parameter, a context's entry or a built-in function."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`source.name`."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`source[predicate]`."""

    source: Node
    predicate: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`function(arguments)`, positional or, where `names` is not empty, named."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`-operand`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left operator right` with one of + - * / **."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left operator right` with one of = != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and` or `or` over two or more operands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in test`, or `value in (test, test)`."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Test(Node):
    """`operator operand` alone: a unary test, and as a value a range open to one side."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class TestList(Node):
    """`(test, test)` to the right of `in`."""

    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`[low..high]` with either end open or closed."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """`[item, item]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """`key: value` in a context."""

    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class Context(Node):
    """`{key: value, key: value}`."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then yes else no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in source`, or `name in source..end`."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for iterators return body`."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some` or `every` over iterators `satisfies` condition."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """A type as written: a name with its type arguments, a context's fields, or a function's signature."""

    name: str
    arguments: tuple[TypeName, ...] = ()
    fields: tuple[str, ...] = ()
    result: TypeName | None = None


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: TypeName


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A formal parameter with its optional type."""

    name: str
    type: TypeName | None


@dataclass(frozen=True, slots=True)
class Function(Node):
    """`function(parameters) body`."""

    parameters: tuple[Parameter, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """A decision table's cell: tests of which one must hold, or, negated, none."""

    tests: tuple[Node, ...]
    negated: bool


def children(node: Node) -> list[Node]:
    """List the nodes directly below one."""
    below: list[Node] = []
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            below.append(value)
        elif isinstance(value, tuple):
            below.extend(item for item in value if isinstance(item, Node))
    return below


def measure(node: Node) -> tuple[int, int]:
    """Count the nodes of a tree and its depth, without recursion."""
    size = depth = 0
    waiting = [(node, 1)]
    while waiting:
        current, level = waiting.pop()
        size += 1
        depth = max(depth, level)
        waiting.extend((child, level + 1) for child in children(current))
    return size, depth
