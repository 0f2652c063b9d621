"""Our own functions of working days, which the environment's calendar knows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from engine.feel.boundary import adopt, to_date
from engine.feel.errors import NullResult
from engine.feel.functions.registry import builtin
from engine.feel.numbers import is_whole
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime
from engine.feel.values import Value

_MAXIMUM_DAYS = 10_000


def _here(run: Run, moment: Date | DateTime) -> Date | DateTime:
    if isinstance(moment, DateTime) and not moment.time.is_local:
        return moment.in_zone(run.surroundings().zone.key)
    return moment


def _day(moment: Date | DateTime) -> dt.date:
    day = to_date(moment.date if isinstance(moment, DateTime) else moment)
    if day is None or not 1900 <= day.year <= 2200:
        raise NullResult("the calendar knows working days of the years 1900 to 2200 only")
    return day


@builtin("is working day(date: date or date and time)")
def _is_working_day(run: Run, moment: Date | DateTime) -> bool:
    return run.surroundings().calendar.is_working_day(_day(_here(run, moment)))


@builtin("add working days(date: date or date and time, days: number)")
def _add_working_days(run: Run, moment: Date | DateTime, count: Decimal) -> Value:
    if not is_whole(count) or abs(count) > _MAXIMUM_DAYS:
        raise NullResult(f"{count} is no whole number of days up to {_MAXIMUM_DAYS}")
    run.spend(int(abs(count)))
    here = _here(run, moment)
    day = adopt(run.surroundings().calendar.add_working_days(_day(here), int(count)))
    return DateTime(day, here.time) if isinstance(here, DateTime) else day


@builtin("working days between(from: date or date and time, to: date or date and time)")
def _working_days_between(run: Run, start: Date | DateTime, end: Date | DateTime) -> Decimal:
    first, last = _day(_here(run, start)), _day(_here(run, end))
    run.spend(abs((last - first).days))
    return Decimal(run.surroundings().calendar.working_days_between(first, last))
