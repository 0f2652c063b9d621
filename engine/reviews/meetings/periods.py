"""Periods of the calendar: months, quarters and half-years, and the working days counted from their edges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.calendars import WorkingCalendar, same_day_months_later


class Each(StrEnum):
    """How often something recurs."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"


class Side(StrEnum):
    """From which edge of a period, and in which direction, working days are counted."""

    FIRST = "first"
    """The so-manieth working day of the period."""
    LAST = "last"
    """The so-manieth before its end: 1 is its last working day."""
    BEFORE = "before"
    """So many working days before it begins."""
    AFTER = "after"
    """So many working days after it has ended."""


MONTHS = {Each.MONTH: 1, Each.QUARTER: 3, Each.HALF: 6}


@dataclass(frozen=True, slots=True)
class Period:
    """A month, quarter or half-year."""

    each: Each
    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.following.first - timedelta(days=1)

    @property
    def following(self) -> Period:
        """The period after it."""
        return Period(self.each, same_day_months_later(self.first, MONTHS[self.each]))

    @property
    def before(self) -> Period:
        """The period before it."""
        return Period(self.each, same_day_months_later(self.first, -MONTHS[self.each]))

    @property
    def label(self) -> str:
        """Its name, such as 2025-08, 2025-Q3 or 2025-H2; of one cadence they sort as text."""
        number = (self.first.month - 1) // MONTHS[self.each] + 1
        mark = {Each.MONTH: f"{number:02d}", Each.QUARTER: f"Q{number}", Each.HALF: f"H{number}"}[self.each]
        return f"{self.first.year}-{mark}"

    def edge(self, side: Side, count: int) -> tuple[date, int]:
        """Give the day from which working days are counted, and how many; diagrams count anew as calendars change."""
        return {
            Side.FIRST: (self.first - timedelta(days=1), count),
            Side.LAST: (self.following.first, -count),
            Side.BEFORE: (self.first, -count),
            Side.AFTER: (self.last, count),
        }[side]

    def day(self, side: Side, count: int, calendar: WorkingCalendar) -> date:
        """Count working days from an edge."""
        return calendar.add_working_days(*self.edge(side, count))


def around(each: Each, day: date) -> Period:
    """Find the period that a day lies in."""
    months = MONTHS[each]
    return Period(each, date(day.year, (day.month - 1) // months * months + 1, 1))


def called(each: Each, label: str) -> Period | None:
    """Find a period by its name."""
    for month in range(1, 13, MONTHS[each]):
        period = Period(each, date(int(label[:4]), month, 1)) if label[:4].isdigit() else None
        if period is not None and period.label == label:
            return period
    return None
