"""Read temporal values from their texts."""

from __future__ import annotations

import re

from engine.feel.durations import HOUR, MINUTE, SECOND, DaysTime, YearsMonths, parse_duration
from engine.feel.errors import NullResult
from engine.feel.temporal import Date, DateTime, Time, zones

Temporal = Date | Time | DateTime | YearsMonths | DaysTime

_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(?:([Zz])|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([\w+/-]{1,64}))?", re.ASCII
)
_MAXIMUM_OFFSET = 18 * 3600


def parse_date(text: str) -> Date:
    """Read `2025-09-30`.

    Raises:
        NullResult: the text is no date.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise NullResult(f'"{text[:60]}" is no date')
    year, month, day = (int(part) for part in match.groups())
    return Date.of(year, month, day)


def parse_time(text: str) -> Time:
    """Read `18:00:00`, with an offset `+08:00` or a zone `@Asia/Shanghai` where one is wanted.

    Raises:
        NullResult: the text is no time.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise NullResult(f'"{text[:60]}" is no time')
    hours, minutes, seconds, fraction, utc, sign, offset_hours, offset_minutes, offset_seconds, zone = match.groups()
    nanoseconds = clock(int(hours), int(minutes), int(seconds)) + int((fraction or "0")[:9].ljust(9, "0"))
    if utc:
        return Time(nanoseconds, 0)
    if zone:
        if zone not in zones():
            raise NullResult(f"{zone} is no time zone")
        return Time(nanoseconds, None, zone)
    if sign is None:
        return Time(nanoseconds)
    if int(offset_minutes) > 59 or int(offset_seconds or 0) > 59:
        raise NullResult(f'"{text}" is no time')
    offset = int(offset_hours) * 3600 + int(offset_minutes) * 60 + int(offset_seconds or 0)
    return Time(nanoseconds, checked_offset(-offset if sign == "-" else offset))


def clock(hours: int, minutes: int, seconds: int) -> int:
    """Return the nanoseconds since midnight.

    Raises:
        NullResult: no clock shows this.
    """
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 60):
        raise NullResult(f"there is no time {hours}:{minutes}:{seconds}")
    return hours * HOUR + minutes * MINUTE + seconds * SECOND


def checked_offset(seconds: int) -> int:
    """Return an offset from UTC that is at most 18 hours.

    Raises:
        NullResult: the offset is larger.
    """
    if abs(seconds) > _MAXIMUM_OFFSET:
        raise NullResult("an offset from UTC is at most 18 hours")
    return seconds


def parse_date_time(text: str) -> DateTime:
    """Read `2025-09-30T18:00:00`, or a date alone for its midnight.

    Raises:
        NullResult: the text is no date and time.
    """
    date, separator, time = text.partition("T")
    return DateTime(parse_date(date), parse_time(time) if separator else Time(0))


def parse_at(text: str) -> Temporal | None:
    """Read what stands in an `@"..."` literal; None where it is nothing temporal."""
    duration = parse_duration(text)
    if duration is not None:
        return duration
    for parse in (parse_date, parse_time, parse_date_time):
        try:
            return parse(text)
        except NullResult:
            continue
    return None
