"""Tests of engine.calendars: working days, months and cut-offs (W-14, W-15)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendars import CHINA, MOST_DAYS, WorkingCalendar, end_of, same_day_months_later

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("notice", "count", "last"),
    [
        (date(2025, 9, 26), 3, date(2025, 9, 30)),
        (date(2025, 9, 26), 5, date(2025, 10, 10)),
        (date(2025, 9, 30), 5, date(2025, 10, 14)),
        (date(2026, 9, 18), 2, date(2026, 9, 21)),
    ],
)
def test_w14_e42_working_days_count_make_up_days_and_skip_holidays(notice, count, last):
    assert CHINA.add_working_days(notice, count) == last
    assert CHINA.working_days_between(notice, last) == count


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 9, 28), True),
        (date(2025, 10, 11), True),
        (date(2025, 10, 8), False),
        (date(2018, 12, 29), True),  # E-45: ruled by the notice of 2019
        (date(2022, 12, 31), False),
        (date(2020, 1, 31), False),  # E-44: extended while it ran
        (date(2005, 12, 31), True),  # ruled by the notice of 2006
    ],
)
def test_e45_the_notices_of_the_state_council_are_known_and_those_of_the_next_year_rule_december(day, works):
    assert CHINA.is_working_day(day) is works


def test_w15_three_months_from_the_end_of_november_end_on_a_february_make_up_saturday():
    assert CHINA.add_months(date(2025, 11, 30), 3) == date(2026, 2, 28)


def test_w15_a_last_day_that_is_off_moves_to_the_next_working_day():
    assert same_day_months_later(date(2025, 7, 4), 3) == date(2025, 10, 4)

    assert CHINA.add_months(date(2025, 7, 4), 3) == date(2025, 10, 9)


def test_w15_dates_beyond_the_last_notice_are_provisional_until_it_arrives():
    beyond = date(CHINA.last_published_year + 1, 3, 1)

    entered = WorkingCalendar(published_through=beyond.year)

    assert CHINA.last_published_year >= 2026
    assert CHINA.is_provisional(beyond)
    assert not entered.is_provisional(beyond)


def test_e45_the_last_days_of_december_wait_for_the_next_years_notice():
    year = CHINA.last_published_year

    entered = WorkingCalendar(published_through=year + 1)

    assert not CHINA.is_provisional(date(year, 12, 27))
    assert CHINA.is_provisional(date(year, 12, 28))
    assert CHINA.is_provisional(date(year, 12, 31))
    assert not entered.is_provisional(date(year, 12, 31))
    assert not WorkingCalendar(country="US").is_provisional(date(year, 12, 31))


def test_hr_lays_own_days_over_the_notice_and_workdays_win():
    company = WorkingCalendar(
        extra_holidays=frozenset({date(2025, 9, 28), date(2025, 9, 29)}), extra_workdays=frozenset({date(2025, 9, 28)})
    )

    assert company.is_working_day(date(2025, 9, 28))
    assert not company.is_working_day(date(2025, 9, 29))


def test_days_are_over_at_midnight_or_at_close_of_business_in_the_zone_of_the_cycle():
    day = date(2025, 10, 10)

    assert end_of(day, SHANGHAI) == datetime(2025, 10, 10, 16, 0, tzinfo=UTC)
    assert end_of(day, SHANGHAI, time(18, 0)) == datetime(2025, 10, 10, 10, 0, tzinfo=UTC)


def test_no_working_days_at_all_move_a_day_off_to_the_next_working_day():
    assert CHINA.add_working_days(date(2025, 10, 1), 0) == date(2025, 10, 9)
    assert CHINA.add_working_days(date(2025, 10, 9), 0) == date(2025, 10, 9)


def test_more_days_than_a_lifetime_of_work_are_refused():
    with pytest.raises(ValueError, match="at most 10000"):
        CHINA.add_working_days(date(2025, 10, 1), MOST_DAYS + 1)
    with pytest.raises(ValueError, match="too far apart"):
        CHINA.working_days_between(date(1, 1, 1), date(2025, 1, 1))


@given(st.dates(date(2002, 1, 1), date(2030, 12, 31)), st.integers(-60, 60).filter(bool))
def test_adding_and_counting_are_each_others_inverse_from_a_working_day(start, count):
    start = CHINA.moved_to_working_day(start)

    end = CHINA.add_working_days(start, count)

    assert CHINA.is_working_day(end)
    assert CHINA.working_days_between(start, end) == count


@given(st.dates(date(2002, 1, 1), date(2030, 12, 31)), st.integers(0, 36))
def test_months_never_leave_the_month_they_lead_to(start, count):
    later = same_day_months_later(start, count)

    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == count
    assert later.day == start.day or (later + timedelta(days=1)).day == 1


DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
WEEKENDS = st.frozensets(st.integers(0, 6), max_size=3)


@settings(max_examples=60, deadline=None)
@given(
    DAYS,
    st.integers(-40, 40).filter(bool),
    st.frozensets(DAYS, max_size=20),
    st.frozensets(DAYS, max_size=20),
    WEEKENDS,
)
def test_working_days_are_those_that_one_counts_day_by_day(start, count, off, on, weekend):
    calendar = WorkingCalendar(extra_holidays=off, extra_workdays=on, weekend=weekend, country="DE")
    public = holidays.country_holidays("DE", years=range(2023, 2029))
    day, left, step = start, abs(count), timedelta(days=1 if count > 0 else -1)

    while left:
        day += step
        left -= day in on or (day not in off and day not in public and day.weekday() not in weekend)

    assert calendar.add_working_days(start, count) == day


@given(DAYS, st.frozensets(DAYS, max_size=20))
def test_a_deadline_ends_on_the_first_working_day_that_is_not_closed(day, closed):
    calendar = WorkingCalendar(closed_days=closed)

    last = calendar.closing_day(day)

    assert last not in closed
    assert last == day or (last > day and calendar.is_working_day(last))
