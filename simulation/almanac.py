"""The calendar as people count it: day by day on their fingers, from the notices as they were printed.

Nothing here knows `engine.calendars` or the library it reads: what the product counts is compared with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
SATURDAY = 5

DAYS_OFF = {
    2025: "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
    2026: "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
}
"""国办发明电〔2024〕12号 and 〔2025〕7号, as printed: the days off of each year."""

MADE_UP = {
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}
"""The days on which the same notices have people work instead."""


def _days(year: int, written: str) -> set[date]:
    days: set[date] = set()
    for part in written.split():
        first, _, last = part.partition("..")
        day, end = (date.fromisoformat(f"{year}-{one}") for one in (first, last or first))
        while day <= end:
            days.add(day)
            day += timedelta(days=1)
    return days


OFF = frozenset(day for year, written in DAYS_OFF.items() for day in _days(year, written))
WORKED = frozenset(day for year, written in MADE_UP.items() for day in _days(year, written))


@dataclass(frozen=True, slots=True)
class Notice:
    """What a company published of its own days, and when; each takes the place of the one before."""

    published_at: datetime
    days_off: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()


NOTHING = Notice(datetime(2000, 1, 1, tzinfo=UTC))
"""Nothing but the printed notices."""


def is_workday(day: date, notice: Notice = NOTHING) -> bool:
    """Tell whether people work on a day."""
    if day in notice.workdays or day in notice.days_off:
        return day in notice.workdays
    return day in WORKED or (day not in OFF and day.weekday() < SATURDAY)


def workday_after(day: date, count: int, notice: Notice = NOTHING) -> date:
    """Count `count` workdays on from the day after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day, notice)
    return day


def midnight_after(day: date) -> datetime:
    """Give the instant at which a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Give an instant of a day."""
    return datetime.combine(day, time(hour, minute), ZONE)


def day_of(instant: datetime) -> date:
    """Tell which day it is at an instant."""
    return instant.astimezone(ZONE).date()
