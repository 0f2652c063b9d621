"""The simulated company counts workdays as the requirements' table W-14 does, and as the product does."""

from datetime import date, datetime, timedelta

import pytest

from engine.calendars import CHINA
from simulation import almanac
from simulation.almanac import Notice
from simulation.invariants.deadlines import expected

NOTICED = Notice(
    almanac.at(date(2025, 10, 13), 9, 30), frozenset({date(2025, 10, 17)}), frozenset({date(2025, 10, 18)})
)


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        (date(2025, 9, 26), 3, date(2025, 9, 30)),
        (date(2025, 9, 26), 5, date(2025, 10, 10)),
        (date(2025, 9, 30), 5, date(2025, 10, 14)),
        (date(2026, 9, 18), 2, date(2026, 9, 21)),
    ],
)
def test_w14_counts_make_up_workdays(day: date, count: int, due: date) -> None:
    assert almanac.workday_after(day, count) == due


def test_the_printed_notices_and_the_product_know_the_same_workdays() -> None:
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(730)]

    assert [day for day in days if almanac.is_workday(day) != CHINA.is_working_day(day)] == []


@pytest.mark.parametrize(
    ("set_on", "days", "until", "due"),
    [
        (date(2025, 10, 11), 5, None, date(2025, 10, 18)),  # Friday is off, Saturday is worked for it
        (date(2025, 10, 11), 5, date(2025, 10, 12), date(2025, 10, 17)),  # over before the notice
        (date(2025, 10, 9), 1, None, date(2025, 10, 10)),  # in the past by then
        (date(2025, 10, 14), 3, None, date(2025, 10, 18)),  # set when it was known
    ],
)
def test_a_deadline_moves_with_a_notice_only_while_it_is_open(
    set_on: date, days: int, until: date | None, due: date
) -> None:
    over: datetime | None = None if until is None else almanac.at(until, 10)

    found = expected(almanac.at(set_on, 10), days, [almanac.NOTHING, NOTICED], over)

    assert found == almanac.midnight_after(due)
