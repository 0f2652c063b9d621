"""Compile `for`, `some` and `every`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import chain

from engine.feel import syntax as ast
from engine.feel.compiler import COMPILERS, Compiler
from engine.feel.errors import NullResult
from engine.feel.numbers import is_whole
from engine.feel.run import MAXIMUM_STEPS, Frame
from engine.feel.temporal import Date
from engine.feel.values import Code, Range, Value, kind

Source = Callable[[Frame], Iterable[Value]]


def _numbers(low: int, high: int) -> Iterable[Decimal]:
    if abs(high - low) > MAXIMUM_STEPS:
        raise NullResult("the range is too long to go through")
    step = 1 if low <= high else -1
    return map(Decimal, range(low, high + step, step))


def between(low: Value, high: Value) -> Iterable[Value]:
    """Go through the whole numbers or the days from one end to the other, either way.

    Raises:
        NullResult: the ends are neither whole numbers nor dates.
    """
    if type(low) is Decimal and type(high) is Decimal and is_whole(low) and is_whole(high):
        if max(low.adjusted(), high.adjusted()) > 30:
            raise NullResult("the range is too long to go through")
        return _numbers(int(low), int(high))
    if type(low) is Date and type(high) is Date:
        return (Date.from_number(int(day)) for day in _numbers(low.number, high.number))
    raise NullResult(f"there is no way to go from a {kind(low)} to a {kind(high)}")


def members(value: Value) -> Iterable[Value]:
    """Go through the items of a list or the members of a range.

    Raises:
        NullResult: the value has none.
    """
    if type(value) is list:
        return value
    if value is None:
        raise NullResult("there is nothing to go through")
    if type(value) is not Range:
        return [value]
    ends = (() if value.low_closed else (value.low,)) + (() if value.high_closed else (value.high,))
    return (member for member in between(value.low, value.high) if member not in ends)


def _source(compiler: Compiler, iterator: ast.Iterator) -> Source:
    start = compiler.code(iterator.source)
    if iterator.end is None:
        return lambda frame: members(start(frame))
    end = compiler.code(iterator.end)
    return lambda frame: between(start(frame), end(frame))


class _Iteration:
    """Goes through all combinations of some iterators, setting their slots."""

    def __init__(self, compiler: Compiler, iterators: tuple[ast.Iterator, ...], body: ast.Node) -> None:
        self.names: dict[str, int] = {}
        compiler.scope.enter(self.names)
        self._levels: list[tuple[int, Source]] = []
        for iterator in iterators:
            source = _source(compiler, iterator)
            slot = self.names[iterator.name] = compiler.scope.slot()
            self._levels.append((slot, source))
        self._weight = ast.measure(body)[0] + 1

    def steps(self, frame: Frame, level: int = 0) -> Iterable[None]:
        """Stop once at each combination."""
        slot, source = self._levels[level]
        run = frame[0]
        innermost = level == len(self._levels) - 1
        for item in source(frame):
            run.spend(self._weight)
            frame[slot] = item
            if innermost:
                yield None
            else:
                yield from self.steps(frame, level + 1)


def _for(compiler: Compiler, node: ast.For) -> Code:
    iteration = _Iteration(compiler, node.iterators, node.body)
    partial = compiler.scope.slot() if _mentions(node.body, "partial") else 0
    if partial:
        iteration.names.setdefault("partial", partial)
    body = compiler.code(node.body)
    compiler.scope.leave()

    def collected(frame: Frame) -> Value:
        results: list[Value] = []
        try:
            for _ in iteration.steps(frame):
                if partial:
                    frame[0].spend(len(results) // 8)
                    frame[partial] = results.copy()
                results.append(body(frame))
        except NullResult as reason:
            return frame[0].null(str(reason), node.at)
        return results

    return collected


def _mentions(node: ast.Node, name: str) -> bool:
    waiting: Iterable[ast.Node] = [node]
    while waiting := list(waiting):
        if any(isinstance(one, ast.Name) and one.name == name for one in waiting):
            return True
        waiting = chain.from_iterable(map(ast.children, waiting))
    return False


def _quantified(compiler: Compiler, node: ast.Quantified) -> Code:
    iteration = _Iteration(compiler, node.iterators, node.condition)
    condition = compiler.code(node.condition)
    compiler.scope.leave()
    decisive = not node.every

    def truth(frame: Frame) -> Value:
        result: bool | None = not decisive
        try:
            for _ in iteration.steps(frame):
                verdict = condition(frame)
                if verdict is decisive:
                    return decisive
                if verdict is not (not decisive):
                    result = None
        except NullResult as reason:
            return frame[0].null(str(reason), node.at)
        return result

    return truth


COMPILERS.update({ast.For: _for, ast.Quantified: _quantified})
