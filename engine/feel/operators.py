"""Compile literals, names, paths and operators."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel import syntax as ast
from engine.feel.arithmetic import NUMERIC, compute, negate
from engine.feel.comparison import at_most, before, both, equal, expected_order, opposite
from engine.feel.compiler import COMPILERS, Compiler, constant, guarded
from engine.feel.errors import NullResult
from engine.feel.properties import follow
from engine.feel.run import Frame
from engine.feel.values import Code, Value, kind

_NATIVE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def _literal(_: Compiler, node: ast.Literal) -> Code:
    return constant(node.value)


def _name(compiler: Compiler, node: ast.Name) -> Code:
    found = compiler.scope.find(node.name)
    slot = found.slot
    if slot is None:
        otherwise = None if node.name in compiler.names else compiler.functions.get(node.name)
        slot = compiler.scope.load(node.name, otherwise, node.at, may_miss=bool(found.items))
    code = _from_slot(slot)
    for item in reversed(found.items):
        code = _from_item(item, node.name, code)
    return code


def _from_slot(slot: int) -> Code:
    def read(frame: Frame) -> Value:
        return frame[slot]

    return read


def _from_item(slot: int, name: str, otherwise: Code) -> Code:
    def read(frame: Frame) -> Value:
        item = frame[slot]
        if type(item) is dict and name in item:
            return item[name]
        return otherwise(frame)

    return read


def _path(compiler: Compiler, node: ast.Path) -> Code:
    source, name, at = compiler.code(node.source), node.name, node.at

    def read(frame: Frame) -> Value:
        value = source(frame)
        if type(value) is dict and name in value:
            return value[name]
        try:
            return follow(frame[0], value, name)
        except NullResult as reason:
            return frame[0].null(str(reason), at)

    return read


def _negation(compiler: Compiler, node: ast.Negation) -> Code:
    operand = compiler.code(node.operand)
    return guarded(lambda frame: negate(operand(frame)), node.at)


def _arithmetic(compiler: Compiler, node: ast.Arithmetic) -> Code:
    left, right, sign, at = compiler.code(node.left), compiler.code(node.right), node.operator, node.at
    numeric = NUMERIC[sign]

    def result(frame: Frame) -> Value:
        one, other = left(frame), right(frame)
        try:
            if type(one) is Decimal and type(other) is Decimal:
                return numeric(one, other)
            return compute(frame[0], sign, one, other)
        except NullResult as reason:
            return frame[0].null(str(reason), at)
        except DecimalException:
            return frame[0].null(f"{one} {sign} {other} has no result within FEEL's numbers", at)

    return result


def compare(frame: Frame, sign: str, left: Value, right: Value, at: int) -> bool | None:
    """Compare two values of any kind."""
    if sign == "=":
        truth = equal(frame[0], left, right)
    elif sign == "!=":
        truth = opposite(equal(frame[0], left, right))
    elif sign in ("<", ">"):
        truth = before(left, right) if sign == "<" else before(right, left)
    else:
        truth = at_most(left, right) if sign == "<=" else at_most(right, left)
    if truth is None:
        frame[0].null(expected_order(left, right), at)
    return truth


def _comparison(compiler: Compiler, node: ast.Comparison) -> Code:
    left, sign, at = compiler.code(node.left), node.operator, node.at
    native = _NATIVE[sign]
    if isinstance(node.right, ast.Literal) and type(node.right.value) in (Decimal, str):
        slot = _plain_slot(compiler, node.left)
        if slot is not None:
            return _slot_compared_to(slot, sign, node.right.value, at)
        return _compared_to(left, native, sign, node.right.value, at)
    right = compiler.code(node.right)

    def truth(frame: Frame) -> Value:
        one, other = left(frame), right(frame)
        if type(one) is Decimal and type(other) is Decimal:
            return native(one, other)
        return compare(frame, sign, one, other, at)

    return truth


def _compared_to(left: Code, native: Callable[[Any, Any], bool], sign: str, fixed: Value, at: int) -> Code:
    wanted = type(fixed)

    def truth(frame: Frame) -> Value:
        value = left(frame)
        if type(value) is wanted:
            return native(value, fixed)
        return compare(frame, sign, value, fixed, at)

    return truth


def _plain_slot(compiler: Compiler, node: ast.Node) -> int | None:
    """Return the slot of a name that is a variable and nothing else."""
    if not isinstance(node, ast.Name):
        return None
    found = compiler.scope.find(node.name)
    if found.items:
        return None
    return compiler.scope.loads[node.name].slot if found.slot is None else found.slot


def _slot_compared_to(slot: int, sign: str, fixed: Value, at: int) -> Code:
    wanted, native = type(fixed), _NATIVE[sign]

    def truth(frame: Frame) -> Value:
        value = frame[slot]
        if type(value) is wanted:
            return native(value, fixed)
        return compare(frame, sign, value, fixed, at)

    return truth


def _between(compiler: Compiler, node: ast.Between) -> Code:
    value, low, high = compiler.code(node.value), compiler.code(node.low), compiler.code(node.high)

    def truth(frame: Frame) -> Value:
        middle = value(frame)
        above = compare(frame, "<=", low(frame), middle, node.at)
        return both(above, compare(frame, "<=", middle, high(frame), node.at))

    return truth


def _logic(compiler: Compiler, node: ast.Logic) -> Code:
    operands = [compiler.code(operand) for operand in node.operands]
    decisive = node.operator == "or"
    if len(operands) == 2:
        return _pair(operands[0], operands[1], decisive=decisive, at=node.at)

    def truth(frame: Frame) -> Value:
        result: bool | None = not decisive
        for operand in operands:
            value = operand(frame)
            if value is decisive:
                return decisive
            if value is not (not decisive):
                result = None
                _untrue(frame, value, node.at)
        return result

    return truth


def _pair(left: Code, right: Code, *, decisive: bool, at: int) -> Code:
    neutral = not decisive

    def truth(frame: Frame) -> Value:
        one = left(frame)
        if one is decisive:
            return decisive
        other = right(frame)
        if other is decisive:
            return decisive
        if one is neutral and other is neutral:
            return neutral
        return _untrue(frame, other if one is neutral else one, at)

    return truth


def _untrue(frame: Frame, value: Value, at: int) -> Value:
    return frame[0].null(f"a {kind(value)} is neither true nor false", at)


COMPILERS.update(
    {
        ast.Literal: _literal,
        ast.Name: _name,
        ast.Path: _path,
        ast.Negation: _negation,
        ast.Arithmetic: _arithmetic,
        ast.Comparison: _comparison,
        ast.Between: _between,
        ast.Logic: _logic,
    }
)
