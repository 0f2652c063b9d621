"""When timers fire: ISO 8601 text or FEEL values become instants in UTC, counted on the wall clock of the zone."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine import exact_json, feel
from engine.bpmn.net.work import Timer

_DURATION = re.compile(
    r"(?P<sign>-)?P(?=\d|T\d)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+(?:[.,]\d+(?=H$))?)H)?(?:(?P<minutes>\d+(?:[.,]\d+(?=M$))?)M)?"
    r"(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?"
)
_MOMENT = re.compile(r"(?P<stamp>[^@\[]+)(?:@(?P<at>[^@]+)|\[(?P<in>[^\]]+)\])?")
_CYCLE = re.compile(r"R(?P<limit>\d*|-1)/(?:(?P<start>\d{4}-[^/]+)/)?(?P<interval>P[^/]+)(?:/(?P<end>\d{4}-[^/]+))?")
LONGEST_TOLD = 60
"""Characters that a sentence tells of a time: more is no time that anybody meant."""

_BETWEEN = re.compile(r"R(?P<limit>\d*|-1)/(?P<start>\d{4}-[^/]+)/(?P<second>\d{4}-[^/]+)")


class BeyondCalendarError(ValueError):
    """A time that no calendar has: it is not in the years 1 to 9999."""

    def __init__(self, text: object) -> None:
        super().__init__(f"{str(text)[:LONGEST_TOLD]!r} leads out of the years 1 to 9999")


class Duration(NamedTuple):
    """An ISO 8601 duration: months and days of the calendar, and a span of time."""

    months: int
    days: int
    span: timedelta

    def __str__(self) -> str:
        """Write it as ISO 8601 does."""
        return f"P{self.months}M{self.days}DT{self.span.total_seconds():.0f}S"

    @property
    def longest(self) -> timedelta:
        """The most time it can take, a change of clocks included."""
        return timedelta(days=31 * self.months + self.days, hours=1 if self.months or self.days else 0) + self.span

    def times(self, factor: int) -> Duration:
        """Return the duration so many times."""
        return Duration(self.months * factor, self.days * factor, self.span * factor)


class Cycle(NamedTuple):
    """A repeating interval of ISO 8601: how often, from when, how long, and after when no more."""

    limit: int | None
    start: str | None
    interval: str
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The next due time of a timer. A cycle is due at `anchor` plus `step` intervals: month ends stay month ends.

    It comes `limit` times at most, and never after `until`.
    """

    due: datetime
    anchor: datetime | None = None
    interval: str = ""
    step: int = 0
    number: int = 1
    limit: int | None = None
    until: datetime | None = None

    def cells(self) -> list[object]:
        """Return the schedule as JSON values; `of_cells` makes it again."""
        cells: list[object] = [self.due.isoformat()]
        if self.anchor is not None:
            cells += [self.anchor.isoformat(), self.interval, self.step, self.number, self.limit]
        return cells if self.until is None else [*cells, self.until.isoformat()]

    @classmethod
    def of_cells(cls, cells: list[Any]) -> Schedule:
        """Make the schedule that `cells` wrote."""
        due, *cycle = cells
        if not cycle:
            return cls(datetime.fromisoformat(due))
        anchor, interval, step, number, limit, *until = cycle
        end = datetime.fromisoformat(until[0]) if until else None
        return cls(datetime.fromisoformat(due), datetime.fromisoformat(anchor), interval, step, number, limit, end)

    def following(self, environment: feel.Environment) -> Schedule | None:
        """Return the schedule after this has fired, without the periods already missed; None if it is done."""
        if self.anchor is None or (self.limit is not None and self.number >= self.limit):
            return None
        interval = parse_duration(self.interval)
        try:
            step = max(self.step + 1, (environment.now - self.anchor) // interval.longest)
            while (due := after(self.anchor, interval.times(step), environment)) <= environment.now:
                step += 1
        except (BeyondCalendarError, OverflowError):
            return None
        if self.until is not None and due > self.until:
            return None
        return replace(self, due=due, step=step, number=self.number + 1)


def schedule(timer: Timer, value: object, environment: feel.Environment) -> Schedule:
    """Return when a timer fires, `value` being what its formula gave.

    Raises:
        ValueError: the value is no such time; the sentence says why.
    """
    if timer.kind == "cycle":
        return _cycle(_text(value), environment)
    return Schedule(instant(value, environment))


def instant(value: object, environment: feel.Environment) -> datetime:
    """Return the instant that a date (the end of that day), a date-time or a duration (from now) means.

    Raises:
        ValueError: the value is none of them.
    """
    found = moment(value, environment)
    return found if isinstance(found, datetime) else end_of(found, environment)


def moment(value: object, environment: feel.Environment) -> datetime | date:
    """Return the date or the instant that a FEEL value or ISO text means; a duration counts from now.

    Raises:
        ValueError: it means neither.
    """
    if type(value) is date:
        return value
    text = _text(value)
    if text.lstrip("-").startswith("P"):
        return after(environment.now, parse_duration(text), environment)
    return day_or_moment(text, environment)


def day_or_moment(text: str, environment: feel.Environment) -> datetime | date:
    """Return the date, or the date-time in UTC, that ISO text means; without an offset it is local.

    Raises:
        ValueError: the text is neither.
    """
    found = _MOMENT.fullmatch(text)
    stamp, zone = (found["stamp"], found["at"] or found["in"]) if found else (text, None)
    try:
        if len(stamp) <= len("2026-01-31"):
            return date.fromisoformat(stamp)
        local = datetime.fromisoformat(stamp)
        zoned = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone) if zone else environment.zone)
    except (ValueError, ZoneInfoNotFoundError):
        raise ValueError(f"{text!r} is neither a date nor a date-time of ISO 8601") from None
    try:
        return zoned.astimezone(UTC)
    except OverflowError:
        raise BeyondCalendarError(text) from None


