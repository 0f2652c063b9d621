"""What FEEL computes with beyond Python's own None, bool, Decimal, str, list and dict: ranges and functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.run import Frame, Run
from engine.feel.temporal import Date, DateTime, Time

Value = Any  # one of: None bool Decimal str Date Time DateTime YearsMonths DaysTime list dict Range Callable
Truth = bool | None  # FEEL knows three truth values
Code = Callable[[Frame], Value]


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two ends; an end that is None is open without limit."""

    low: Value
    high: Value
    low_closed: bool
    high_closed: bool


class Invocable(Protocol):
    """What can be called: a built-in function, one defined in FEEL, or a decision model's."""

    name: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters."""
        ...

    def call(self, run: Run, arguments: Sequence[Value]) -> Value:
        """Call with positional arguments.

        Raises:
            NullResult: the arguments do not fit, so the result is null.
        """
        ...

    def call_named(self, run: Run, names: Sequence[str], arguments: Sequence[Value]) -> Value:
        """Call with named arguments.

        Raises:
            NullResult: the arguments do not fit, so the result is null.
        """
        ...


_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    YearsMonths: "years and months duration",
    DaysTime: "days and time duration",
    list: "list",
    dict: "context",
    Range: "range",
}
SCALARS = frozenset([type(None), bool, Decimal, str, Date, Time, DateTime, YearsMonths, DaysTime])


def kind(value: Value) -> str:
    """Name the FEEL type of a value."""
    return _NAMES.get(type(value), "function")
