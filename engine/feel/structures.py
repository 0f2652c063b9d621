"""Compile lists, contexts, ranges, filters, conditions and membership."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import syntax as ast
from engine.feel.comparison import before, member
from engine.feel.compiler import COMPILERS, Compiler, constant, guarded
from engine.feel.definitions import Closure
from engine.feel.errors import NullResult
from engine.feel.operators import compare
from engine.feel.run import Frame, Run
from engine.feel.scope import ItemScope
from engine.feel.values import Code, Range, Value, kind

TestCode = Callable[[Frame, Value], bool | None]
_RANGE_OF = {"<": (False, False), "<=": (False, True), ">": (False, False), ">=": (True, False), "=": (True, True)}


def _list(compiler: Compiler, node: ast.ListOf) -> Code:
    items = [compiler.code(item) for item in node.items]

    def collected(frame: Frame) -> Value:
        return [item(frame) for item in items]

    return collected


def _context(compiler: Compiler, node: ast.Context) -> Code:
    visible: dict[str, int] = {}
    compiler.scope.enter(visible)
    entries: list[tuple[str, int, Code]] = []
    for entry in node.entries:
        slot = compiler.scope.slot()
        if isinstance(entry.value, ast.Function):
            visible[entry.key] = slot
        entries.append((entry.key, slot, compiler.code(entry.value)))
        visible[entry.key] = slot
    compiler.scope.leave()

    def built(frame: Frame) -> Value:
        context: dict[str, Any] = {}
        for key, slot, code in entries:
            value = code(frame)
            if type(value) is Closure:
                value.know(slot)
            context[key] = frame[slot] = value
        return context

    return built


def _range(compiler: Compiler, node: ast.Range) -> Code:
    fixed = _fixed_range(node)
    if fixed is not None:
        return constant(fixed)
    low, high = compiler.code(node.low), compiler.code(node.high)

    def spanned(frame: Frame) -> Value:
        return make_range(low(frame), high(frame), low_closed=node.low_closed, high_closed=node.high_closed)

    return guarded(spanned, node.at)


def _fixed_range(node: ast.Node) -> Range | None:
    """Return the range that is written with literals alone."""
    if (
        not isinstance(node, ast.Range)
        or not isinstance(node.low, ast.Literal)
        or not isinstance(node.high, ast.Literal)
    ):
        return None
    try:
        return make_range(node.low.value, node.high.value, low_closed=node.low_closed, high_closed=node.high_closed)
    except NullResult:
        return None


def make_range(low: Value, high: Value, *, low_closed: bool, high_closed: bool) -> Range:
    """Return the range between two values.

    Raises:
        NullResult: there is none, because an end is missing, or the ends have no order or the wrong one.
    """
    if low is None or high is None:
        raise NullResult("a range needs both its ends")
    backwards = before(high, low)
    if backwards is None:
        raise NullResult(f"there is no range from a {kind(low)} to a {kind(high)}")
    if backwards:
        raise NullResult("the range ends before it starts")
    return Range(low, high, low_closed, high_closed)


def _test(compiler: Compiler, node: ast.Test) -> Code:
    operand, sign = compiler.code(node.operand), node.operator
    if sign == "!=":
        raise compiler.wrong("Expected != only between two values or after in", node.at)
    low_closed, high_closed = _RANGE_OF[sign]

    def spanned(frame: Frame) -> Value:
        value = operand(frame)
        if before(value, value) is None:
            raise NullResult(f"a {kind(value)} has no order")
        low = value if sign in (">", ">=", "=") else None
        return Range(low, value if sign in ("<", "<=", "=") else None, low_closed, high_closed)

    return guarded(spanned, node.at)


def _filter(compiler: Compiler, node: ast.Filter) -> Code:
    source = compiler.code(node.source)
    if isinstance(node.predicate, ast.Literal) and type(node.predicate.value) is Decimal:
        index = node.predicate.value
        return lambda frame: item_at(frame[0], as_list(source(frame)), index, node.at)
    slot = compiler.scope.slot()
    compiler.scope.enter(ItemScope(slot))
    predicate = compiler.code(node.predicate)
    compiler.scope.leave()
    weight = ast.measure(node.predicate)[0]

    def filtered(frame: Frame) -> Value:
        kept: list[Value] = []
        items = as_list(source(frame))
        run: Run = frame[0]
        for item in items or [None]:
            run.spend(weight)
            frame[slot] = item
            verdict = predicate(frame)
            if type(verdict) is Decimal:
                return item_at(run, items, verdict, node.at)
            if verdict is True and items:
                kept.append(item)
        return kept

    return filtered


def as_list(value: Value) -> list[Value]:
    """Return a list as it is, null as none, and any other value as a list of its own."""
    if type(value) is list:
        return value
    return [] if value is None else [value]


def item_at(run: Run, items: list[Value], index: Decimal, at: int) -> Value:
    """Return an item of a list, counted from 1, or from the end where the index is negative."""
    if index != index.to_integral_value() or not 1 <= abs(index) <= len(items):
        return run.null(f"there is no item {index} in a list of {len(items)}", at)
    position = int(index)
    return items[position - 1 if position > 0 else position]


def _if(compiler: Compiler, node: ast.If) -> Code:
    condition, yes, no = compiler.code(node.condition), compiler.code(node.yes), compiler.code(node.no)

    def chosen(frame: Frame) -> Value:
        return yes(frame) if condition(frame) is True else no(frame)

    return chosen


def _in(compiler: Compiler, node: ast.In) -> Code:
    value = compiler.code(node.value)
    tests = [test_code(compiler, test) for test in node.tests]

    def truth(frame: Frame) -> Value:
        tested = value(frame)
        result: bool | None = False
        for test in tests:
            verdict = test(frame, tested)
            if verdict is True:
                return True
            if verdict is None:
                result = None
        return result

    return truth


def test_code(compiler: Compiler, node: ast.Node) -> TestCode:
    """Compile a test into a function of the frame and the value to be tested."""
    if isinstance(node, ast.Test):
        return _signed_test(compiler.code(node.operand), node.operator, node.at)
    if isinstance(node, ast.Literal) and type(node.value) in (Decimal, str):
        return _equal_to(node.value)
    fixed = _fixed_range(node)
    if fixed is not None and type(fixed.low) is Decimal:
        return _within(fixed)
    code, at = compiler.code(node), node.at

    def verdict(frame: Frame, value: Value) -> bool | None:
        test = code(frame)
        if test is None and not isinstance(node, ast.Literal):
            return True if value is None else frame[0].null("the test itself is null", at)
        return member(frame[0], value, test)

    return verdict


def _equal_to(fixed: Value) -> TestCode:
    wanted = type(fixed)

    def verdict(frame: Frame, value: Value) -> bool | None:
        return bool(value == fixed) if type(value) is wanted else member(frame[0], value, fixed)

    return verdict


def _within(fixed: Range) -> TestCode:
    low, high = fixed.low, fixed.high
    above = operator.le if fixed.low_closed else operator.lt
    below = operator.le if fixed.high_closed else operator.lt

    def verdict(frame: Frame, value: Value) -> bool | None:
        if type(value) is Decimal:
            return bool(above(low, value) and below(value, high))
        return member(frame[0], value, fixed)

    return verdict


def _signed_test(operand: Code, sign: str, at: int) -> TestCode:
    def verdict(frame: Frame, value: Value) -> bool | None:
        return compare(frame, sign, value, operand(frame), at)

    return verdict


COMPILERS.update(
    {
        ast.ListOf: _list,
        ast.Context: _context,
        ast.Range: _range,
        ast.Test: _test,
        ast.Filter: _filter,
        ast.If: _if,
        ast.In: _in,
    }
)
