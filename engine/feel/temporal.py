"""FEEL's dates and times (DMN 1.5, sections 10.3.2.3.4 to 10.3.2.3.6).

Python's own end at the year 9999 and at microseconds; FEEL's reach a billion years and count nanoseconds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from engine.feel.durations import DAY, HOUR, MINUTE, SECOND, seconds_text
from engine.feel.errors import NullResult

MAXIMUM_YEAR = 999_999_999
_EPOCH = 719_468  # days from 0000-03-01 to 1970-01-01
_ERA = 146_097  # days in 400 years


def days_in_month(year: int, month: int) -> int:
    """Count the days of a month in the proleptic Gregorian calendar."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@dataclass(frozen=True, order=True, slots=True)
class Date:
    """A day."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"

    @classmethod
    def of(cls, year: int, month: int, day: int) -> Date:
        """Return the day, which must exist.

        Raises:
            NullResult: there is no such day.
        """
        if abs(year) > MAXIMUM_YEAR or not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
            raise NullResult(f"there is no day {year}-{month}-{day}")
        return cls(year, month, day)

    @property
    def number(self) -> int:
        """The days since 1970-01-01."""
        year = self.year - (self.month <= 2)
        era, of_era = divmod(year, 400)
        of_year = (153 * ((self.month + 9) % 12) + 2) // 5 + self.day - 1
        return era * _ERA + of_era * 365 + of_era // 4 - of_era // 100 + of_year - _EPOCH

    @classmethod
    def from_number(cls, number: int) -> Date:
        """Return the day that is so many days after 1970-01-01."""
        era, of_era = divmod(number + _EPOCH, _ERA)
        year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
        of_year = of_era - (365 * year + year // 4 - year // 100)
        shifted = (5 * of_year + 2) // 153
        month = shifted + 3 if shifted < 10 else shifted - 9
        return cls.of(year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1)

    @property
    def weekday(self) -> int:
        """Monday is 1 and Sunday is 7."""
        return (self.number + 3) % 7 + 1

    def plus_months(self, months: int) -> Date:
        """Return the same day of another month, or that month's last day."""
        years, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        if abs(years) > MAXIMUM_YEAR:
            raise NullResult("the date is out of bounds")
        return Date(years, month + 1, min(self.day, days_in_month(years, month + 1)))

    def plus_days(self, days: int) -> Date:
        """Return the day so many days later."""
        return Date.from_number(self.number + days)


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, local, or with an offset from UTC in seconds, or with a zone's name."""

    nanoseconds: int
    offset: int | None = None
    zone: str | None = None

    def __str__(self) -> str:
        hours, rest = divmod(self.nanoseconds, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        seconds = seconds_text(rest)
        if rest < 10 * SECOND:
            seconds = "0" + seconds
        return f"{hours:02d}:{minutes:02d}:{seconds}{self._zone_text()}"

    def _zone_text(self) -> str:
        if self.zone is not None:
            return "@" + self.zone
        if self.offset is None:
            return ""
        if self.offset == 0:
            return "Z"
        minutes, seconds = divmod(abs(self.offset), 60)
        text = f"{'-' if self.offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
        return f"{text}:{seconds:02d}" if seconds else text

    @property
    def is_local(self) -> bool:
        """Whether it has neither offset nor zone."""
        return self.offset is None and self.zone is None

    @property
    def universal(self) -> int:
        """The nanoseconds since midnight UTC; a zone counts with its standard time."""
        offset = self.offset
        if self.zone is not None:
            offset = zone_offset(self.zone, 0, 0)
        return self.nanoseconds - (offset or 0) * SECOND


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day with a time of day."""

    date: Date
    time: Time

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"

    @property
    def local(self) -> int:
        """The nanoseconds since 1970-01-01T00:00:00 on the local clock."""
        return self.date.number * DAY + self.time.nanoseconds

    @property
    def offset(self) -> int | None:
        """The seconds that the local clock is ahead of UTC, where that is known."""
        if self.time.zone is not None:
            return zone_offset(self.time.zone, self.date.number, self.time.nanoseconds)
        return self.time.offset

    @property
    def instant(self) -> int:
        """The nanoseconds since 1970-01-01T00:00:00Z; a local one counts as UTC."""
        return self.local - (self.offset or 0) * SECOND

    @classmethod
    def at_local(cls, local: int, offset: int | None = None, zone: str | None = None) -> DateTime:
        """Return the date and time that a local clock shows."""
        days, nanoseconds = divmod(local, DAY)
        return cls(Date.from_number(days), Time(nanoseconds, offset, zone))

    def plus(self, nanoseconds: int) -> DateTime:
        """Return the date and time so much later, in the same zone."""
        zone = self.time.zone
        if zone is None:
            return DateTime.at_local(self.local + nanoseconds, self.time.offset)
        return DateTime.at_local(self.instant + nanoseconds, 0).in_zone(zone)

    def in_zone(self, zone: str) -> DateTime:
        """Return the same instant on the clocks of a zone."""
        instant = self.instant
        return DateTime.at_local(instant + zone_offset_at(zone, instant) * SECOND, None, zone)

    def plus_months(self, months: int) -> DateTime:
        """Return the same time of day, months later."""
        return DateTime(self.date.plus_months(months), self.time)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """List the names of all time zones."""
    return frozenset(available_timezones())


@lru_cache(maxsize=64)
def zone_info(name: str) -> ZoneInfo:
    """Return a zone by its name."""
    return ZoneInfo(name)


def zone_offset(zone: str, day: int, nanoseconds: int) -> int:
    """Return the seconds a zone is ahead of UTC when its clocks show this."""
    moment = _in_python(day, nanoseconds).replace(tzinfo=zone_info(zone))
    return _seconds(moment.utcoffset())


def zone_offset_at(zone: str, instant: int) -> int:
    """Return the seconds a zone is ahead of UTC at this instant."""
    moment = _in_python(*divmod(instant, DAY)).replace(tzinfo=dt.UTC)
    return _seconds(moment.astimezone(zone_info(zone)).utcoffset())


def _seconds(offset: dt.timedelta | None) -> int:
    return int(offset.total_seconds()) if offset is not None else 0


def _in_python(day: int, nanoseconds: int) -> dt.datetime:
    # 400 years repeat exactly, and no zone's rules are known to change after the year 2400
    if day >= 157_054 + _ERA:
        day = 157_054 + (day - 157_054) % _ERA
    day = max(day, -719_000)
    return dt.datetime(1970, 1, 1) + dt.timedelta(days=day, microseconds=nanoseconds // 1000)  # noqa: DTZ001
