"""Functions of lists (DMN 1.5, table 75), and `not` and `sort`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from functools import cmp_to_key

from engine.feel.comparison import before, equal
from engine.feel.errors import NullResult
from engine.feel.functions.registry import Implementation, builtin
from engine.feel.numbers import CONTEXT, ONE, ZERO
from engine.feel.run import Run
from engine.feel.values import Invocable, Value, kind

Values = list[Value]


@builtin("not(negand: boolean)")
def _not(_: Run, truth: bool) -> bool:  # noqa: FBT001 - FEEL's own signature
    return not truth


def _spreading(name: str, *, named: str = "list") -> Callable[[Implementation], Implementation]:
    """Register a function that takes one list, or its items as arguments."""

    def register(function: Implementation) -> Implementation:
        builtin(f"{name}({named}: list)")(function)
        builtin(f"{name}(first: any, second: any...)")(lambda run, *items: function(run, list(items)))
        return function

    return register


@builtin("list contains(list: list, element: any)")
def _list_contains(run: Run, items: Values, element: Value) -> bool:
    run.spend(len(items))
    return any(equal(run, item, element) is True for item in items)


@builtin("count(list: list)")
def _count(_: Run, items: Values) -> Decimal:
    return Decimal(len(items))


def _numbers(run: Run, items: Values) -> list[Decimal]:
    run.spend(len(items))
    for item in items:
        if type(item) is not Decimal:
            raise NullResult(f"a {kind(item)} in the list is no number")
    if not items:
        raise NullResult("the list is empty")
    return items


def _extreme(run: Run, items: Values, *, least: bool) -> Value:
    if not items:
        raise NullResult("the list is empty")
    run.spend(len(items))
    best = items[0]
    for item in items:
        smaller = before(item, best) if least else before(best, item)
        if smaller is None:
            raise NullResult(f"a {kind(item)} and a {kind(best)} have no order")
        best = item if smaller else best
    return best


@_spreading("min")
def _min(run: Run, items: Values) -> Value:
    return _extreme(run, items, least=True)


@_spreading("max")
def _max(run: Run, items: Values) -> Value:
    return _extreme(run, items, least=False)


def _added(run: Run, items: Values) -> Decimal:
    total = ZERO
    for number in _numbers(run, items):
        total = CONTEXT.add(total, number)
    return total


def _calculated(calculate: Callable[[Run, Values], Decimal], run: Run, items: Values) -> Decimal:
    try:
        return calculate(run, items)
    except DecimalException:
        raise NullResult("the result is out of the bounds of FEEL's numbers") from None


@_spreading("sum")
def _sum(run: Run, items: Values) -> Decimal:
    return _calculated(_added, run, items)


@_spreading("mean")
def _mean(run: Run, items: Values) -> Decimal:
    return _calculated(lambda run, items: CONTEXT.divide(_added(run, items), Decimal(len(items))), run, items)


@_spreading("product")
def _product(run: Run, items: Values) -> Decimal:
    def multiplied(run: Run, items: Values) -> Decimal:
        result = ONE
        for number in _numbers(run, items):
            result = CONTEXT.multiply(result, number)
        return result

    return _calculated(multiplied, run, items)


@_spreading("median")
def _median(run: Run, items: Values) -> Decimal:
    ordered = sorted(_numbers(run, items))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@_spreading("stddev")
def _deviation(run: Run, items: Values) -> Decimal:
    if len(_numbers(run, items)) < 2:
        raise NullResult("one number has no deviation")

    def deviated(run: Run, items: Values) -> Decimal:
        mean = CONTEXT.divide(_added(run, items), Decimal(len(items)))
        squares = [CONTEXT.power(CONTEXT.subtract(number, mean), Decimal(2)) for number in items]
        return CONTEXT.sqrt(CONTEXT.divide(_added(run, squares), Decimal(len(items) - 1)))

    return _calculated(deviated, run, items)


@_spreading("mode")
def _mode(run: Run, items: Values) -> Values:
    if not items:
        return []
    counts: dict[Decimal, int] = {}
    for number in _numbers(run, items):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values())
    return sorted(number for number, count in counts.items() if count == most)


def _decided(items: Values, *, decisive: bool) -> bool | None:
    if any(item is decisive for item in items):
        return decisive
    if all(type(item) is bool for item in items):
        return not decisive
    raise NullResult("an item of the list is neither true nor false")


@_spreading("all")
def _all(_: Run, items: Values) -> bool | None:
    return _decided(items, decisive=False)


@_spreading("any")
def _any(_: Run, items: Values) -> bool | None:
    return _decided(items, decisive=True)


@builtin("sublist(list: list, start position: number, [length: number?])")
def _sublist(_: Run, items: Values, start: Decimal, length: Decimal | None = None) -> Values:
    first = _index(items, start)
    if length is None:
        return items[first:]
    if not 0 <= length <= len(items) - first:
        raise NullResult(f"there are no {length} items from {start} on")
    return items[first : first + int(length)]


def _index(items: Values, position: Decimal) -> int:
    if not 1 <= abs(position) <= len(items):
        raise NullResult(f"there is no item {position} in a list of {len(items)}")
    return int(position) - 1 if position > 0 else len(items) + int(position)


@builtin("append(list: list, item: any...)")
def _append(run: Run, items: Values, *more: Value) -> Values:
    return _new(run, [*items, *more])


def _new(run: Run, items: Values) -> Values:
    run.spend(len(items))
    return items


@builtin("concatenate(list: list...)")
def _concatenate(run: Run, *lists: Values) -> Values:
    run.spend(sum(map(len, lists)))
    return [item for items in lists for item in items]


@builtin("insert before(list: list, position: number, newItem: any)")
def _insert(run: Run, items: Values, position: Decimal, item: Value) -> Values:
    index = _index(items, position)
    return _new(run, [*items[:index], item, *items[index:]])


@builtin("remove(list: list, position: number)")
def _remove(run: Run, items: Values, position: Decimal) -> Values:
    index = _index(items, position)
    return _new(run, items[:index] + items[index + 1 :])


@builtin("list replace(list: list, position: number, newItem: any)")
def _replace_at(run: Run, items: Values, position: Decimal, item: Value) -> Values:
    index = _index(items, position)
    return _new(run, [*items[:index], item, *items[index + 1 :]])


@builtin("list replace(list: list, match: function, newItem: any)")
def _replace_matching(run: Run, items: Values, match: Invocable, new: Value) -> Values:
    if len(match.parameters) != 2:
        raise NullResult("match takes the item and the new item")
    verdicts = [match.call(run, [item, new]) for item in items]
    if not all(type(verdict) is bool for verdict in verdicts):
        raise NullResult("match is neither true nor false")
    return [new if verdict else item for item, verdict in zip(items, verdicts, strict=True)]


@builtin("reverse(list: list)")
def _reverse(run: Run, items: Values) -> Values:
    return _new(run, items[::-1])


@builtin("index of(list: list, match: any)")
def _index_of(run: Run, items: Values, match: Value) -> Values:
    run.spend(len(items))
    return [Decimal(index) for index, item in enumerate(items, 1) if equal(run, item, match) is True]


@builtin("distinct values(list: list)")
def _distinct(run: Run, items: Values) -> Values:
    kept: Values = []
    for item in items:
        run.spend(len(kept) + 1)
        if not any(equal(run, item, other) is True for other in kept):
            kept.append(item)
    return kept


@builtin("union(list: list...)")
def _union(run: Run, *lists: Values) -> Values:
    return _distinct(run, _concatenate(run, *lists))


@builtin("flatten(list: list)")
def _flatten(run: Run, items: Values) -> Values:
    flat: Values = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            run.spend(1)
            if type(item) is list:
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return flat


@builtin("sort(list: list, [precedes: function?])")
def _sort(run: Run, items: Values, precedes: Invocable | None = None) -> Values:
    def order(left: Value, right: Value) -> int:
        run.spend(1)
        first = before(left, right) if precedes is None else precedes.call(run, [left, right])
        if first is True:
            return -1
        if precedes is None and first is None:
            raise NullResult(f"a {kind(left)} and a {kind(right)} have no order")
        after = before(right, left) if precedes is None else precedes.call(run, [right, left])
        return 1 if after is True else 0

    return sorted(items, key=cmp_to_key(order))
