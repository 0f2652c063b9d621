"""Tests of engine.feel.daily: a deadline is computed once a day, and is what it would be if it were computed anew."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.calendars import WorkingCalendar
from engine.feel import daily

SHANGHAI = ZoneInfo("Asia/Shanghai")
DUE = feel.compile("add working days(today(), get or else(deadlines.draft_targets, 5))")
CALENDARS = [WorkingCalendar(), WorkingCalendar(extra_holidays=frozenset({date(2025, 9, 30)}))]


def at(now, calendar=CALENDARS[0], zone=SHANGHAI):
    return feel.Environment(now=now, zone=zone, calendar=calendar)


def on(day, hour=4, calendar=CALENDARS[0]):
    return at(datetime(2025, 9, day, hour, tzinfo=UTC), calendar)


@settings(deadline=None)  # the first evaluation reads the notices of a year
@given(
    st.integers(0, 2 * 365 * 24).map(lambda hours: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
    st.sampled_from(CALENDARS),
    st.sampled_from([SHANGHAI, ZoneInfo("America/New_York")]),
    st.sampled_from([{}, {"deadlines": {}}, *({"deadlines": {"draft_targets": days}} for days in range(1, 9))]),
)
def test_what_is_kept_is_what_would_be_computed(now, calendar, zone, variables):
    environment = at(now, calendar, zone)

    assert daily.evaluate(DUE, variables, environment) == DUE.evaluate(variables, environment)


def test_the_day_begins_at_midnight_of_the_zone():
    assert [daily.evaluate(DUE, {}, on(17, hour)) for hour in (15, 16)] == [date(2025, 9, 24), date(2025, 9, 25)]


def test_a_calendar_with_another_holiday_gives_another_deadline():
    dues = [daily.evaluate(DUE, {}, on(24, calendar=calendar)) for calendar in CALENDARS]

    assert dues == [date(2025, 9, 30), date(2025, 10, 9)]


@pytest.mark.parametrize(("first", "second"), [(1, True), (Decimal(1), Decimal("1.0")), ("1", 1)])
def test_values_that_only_look_alike_are_told_apart(first, second):
    told = feel.compile("if is working day(today()) then string(given) else null")

    assert [daily.evaluate(told, {"given": value}, on(17)) for value in (first, second)] == [
        told.evaluate({"given": value}, on(17)) for value in (first, second)
    ]


def test_what_tells_the_time_of_day_is_computed_each_time():
    told = feel.compile('now() + duration("PT1H") * working days between(today() - duration("P1D"), today())')

    first, second = (daily.evaluate(told, {}, on(17, hour)) for hour in (4, 6))

    assert second - first == timedelta(hours=2)


def test_a_list_is_nobody_elses():
    dates = feel.compile("[add working days(today(), 1)]")

    daily.evaluate(dates, {}, on(17)).append("more")

    assert daily.evaluate(dates, {}, on(17)) == [date(2025, 9, 18)]


def test_e51_a_working_day_is_a_unit_of_its_own_and_no_24_hours():
    friday = on(26)

    working = feel.compile("add working days(today(), 1)").evaluate({}, friday)
    passing = feel.compile('today() + duration("P1D")').evaluate({}, friday)

    assert (working, passing) == (date(2025, 9, 28), date(2025, 9, 27))  # a make-up Sunday, and a Saturday off
