"""Working days of the Chinese calendar with make-up workdays (调休), months by the Civil Code, and cut-offs.

The State Council's yearly notices come from the `holidays` library; HR may lay extra holidays and workdays over them.
Other calendars, of another country or of a shift, are laid over that country's holidays and are named; a cycle goes by
one of them, and whoever has one of their own goes by that (E-46).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import SATURDAY, SUNDAY, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import JSON, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.db import Base, Instant
from engine.errors import NotFound

MOST_DAYS = 10_000
"""The most working days that may be added at once: forty years, so that no expression can hang the process."""

MOST_DAYS_APART = 120_000
"""The most days between which working days are counted: three hundred years."""

HOME_ZONE = ZoneInfo("Asia/Shanghai")
"""The zone in which a day begins where no cycle names another (D13)."""

DEFAULT = "CN"
"""The calendar of a cycle that names no other."""

HOME = "CN"
"""The country whose holidays a calendar begins with where nobody names another."""

WEEKEND = frozenset({SATURDAY, SUNDAY})

LONGEST_QUIET = 366
"""The most days that one quiet time may last."""

_NEXT_NOTICE = (12, 28)
"""From which day on a year's last days may be ruled by the next year's notice, as 2018-12-29 was (E-45)."""

_YEARS_WITH_NOTICES = range(2001, 2101)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The working days of a country, with one company's own holidays and workdays over them.

    Attributes:
        extra_holidays: days off that the notices do not know, such as a holiday extended while it runs.
        extra_workdays: workdays that the notices do not know; they win over everything else.
        published_through: the last year whose notice HR has entered herself; 0 leaves it to the library.
        country: whose public holidays it begins with, by the code of ISO 3166.
        weekend: the days of the week that are off, from 0 for Monday.
        quiet_days: days on which nobody is told anything.
        closed_days: those of them on which no deadline ends.
    """

    extra_holidays: frozenset[date] = frozenset()
    extra_workdays: frozenset[date] = frozenset()
    published_through: int = 0
    country: str = HOME
    weekend: frozenset[int] = WEEKEND
    quiet_days: frozenset[date] = frozenset()
    closed_days: frozenset[date] = frozenset()

    @property
    def last_published_year(self) -> int:
        """Name the last year whose holiday notice is known; where law fixes the holidays for ever, the last of all."""
        last = _last_notice() if self.country == HOME else date.max.year
        return max(last, self.published_through)

    def is_provisional(self, day: date) -> bool:
        """Tell whether `day` lies beyond the last published notice, so that it may still change (E-43, E-45)."""
        return day >= date(self.last_published_year, *_NEXT_NOTICE)

    def is_working_day(self, day: date) -> bool:
        """Tell whether people work on `day`: make-up Saturdays and Sundays count, holidays do not."""
        if day in self.extra_workdays:
            return True
        if day in self.extra_holidays:
            return False
        days_off, make_up_days = _notice(self.country, day.year)
        return day in make_up_days if day.weekday() in self.weekend else day not in days_off

    def moved_to_working_day(self, day: date) -> date:
        """Move a last day that is off to the next working day (Civil Code art. 203)."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def of(self, username: str) -> WorkingCalendar:  # noqa: ARG002 - who asks for somebody's calendar gets this one
        """Return this calendar: whoever it was read for works by it."""
        return self

    def as_it_stands(self) -> WorkingCalendar:
        """Return this calendar."""
        return self

    def closing_day(self, day: date) -> date:
        """Move a day on which no deadline ends to the next working day on which one may."""
        while day in self.closed_days:
            day = self.add_working_days(day, 1)
        return day

    def first_loud_day(self, day: date) -> date:
        """Find the first day from `day` on, itself included, on which people are told things."""
        while day in self.quiet_days:
            day += timedelta(days=1)
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Find the working day `count` working days after `day`, which itself is not counted (Civil Code art. 201).

        A negative count goes back; none at all is `day`, moved on where it is off.

        Raises:
            ValueError: `count` is beyond `MOST_DAYS`.
        """
        if abs(count) > MOST_DAYS:
            raise ValueError(f"at most {MOST_DAYS} working days can be added, not {count}")
        if count == 0:
            return self.moved_to_working_day(day)
        year, number = day.year, day.toordinal()
        worked = _worked(self, year)
        place = bisect_right(worked, number) - 1 + count if count > 0 else bisect_left(worked, number) + count
        while place >= len(worked):
            place, year = place - len(worked), year + 1
            worked = _worked(self, year)
        while place < 0:
            year -= 1
            worked = _worked(self, year)
            place += len(worked)
        return date.fromordinal(worked[place])

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and with `end`; negative where `end` comes first.

        Raises:
            ValueError: the two days are too far apart to count.
        """
        if abs((end - start).days) > MOST_DAYS_APART:
            raise ValueError(f"{start} and {end} are too far apart to count the working days between them")
        if end < start:
            return -self.working_days_between(end, start)
        first, last = start.toordinal(), end.toordinal()
        years = (_worked(self, year) for year in range(start.year, end.year + 1))
        return sum(bisect_right(worked, last) - bisect_right(worked, first) for worked in years)

    def add_months(self, start: date, count: int) -> date:
        """Find the day `count` months after `start`: the same day, else the month's last, moved on where it is off.

        Civil Code art. 202 and 203: three months from 30 November end on the last day of February.
        """
        return self.moved_to_working_day(same_day_months_later(start, count))


CHINA = WorkingCalendar()
"""The notices as published, with nothing laid over them."""


class CalendarVersion(Base):
    """One version of the days that HR lays over a calendar; the newest holds, the ones before are kept."""

    __tablename__ = "calendar_version"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    extra_holidays: Mapped[list[str]] = mapped_column(JSON)
    extra_workdays: Mapped[list[str]] = mapped_column(JSON)
    published_through: Mapped[int] = mapped_column(default=0)
    country: Mapped[str] = mapped_column(default=HOME)
    """Whose public holidays lie below, by the code of ISO 3166."""
    weekend: Mapped[list[int]] = mapped_column(JSON, default_factory=lambda: sorted(WEEKEND))
    """The days of the week that are off, from 0 for Monday."""
    quiet: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default_factory=list)
    """Times in which nobody is told anything: `from`, `until`, `reason`, and whether it is `closed` to deadlines."""
    note: Mapped[str]
    """Where the days come from, such as the notice's number."""
    published_by: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(Instant)