def end_of(day: date, environment: feel.Environment) -> datetime:
    """Return the instant that ends a day in the environment's zone: 24:00, or the cut-off where there is one.

    Where no deadline may end on the day, it is the next one on which it may.
    """
    try:
        return _end_of(environment.calendar.closing_day(day), environment.zone, environment.cut_off)
    except OverflowError:
        raise BeyondCalendarError(day) from None


@lru_cache(maxsize=4096)
def _end_of(day: date, zone: ZoneInfo, cut_off: time | None) -> datetime:
    last, end = (day + timedelta(days=1), time()) if cut_off is None else (day, cut_off)
    return datetime.combine(last, end, zone).astimezone(UTC)


def parse_duration(text: str) -> Duration:
    """Read an ISO 8601 duration.

    Raises:
        ValueError: it is none.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a duration of ISO 8601, such as P5D or PT12H")
    parts = {name: value or "0" for name, value in found.groupdict().items()}
    try:
        duration = Duration(
            12 * int(parts["years"]) + int(parts["months"]),
            7 * int(parts["weeks"]) + int(parts["days"]),
            timedelta(**{unit: float(parts[unit].replace(",", ".")) for unit in ("hours", "minutes", "seconds")}),
        )
    except (OverflowError, ValueError):  # the latter of numbers with thousands of digits
        raise BeyondCalendarError(text) from None
    return duration.times(-1) if found["sign"] else duration


def after(start: datetime, duration: Duration, environment: feel.Environment) -> datetime:
    """Return the instant a duration after another; a month after 31 January is the last day of February.

    Raises:
        BeyondCalendarError: there is no such instant.
    """
    try:
        if not (duration.months or duration.days):
            return start.astimezone(UTC) + duration.span
        local = start.astimezone(environment.zone).replace(fold=0)
        years, month = divmod(local.year * 12 + local.month - 1 + duration.months, 12)
        day = min(local.day, calendar.monthrange(years, month + 1)[1])
        moved = local.replace(year=years, month=month + 1, day=day) + timedelta(days=duration.days)
        return moved.astimezone(UTC) + duration.span
    except (OverflowError, ValueError):
        raise BeyondCalendarError(duration) from None


def check_literal(timer: Timer) -> None:
    """Check the literal text of a timer as far as it can be before it runs.

    Raises:
        ValueError: it would not work.
    """
    text, now = timer.formula.text, feel.Environment()
    if timer.kind == "cycle":
        cycle = parse_cycle(text)
        after(now.now, parse_duration(cycle.interval), now)
        for end in (cycle.start, cycle.end):
            day_or_moment(end or "2026-01-01", now)
    elif timer.kind == "duration":
        after(now.now, parse_duration(text), now)
    else:
        instant(text, now)


def parse_cycle(text: str) -> Cycle:
    """Read an ISO 8601 repeating interval such as R3/PT1H.

    Between two dates it is the time from the first to the second, again and again.

    Raises:
        ValueError: it is none.
    """
    between = _BETWEEN.fullmatch(text)
    found = between or _CYCLE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a repeating interval of ISO 8601, such as R3/PT1H or R/P7D")
    interval = _span(found["start"], found["second"]) if between else found["interval"]
    if parse_duration(interval) == Duration(0, 0, timedelta()):
        raise ValueError(f"{text!r} repeats without an interval")
    if found["limit"] == "0":
        raise ValueError(f"{text!r} never fires")
    limit = None if found["limit"] in ("", "-1") else int(found["limit"])
    return Cycle(limit, found["start"], interval, None if between else found["end"])


def _span(first: str, second: str) -> str:
    """Return the time from one date-time to another as a duration."""
    here = feel.Environment()
    seconds = (instant(second, here) - instant(first, here)).total_seconds()
    if seconds < 0:
        raise ValueError(f"{second!r} is no time after {first!r}, written in ISO 8601")
    return f"PT{seconds:.0f}S"


def _cycle(text: str, environment: feel.Environment) -> Schedule:
    limit, start, interval, end = parse_cycle(text)
    until = None if end is None else instant(end, environment)
    if start is not None:
        anchor = instant(start, environment)
        return Schedule(anchor, anchor, interval, limit=limit, until=until)
    due = after(environment.now, parse_duration(interval), environment)
    if until is not None and due > until:
        raise ValueError(f"{text!r} is over before it fires")
    return Schedule(due, environment.now, interval, step=1, limit=limit, until=until)


def _told(value: object) -> str:
    return exact_json.dumps(value).decode()[:LONGEST_TOLD]


def _text(value: object) -> str:
    text = value if isinstance(value, str) else feel.to_json(value)
    if not isinstance(text, str):
        raise ValueError(f"a time was expected, but it is {_told(text)}")  # noqa: TRY004 - the caller's sentence, not a type slip
    return text.strip()
