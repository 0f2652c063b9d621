"""Tests of engine.reviews.deadlines.holidays: HR's own days over the notices."""

import subprocess
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from diagrams import bpmn
from sqlalchemy import select

from engine import calendars, clock
from engine.bpmn import chores, deployments, instances
from engine.bpmn.deployments import Resource
from engine.bpmn.models import UserTask
from engine.errors import Forbidden, Invalid, NotFound
from engine.identity import SYSTEM
from engine.reviews import notices
from engine.reviews.deadlines import extensions, holidays
from engine.reviews.deadlines.extensions import Counted


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


def test_e44_open_deadlines_move_when_a_version_is_published_and_their_holders_are_told(session, company, act):
    task = asked(session, "ann")

    holidays.publish(session, extra_holidays=[date(2025, 7, 3)], extra_workdays=[], note="台风停工", by=act("hui"))
    do_chores(session)

    assert task.due_at == datetime(2025, 7, 7, 16, tzinfo=UTC)
    (notice,) = notices.of_person(session, by=act("ann"))
    assert notice.kind == "deadline-moved"
    assert notice.details["before"] == "2025-07-04T16:00:00+00:00"
    assert notice.details["after"] == "2025-07-07T16:00:00+00:00"
    assert notices.of_person(session, by=act("sun")) == []


def test_e44_a_deadline_that_hr_moved_follows_too_and_is_counted_again_where_it_was_counted(session, company, act):
    named, counted = asked(session, "ann"), asked(session, "ann")
    extensions.extend(session, [named.key], date(2025, 7, 10), reason="出差", by=act("hui"))
    five = Counted(date(2025, 7, 3), 5)
    extensions.extend(session, [counted.key], date(2025, 7, 10), reason="病假", by=act("hui"), counted=five)

    publish = {"extra_workdays": [], "note": "台风停工", "by": act("hui")}
    holidays.publish(session, extra_holidays=[date(2025, 7, 4)], **publish)
    do_chores(session)
    first = named.due_at, counted.due_at
    holidays.publish(session, extra_holidays=[date(2025, 7, day) for day in (4, 10, 11)], **publish)
    do_chores(session)

    # the 10th works: who named it keeps it, and the fifth working day is the 11th; then both days are off
    assert first == (end_of(10), end_of(11))
    assert (named.due_at, counted.due_at) == (end_of(14), end_of(15))
    assert [one.extended_by for one in extensions.of_task(session, named.key)] == ["hui", "engine"]
    assert notices.of_person(session, by=act("ann"))[0].details["reason"] == extensions.FOLLOWS


def test_a_day_off_that_hr_named_stays_and_nobody_gets_less_time(session, company, act):
    sunday, later = asked(session, "ann"), asked(session, "ann")
    extensions.extend(session, [sunday.key], date(2025, 7, 13), reason="出差", by=act("hui"))
    six = Counted(date(2025, 7, 3), 6)
    extensions.extend(session, [later.key], date(2025, 7, 11), reason="病假", by=act("hui"), counted=six)

    holidays.publish(session, extra_holidays=[], extra_workdays=[date(2025, 7, 5)], note="调休", by=act("hui"))
    do_chores(session)

    assert (sunday.due_at, later.due_at) == (end_of(13), end_of(11))


def test_e43_a_deadline_in_a_year_without_a_notice_moves_when_the_notice_comes(session, company, act):
    clock.pin(session, datetime(2029, 9, 27, 1, tzinfo=UTC))
    task = asked(session, "ann")
    expected = calendars.last_day(task.due_at, ZoneInfo("Asia/Shanghai"))
    marked = calendars.calendar(session).is_provisional(expected)

    holidays.publish(
        session,
        extra_holidays=[date(2029, 10, day) for day in range(1, 8)],
        extra_workdays=[date(2029, 9, 29)],
        published_through=2029,
        note="国务院办公厅关于2029年部分节假日安排的通知",
        by=act("hui"),
    )
    do_chores(session)

    assert (expected, marked) == (date(2029, 10, 5), True)
    assert task.due_at == datetime(2029, 10, 8, 16, tzinfo=UTC)
    assert [one.kind for one in notices.of_person(session, by=act("ann"))] == ["deadline-moved"]
    assert not calendars.calendar(session).is_provisional(date(2029, 10, 8))


def test_every_worker_knows_the_chores_of_a_calendar():
    script = "import engine.cli; from engine.bpmn import chores; print(*sorted(chores.REGISTERED))"

    known = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()

    assert {"recompute-deadlines", "recompute-deadlines-of-instance"} <= set(known)


def end_of(day):
    """The end of a day of July 2025 in Shanghai."""
    return datetime(2025, 7, day, 16, tzinfo=UTC)


def asked(session, username):
    """Open a task that is due in three working days."""
    text = f"start s\nuser u 'Say something': assignee {username}; due =add working days(today(), 3)\nend e\ns > u > e"
    deployments.deploy(session, deployments.read([Resource("asked.bpmn", bpmn(text, "asked"))], by=SYSTEM), by=SYSTEM)
    instance = instances.start(session, process_id="asked", variables={}, by=SYSTEM)
    return session.scalars(select(UserTask).where(UserTask.instance_key == instance.key)).one()


def do_chores(session):
    """Do what is deferred, and what that defers in turn."""
    session.flush()
    while waiting := chores.due(session):
        for key in waiting:
            chores.run(session, key)
        session.flush()
