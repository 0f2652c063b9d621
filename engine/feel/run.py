"""One evaluation: its surroundings, its budget, and why something became null."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from engine.feel.errors import FeelEvaluationError

MAXIMUM_STEPS = 1_000_000
MAXIMUM_CALLS = 100
MAXIMUM_TEXT = 1_000_000
MAXIMUM_PROBLEMS = 20
REGEX_SECONDS = 0.2

Frame = list[Any]  # slot 0 is the Run, the others hold variables


class Calendar(Hashable, Protocol):
    """Knows which days are worked."""

    def is_working_day(self, day: dt.date) -> bool:
        """Tell whether a day is worked."""
        ...

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """Return the day so many working days later, or earlier where the count is negative."""
        ...

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """Count the working days after the start up to and including the end."""
        ...

    def closing_day(self, day: dt.date) -> dt.date:
        """Return the day on which a deadline of this day ends: later where none may end on it."""
        ...

    def of(self, username: str) -> Calendar:
        """Return the calendar by which somebody works."""
        ...

    def as_it_stands(self) -> Calendar:
        """Return the calendar free of where it is read from: equal to any other with the same days."""
        ...


class Weekdays:
    """A calendar that works from Monday to Friday and knows no holidays."""

    def is_working_day(self, day: dt.date) -> bool:
        """Tell whether a day is none of a weekend."""
        return day.weekday() < 5

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """Return the day so many working days later, or earlier where the count is negative."""
        step = 1 if count > 0 else -1
        weeks, rest = divmod(abs(count), 5)
        if not self.is_working_day(day) and rest == 0 and weeks:
            weeks, rest = weeks - 1, 5
        day += dt.timedelta(days=7 * weeks * step)
        while rest:
            day += dt.timedelta(days=step)
            rest -= self.is_working_day(day)
        return day

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """Count the working days after the start up to and including the end; negative where the end is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        weeks, rest = divmod((end - start).days, 7)
        days = (start + dt.timedelta(days=offset) for offset in range(1, rest + 1))
        return weeks * 5 + sum(self.is_working_day(day) for day in days)

    def closing_day(self, day: dt.date) -> dt.date:
        """Return the day itself: a deadline may end on any."""
        return day

    def of(self, username: str) -> Calendar:  # noqa: ARG002 - everybody works by it
        """Return this calendar: everybody works by it."""
        return self

    def as_it_stands(self) -> Calendar:
        """Return this calendar."""
        return self

    def __eq__(self, other: object) -> bool:
        return type(other) is Weekdays

    def __hash__(self) -> int:
        return hash(Weekdays)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Environment:
    """What an expression may know besides its variables: the time, the zone and the working days.

    Attributes:
        cut_off: when a last day ends; None means 24:00 (Civil Code art. 203).
    """

    now: dt.datetime = field(default_factory=_utc_now)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    calendar: Calendar = field(default_factory=Weekdays)
    cut_off: dt.time | None = None

    def of(self, username: str | None) -> Environment:
        """Return the surroundings of what somebody has to do: with the calendar by which they work."""
        calendar = self.calendar if username is None else self.calendar.of(username)
        return self if calendar is self.calendar else replace(self, calendar=calendar)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a part of an expression became null, and where that part begins in the text."""

    message: str
    at: int


class Run:
    """The state of one evaluation."""

    __slots__ = ("calls", "environment", "reasons", "regex_seconds", "steps")

    def __init__(self, environment: Environment | None) -> None:
        self.environment = environment
        self.steps = MAXIMUM_STEPS
        self.calls = MAXIMUM_CALLS
        self.regex_seconds = REGEX_SECONDS
        self.reasons: list[Reason] | None = None

    def surroundings(self) -> Environment:
        """Return the environment, by default UTC now with plain working weeks."""
        if self.environment is None:
            self.environment = Environment()
        return self.environment

    def spend(self, steps: int) -> None:
        """Take steps from the budget.

        Raises:
            FeelEvaluationError: the budget is spent.
        """
        self.steps -= steps
        if self.steps < 0:
            raise FeelEvaluationError(f"Expected at most {MAXIMUM_STEPS} steps, but the evaluation takes more")

    def null(self, message: str, at: int) -> None:
        """Answer null and remember why."""
        if self.reasons is None:
            self.reasons = []
        if len(self.reasons) < MAXIMUM_PROBLEMS:
            self.reasons.append(Reason(message, at))

    def text(self, value: str) -> str:
        """Return a text that is within the limit.

        Raises:
            FeelEvaluationError: the text is longer.
        """
        if len(value) > MAXIMUM_TEXT:
            raise FeelEvaluationError(f"Expected texts of at most {MAXIMUM_TEXT} characters, but one is longer")
        self.steps -= len(value) >> 6
        return value
