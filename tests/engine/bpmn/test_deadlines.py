"""Deadlines that are open when a new version of the working calendar is published."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from company import ANN, complete, deploy, later, open_tasks, pin, start, state
from sqlalchemy import select

from engine import calendars, db
from engine.bpmn import deadlines, history, instances, tasks
from engine.bpmn.models import Timer
from engine.calendars import CalendarVersion
from engine.identity import SYSTEM

AWAITED = """
    start s
    user u: assignee ann; due =add working days(today(), 3)
    boundary late beside u: date =add working days(today(), 3)
    user told: assignee bob
    end e
    end f
    s > u > e
    late > told > f
"""


def publish(*, holidays: tuple[date, ...] = (), workdays: tuple[date, ...] = ()) -> None:
    """Publish the next version of the calendar, and move what hangs on it."""
    with db.transaction() as session:
        latest = calendars.latest_version(session, "CN")
        session.add(
            CalendarVersion(
                name="CN",
                version=latest.version + 1 if latest else 1,
                extra_holidays=[day.isoformat() for day in holidays],
                extra_workdays=[day.isoformat() for day in workdays],
                note="a notice",
                published_by="hilda",
                published_at=datetime(2025, 9, 1, tzinfo=UTC),
            )
        )


def recompute() -> list[deadlines.Moved]:
    with db.transaction() as session:
        return [moved for key in deadlines.concerned(session, "CN") for moved in deadlines.recompute(session, key)]


def due(element_id: str = "u") -> datetime | None:
    return open_tasks()[element_id].due_at


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday(database: db.Database) -> None:
    pin(datetime(2025, 9, 22, 2, tzinfo=UTC))


def test_a_holiday_announced_late_moves_open_tasks_and_their_timers() -> None:
    deploy(AWAITED)
    start()

    publish(holidays=(date(2025, 9, 24),))
    moved = recompute()

    assert due() == end_of(date(2025, 9, 26))
    assert [(one.element_id, one.after) for one in moved] == [
        ("u", end_of(date(2025, 9, 26))),
        ("late", end_of(date(2025, 9, 26))),
    ]
    assert later(days=4) == 0
    assert later(days=1) == 1
    assert set(open_tasks()) == {"u", "told"}


def test_a_task_that_was_overdue_is_so_no_longer() -> None:
    deploy("start s\nuser u: assignee ann; due =add working days(today(), 1)\nend e\ns > u > e")
    start()
    later(days=2)

    publish(holidays=(date(2025, 9, 23), date(2025, 9, 24)))
    recompute()

    assert due() == end_of(date(2025, 9, 25))


def test_a_deadline_never_moves_into_the_past() -> None:
    deploy("start s\nuser u: assignee ann; due =add working days(today(), 5)\nend e\ns > u > e")
    pin(datetime(2025, 9, 25, 2, tzinfo=UTC))
    start()
    told = due()
    pin(datetime(2025, 9, 30, 17, tzinfo=UTC))

    publish(workdays=(date(2025, 9, 27),))
    recompute()

    assert due() == told


def test_a_date_set_by_hand_stays() -> None:
    deploy(AWAITED)
    start()
    by_hand = datetime(2025, 9, 30, 8, tzinfo=UTC)
    with db.transaction() as session:
        tasks.update(session, open_tasks()["u"].key, {"due_at": by_hand}, by=SYSTEM)

    publish(holidays=(date(2025, 9, 24),))
    moved = recompute()

    assert due() == by_hand
    assert [one.element_id for one in moved] == ["late"]


def test_a_date_that_hangs_on_a_variable_changed_since_stays() -> None:
    deploy(
        """
        start s
        parallel fork
        user v: assignee ann; out days = days
        user u: assignee ann; due =add working days(today(), days)
        end e
        end f
        s > fork > u > e
        fork > v > f
        """
    )
    start(days=3)
    told = due()
    complete("v", ANN, days=9)

    publish(holidays=(date(2025, 9, 24),))

    assert recompute() == []
    assert due() == told


def test_what_no_calendar_rules_is_left_alone() -> None:
    deploy("start s\nuser u: assignee ann; due P3D\nboundary b on u: duration P3D\nend e\nend f\ns > u > e\nb > f")
    instance = start()

    publish(holidays=(date(2025, 9, 24),))

    assert recompute() == []
    with db.reading() as session:
        assert history.of(session, instance.key)[-1].event is history.Event.STARTED


def test_several_versions_published_in_a_row_end_where_the_last_one_says() -> None:
    deploy(AWAITED)
    start()

    publish(holidays=(date(2025, 9, 23),))
    publish(holidays=(date(2025, 9, 23), date(2025, 9, 24)))
    recompute()
    again = recompute()

    assert due() == end_of(date(2025, 9, 28))  # the Sunday before the holiday is worked
    assert again == []


def test_each_instance_of_many_is_moved_and_completes() -> None:
    deploy(
        """
        start s
        user u: assignee ann; due =add working days(today(), 3); each-of =people; item person
        end e
        s > u > e
        """
    )
    instance = start(people=list(range(40)))

    publish(holidays=(date(2025, 9, 24),))
    moved = recompute()

    assert len(moved) == 40
    for _ in range(40):
        complete("u", ANN)
    assert state(instance) == "COMPLETED"


def test_the_history_tells_what_was_moved() -> None:
    deploy(AWAITED)
    instance = start()

    publish(holidays=(date(2025, 9, 24),))
    recompute()

    with db.reading() as session:
        entry = history.of(session, instance.key)[-1]
        timer = session.scalars(select(Timer)).one()
        assert list(history.verify(session)) == []
    assert entry.event is history.Event.RESCHEDULED
    assert entry.details["deadlines"][1][0] == "late"
    assert entry.details["deadlines"][1][3] == timer.due_at.isoformat()
    assert timer.due_at - timer.first_due_at == timedelta(0)


def test_e50_a_deadline_missed_while_no_worker_ran_fires_once_as_of_its_time() -> None:
    deploy(
        """
        start s
        user u: assignee ann
        boundary late beside u: date =add working days(today(), 1)
        catch window: date =add working days(today(), 2)
        user told: assignee bob
        end e
        end f
        s > u > e
        late > window > told > f
        """
    )
    start()

    fired = later(days=7)
    noticed = later(days=1)

    assert (fired, noticed) == (1, 0)
    assert set(open_tasks()) == {"u"}
    assert later(days=10) == 1  # what begins after it begins when it is noticed: nobody's time is shortened
    assert set(open_tasks()) == {"u", "told"}


def test_e47_a_process_that_a_message_starts_counts_its_days_as_the_one_that_sent_it() -> None:
    deploy(
        asking="start s\nthrow t: message ask\nend e\ns > t > e",
        asked="start s: message ask\nuser u: assignee ann; due =today()\nend e\ns > u > e",
    )

    with db.transaction() as session:
        origin = instances.Origin(zone="Europe/Berlin", cut_off=time(18))
        instances.start(session, process_id="asking", variables={}, by=SYSTEM, origin=origin)

    assert due() == datetime(2025, 9, 22, 16, tzinfo=UTC)
