"""Tests of engine.reviews.holidays: HR's own days over the notices."""

from datetime import date

import pytest

from engine import calendars
from engine.errors import Forbidden, Invalid, NotFound
from engine.reviews import holidays


def test_e44_a_holiday_that_is_extended_while_it_runs_holds_from_its_publication(session, company, act):
    before = calendars.calendar(session).add_working_days(date(2025, 9, 30), 1)

    holidays.publish(session, extra_holidays=[date(2025, 10, 9)], extra_workdays=[], note="国办发明电", by=act("hui"))

    assert before == date(2025, 10, 9)
    assert calendars.calendar(session).add_working_days(date(2025, 9, 30), 1) == date(2025, 10, 10)


def test_the_newest_version_holds_and_versions_count_on(session, company, act):
    day = date(2025, 10, 9)
    holidays.publish(session, extra_holidays=[day], extra_workdays=[], note="a", by=act("hui"))

    second = holidays.publish(
        session, extra_holidays=[], extra_workdays=[], note="b", published_through=2027, by=act("hui")
    )

    assert second.version == 2
    assert calendars.calendar(session).is_working_day(day)
    assert calendars.calendar(session).last_published_year == 2027


def test_days_that_contradict_each_other_and_other_hands_are_refused(session, company, act):
    day = date(2025, 10, 9)

    with pytest.raises(Invalid, match="both a holiday and a workday"):
        holidays.publish(session, extra_holidays=[day], extra_workdays=[day], note="x", by=act("hui"))
    with pytest.raises(Forbidden):
        holidays.publish(session, extra_holidays=[], extra_workdays=[], note="x", by=act("sun"))
    with pytest.raises(NotFound):
        calendars.calendar(session, "FR")
