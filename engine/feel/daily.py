"""Deadlines of the day: an expression that counts working days has one value all day, and is computed once.

Whoever gets a task on the same day, by the same calendar and with the same variables, gets the same deadlines; a cycle
that opens tasks for hundreds of people computes them once. What reads the time of day is computed each time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.feel.expression import Expression
from engine.feel.run import Calendar, Environment

_COUNTING = frozenset(["add working days", "is working day", "working days between"])
_TELLING = frozenset(["now", ""])  # the time of day, and functions that are not known by name
_NOON = dt.time(12)
_SCALARS = frozenset([type(None), bool, str, int, Decimal])
_UNCHANGING = frozenset([*_SCALARS, dt.date, dt.datetime, dt.timedelta])
_MOST_ENTRIES = 64


def evaluate(expression: Expression, variables: Mapping[str, object], environment: Environment) -> object:
    """Evaluate an expression; one that counts working days, once a day for the same calendar and variables.

    Raises:
        FeelEvaluationError: as `Expression.evaluate`.
    """
    given = _given(expression, variables) if _lasts(expression) else None
    if given is not None:
        day = environment.now.astimezone(environment.zone).date()
        value = _computed(expression, given, day, environment.zone, environment.calendar.as_it_stands())
        if type(value) in _UNCHANGING:
            return value
    return expression.evaluate(variables, environment)


class _Given(str):
    """The variables that an expression reads, written down: equal where they are the same to the digit."""

    __slots__ = ("values",)
    values: Mapping[str, object]

    @classmethod
    def of(cls, values: Mapping[str, object]) -> _Given:
        """Write variables down."""
        given = cls(values)
        given.values = values
        return given


_NOTHING = _Given.of({})


@lru_cache(maxsize=4096)
def _lasts(expression: Expression) -> bool:
    return bool(expression.called & _COUNTING) and not expression.called & _TELLING


def _given(expression: Expression, variables: Mapping[str, object]) -> _Given | None:
    """Return what the expression reads of the variables, or None where that is not small and plain."""
    values = {name: variables[name] for name in expression.names if name in variables}
    if not values:
        return _NOTHING
    return _Given.of(values) if all(map(_is_plain, values.values())) else None


def _is_plain(value: object) -> bool:
    if type(value) is dict:
        return len(value) <= _MOST_ENTRIES and _SCALARS.issuperset(map(type, value.values()))
    return type(value) in _SCALARS


@lru_cache(maxsize=4096)
def _computed(expression: Expression, given: _Given, day: dt.date, zone: ZoneInfo, calendar: Calendar) -> object:
    noon = dt.datetime.combine(day, _NOON, zone)
    return expression.evaluate(given.values, Environment(now=noon, zone=zone, calendar=calendar))