def latest_version(session: Session, name: str) -> CalendarVersion | None:
    """Find the version of a calendar that holds."""
    versions = select(CalendarVersion).where(CalendarVersion.name == name)
    return session.scalar(versions.order_by(CalendarVersion.version.desc()).limit(1))


def calendar(session: Session, name: str = DEFAULT) -> WorkingCalendar:
    """Give the working calendar as HR last published it; without any version, the notices alone.

    Raises:
        NotFound: there is no such calendar.
    """
    version = latest_version(session, name)
    if version is None and name != DEFAULT:
        raise NotFound("Expected to find calendar {name}, but nobody has published it", name=name)
    return as_published(version)


def as_published(version: CalendarVersion | None) -> WorkingCalendar:
    """Give the days of a version; without any, the notices alone."""
    return CHINA if version is None else _laid_over(version)


def names(session: Session) -> list[str]:
    """List the calendars that there are, the default one first."""
    published = session.scalars(select(CalendarVersion.name).distinct().order_by(CalendarVersion.name))
    return list(dict.fromkeys([DEFAULT, *published]))


def is_provisional(session: Session, day: date, name: str = DEFAULT) -> bool:
    """Tell whether nobody has published the holidays of a day's year yet, neither the State Council nor HR."""
    return CHINA.is_provisional(day) and calendar(session, name).is_provisional(day)


def versions(session: Session, name: str) -> list[WorkingCalendar]:
    """Give the calendar as it was and is, the version that holds last; the default one began as the notices alone."""
    rows = select(CalendarVersion).where(CalendarVersion.name == name).order_by(CalendarVersion.version)
    return [*([CHINA] if name == DEFAULT else []), *map(_laid_over, session.scalars(rows))]


def _laid_over(version: CalendarVersion) -> WorkingCalendar:
    return WorkingCalendar(
        extra_holidays=frozenset(map(date.fromisoformat, version.extra_holidays)),
        extra_workdays=frozenset(map(date.fromisoformat, version.extra_workdays)),
        published_through=version.published_through,
        country=version.country,
        weekend=frozenset(version.weekend),
        quiet_days=frozenset(day for time in version.quiet for day in _days_of(time)),
        closed_days=frozenset(day for time in version.quiet if time["closed"] for day in _days_of(time)),
    )


def _days_of(quiet: dict[str, Any]) -> Iterator[date]:
    """Go through the days of a quiet time, both ends included."""
    first, last = date.fromisoformat(quiet["from"]), date.fromisoformat(quiet["until"])
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def same_day_months_later(start: date, count: int) -> date:
    """Count months by the calendar: the same day of the month, or the month's last day where there is none."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def today(session: Session, zone: ZoneInfo = HOME_ZONE) -> date:
    """Give the day that it is in `zone` by the one clock."""
    return clock.now(session).astimezone(zone).date()


def end_of(day: date, zone: ZoneInfo, close_of_business: time | None = None) -> datetime:
    """Give the instant (UTC) at which `day` is over in `zone`: 24:00 or the close of business (Civil Code art. 203)."""
    if close_of_business is None:
        local = datetime.combine(day + timedelta(days=1), time(), zone)
    else:
        local = datetime.combine(day, close_of_business, zone)
    return local.astimezone(UTC)


def last_day(moment: datetime, zone: ZoneInfo) -> date:
    """Name the last day on which something due at an instant may be done; midnight ends the day before."""
    local = moment.astimezone(zone)
    return local.date() - timedelta(days=local.time() == time.min)


@lru_cache(maxsize=1024)
def _worked(calendar: WorkingCalendar, year: int) -> list[int]:
    """List the ordinals of a year's working days, in order."""
    days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    return [day for day in days if calendar.is_working_day(date.fromordinal(day))]


@cache
def _notice(country: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Read one year's days off and make-up workdays; never shared, as the library's own object grows when read."""
    notice = holidays.country_holidays(country, years=year, expand=False)
    return frozenset(notice), frozenset(notice.weekend_workdays)


@cache
def _last_notice() -> int:
    """Find the last year with make-up workdays: without a notice the library knows the statutory days alone."""
    return max(year for year in _YEARS_WITH_NOTICES if any(day.year == year for day in _notice(HOME, year)[1]))
