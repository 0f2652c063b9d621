"""Functions that make dates, times and durations, and read them (DMN 1.5, tables 72, 78 and 79)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from engine.feel.boundary import adopt
from engine.feel.durations import SECOND, DaysTime, YearsMonths, parse_duration
from engine.feel.errors import NullResult
from engine.feel.functions.registry import builtin
from engine.feel.literals import checked_offset, clock, parse_date, parse_date_time, parse_time
from engine.feel.numbers import CONTEXT, is_whole
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.values import Value

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@builtin("date(from: string)")
def _date_from_text(_: Run, text: str) -> Date:
    return parse_date(text)


@builtin("date(from: date or date and time)")
def _date_of(_: Run, moment: Date | DateTime) -> Date:
    return _day(moment)


def _day(moment: Date | DateTime) -> Date:
    return moment.date if isinstance(moment, DateTime) else moment


@builtin("date(year: number, month: number, day: number)")
def _date(_: Run, year: Decimal, month: Decimal, day: Decimal) -> Date:
    return Date.of(_whole(year), _whole(month), _whole(day))


def _whole(number: Decimal) -> int:
    if not is_whole(number) or number.adjusted() > 12:
        raise NullResult(f"{number} is no whole number of a calendar or clock")
    return int(number)


@builtin("time(from: string)")
def _time_from_text(_: Run, text: str) -> Time:
    return parse_time(text)


@builtin("time(from: time)")
def _time_itself(_: Run, time: Time) -> Time:
    return time


@builtin("time(from: date or date and time)")
def _time_of(_: Run, moment: Date | DateTime) -> Time:
    return moment.time if isinstance(moment, DateTime) else Time(0, 0)


@builtin("time(hour: number, minute: number, second: number, [offset: days and time duration?])")
def _time(_: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None = None) -> Time:
    if not 0 <= second < 60:
        raise NullResult(f"there is no second {second}")
    fraction = CONTEXT.multiply(CONTEXT.subtract(second, Decimal(int(second))), Decimal(SECOND))
    nanoseconds = clock(_whole(hour), _whole(minute), int(second)) + int(fraction)
    return Time(nanoseconds, None if offset is None else checked_offset(offset.nanoseconds // SECOND))


@builtin("date and time(from: string)")
def _date_time_from_text(_: Run, text: str) -> DateTime:
    return parse_date_time(text)


@builtin("date and time(from: date or date and time)")
def _date_time_of(_: Run, moment: Date | DateTime) -> DateTime:
    return moment if isinstance(moment, DateTime) else DateTime(moment, Time(0, 0))


@builtin("date and time(date: date or date and time, time: time)")
def _date_time(_: Run, moment: Date | DateTime, time: Time) -> DateTime:
    return DateTime(_day(moment), time)


@builtin("duration(from: string)")
def _duration(_: Run, text: str) -> YearsMonths | DaysTime:
    duration = parse_duration(text)
    if duration is None:
        raise NullResult(f'"{text[:60]}" is no duration')
    return duration


@builtin("years and months duration(from: date or date and time, to: date or date and time)")
def _months_between(_: Run, start: Date | DateTime, end: Date | DateTime) -> YearsMonths:
    first, last = _day(start), _day(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)


@builtin("now()")
def _now(run: Run) -> Value:
    surroundings = run.surroundings()
    return adopt(surroundings.now.astimezone(surroundings.zone))


@builtin("today()")
def _today(run: Run) -> Value:
    surroundings = run.surroundings()
    return adopt(surroundings.now.astimezone(surroundings.zone).date())


@builtin("day of year(date: date or date and time)")
def _day_of_year(_: Run, moment: Date | DateTime) -> Decimal:
    day = _day(moment)
    return Decimal(day.number - Date(day.year, 1, 1).number + 1)


@builtin("day of week(date: date or date and time)")
def _day_of_week(_: Run, moment: Date | DateTime) -> str:
    return _DAYS[_day(moment).weekday - 1]


@builtin("month of year(date: date or date and time)")
def _month_of_year(_: Run, moment: Date | DateTime) -> str:
    return _MONTHS[_day(moment).month - 1]


@builtin("week of year(date: date or date and time)")
def _week_of_year(_: Run, moment: Date | DateTime) -> Decimal:
    day = _day(moment)
    like = day.year % 400 + 2000  # weeks repeat every 400 years
    return Decimal(dt.date(like, day.month, day.day).isocalendar().week)
