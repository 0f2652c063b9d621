"""The hit policies: what a table answers when rules match (DMN 1.5, section 8.2.10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.feel.comparison import equal, member
from engine.feel.errors import NullResult
from engine.feel.functions import BUILTINS
from engine.feel.run import Run
from engine.feel.values import Value

Results = list[list[Value]]  # one list of outputs per rule that matched
Orders = Sequence[Value]  # the allowed values of each output, the most important first
Answer = Callable[[Run, list[Value], Results, Orders], Value]


@dataclass(frozen=True, slots=True)
class Policy:
    """A hit policy."""

    answer: Answer
    first_only: bool = False
    single_output: bool = False
    unique: bool = False
    empty: Value = None


def _unique(run: Run, named: list[Value], _: Results, __: Orders) -> Value:
    if len(named) > 1:
        return run.null(f"{len(named)} rules match where only one may", 0)
    return named[0]


def _any(run: Run, named: list[Value], _: Results, __: Orders) -> Value:
    if any(equal(run, named[0], other) is not True for other in named[1:]):
        return run.null("rules match that disagree", 0)
    return named[0]


def _first(_: Run, named: list[Value], __: Results, ___: Orders) -> Value:
    return named[0]


def _priority(run: Run, named: list[Value], results: Results, orders: Orders) -> Value:
    return _output_order(run, named, results, orders)[0]


def _output_order(run: Run, named: list[Value], results: Results, orders: Orders) -> list[Value]:
    ranks = [[_rank(run, value, order) for value, order in zip(result, orders, strict=True)] for result in results]
    return [named[index] for index in sorted(range(len(named)), key=lambda index: ranks[index])]


def _rank(run: Run, value: Value, order: Value) -> int:
    if type(order) is not list:
        return 0
    return next((place for place, allowed in enumerate(order) if member(run, value, allowed) is True), len(order))


def _all(_: Run, named: list[Value], __: Results, ___: Orders) -> Value:
    return named


def _count(_: Run, named: list[Value], __: Results, ___: Orders) -> Value:
    return Decimal(len(named))


def _aggregated(function: str) -> Answer:
    def answer(run: Run, named: list[Value], _: Results, __: Orders) -> Value:
        try:
            return BUILTINS[function].call(run, [named])
        except NullResult as reason:
            return run.null(str(reason), 0)

    return answer


_POLICIES = {
    "UNIQUE": Policy(_unique, unique=True),
    "ANY": Policy(_any),
    "FIRST": Policy(_first, first_only=True),
    "PRIORITY": Policy(_priority),
    "OUTPUT ORDER": Policy(_output_order),
    "RULE ORDER": Policy(_all),
}
_AGGREGATIONS = {
    "": Policy(_all),
    "SUM": Policy(_aggregated("sum"), single_output=True),
    "MIN": Policy(_aggregated("min"), single_output=True),
    "MAX": Policy(_aggregated("max"), single_output=True),
    "COUNT": Policy(_count, single_output=True, empty=Decimal(0)),
}


def policy(name: str, aggregation: str) -> Policy | None:
    """Return the hit policy of these names; None where there is none."""
    return _AGGREGATIONS.get(aggregation) if name == "COLLECT" else _POLICIES.get(name)
