"""How a cycle counts time: days by step, grace, the cut-off, the calendar of each person, quiet times."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from demonstration import Demonstration
from diagrams import bpmn
from sqlalchemy import select

from engine import calendars, clock, db, identity
from engine.bpmn import chores, deployments, instances, tasks, timers
from engine.bpmn.deployments import Resource
from engine.bpmn.models import Timer, UserTask
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM, Account
from engine.reviews import demo, notices
from engine.reviews.cycle import cycles
from engine.reviews.deadlines import holidays, timing
from engine.reviews.deadlines.holidays import Quiet
from engine.reviews.deadlines.timing import Timing
from engine.reviews.reports import progress
from engine.reviews.rulebook import rulebooks

STEP = """
    start s
    user u: assignee =holder; due =add working days(today(), get or else(deadlines.u, 3))
    boundary closed on u: date =add working days(today(), get or else(deadlines.u, 3) + get or else(grace.u, 0))
    end e
    end f
    s > u > e
    closed > f
"""


@pytest.fixture
def begun(session, company):
    """Begin a process with one step as a cycle would, for a holder."""

    def begin(cycle=None, holder="ann"):
        deployed(session)
        given = {"holder": holder, **(timing.variables(cycle) if cycle else {})}
        origin = timing.origin(cycle, 1) if cycle else None
        instance = instances.start(session, process_id="timed", variables=given, by=SYSTEM, origin=origin)
        return session.scalars(select(UserTask).where(UserTask.instance_key == instance.key)).one()

    return begin


def deployed(session):
    """Deploy the process with one step."""
    deployments.deploy(session, deployments.read([Resource("timed.bpmn", bpmn(STEP, "timed"))], by=SYSTEM), by=SYSTEM)


def closes(session, task):
    """When a task closes."""
    return session.scalars(select(Timer.due_at).where(Timer.instance_key == task.instance_key)).one()


def shanghai(day, hour=24, minute=0):
    """The instant of an hour of a day in July 2025 in Shanghai."""
    return datetime(2025, 7, day, tzinfo=UTC) + timedelta(hours=hour - 8, minutes=minute)


def test_without_a_word_of_the_cycle_the_diagrams_own_days_hold(session, begun):
    task = begun()

    assert task.due_at == shanghai(4)
    assert closes(session, task) == shanghai(4)


def test_a_cycle_gives_its_own_days_and_grace_for_a_step(session, cycle, begun, act):
    deployed(session)

    timing.decide(session, cycle, Timing(deadlines={"u": 5}, grace={"u": 2}), by=act("hui"))
    task = begun(cycle)

    assert task.due_at == shanghai(8)
    assert closes(session, task) == shanghai(10)


def test_e41_every_deadline_of_a_cycle_ends_at_its_close_of_business(session, cycle, begun, act):
    deployed(session)

    timing.decide(session, cycle, Timing(close_of_business=time(17, 30)), by=act("hui"))
    task = begun(cycle)

    assert task.due_at == shanghai(4, 17, 30)
    assert closes(session, task) == shanghai(4, 17, 30)


def test_e41_a_second_before_the_cut_off_is_in_time_and_the_cut_off_itself_is_late(session, cycle, begun, act):
    deployed(session)
    timing.decide(session, cycle, Timing(close_of_business=time(17, 30)), by=act("hui"))
    begun(cycle)

    clock.pin(session, shanghai(4, 17, 30) - timedelta(seconds=1))
    before = timers.due(session)
    clock.pin(session, shanghai(4, 17, 30))

    assert (len(before), len(timers.due(session))) == (0, 1)


def test_e47_a_cycle_in_another_zone_ends_its_days_there(session, cycle, begun):
    cycle.zone = "Europe/Berlin"

    task = begun(cycle)

    assert task.due_at == datetime(2025, 7, 4, 22, tzinfo=UTC)


def test_e46_the_tasks_of_a_person_go_by_the_persons_own_calendar(session, cycle, begun, act):
    american(session, act)

    own, others = begun(cycle, "ann"), begun(cycle, "sun")

    assert own.due_at == shanghai(7)  # the fourth of July is off
    assert closes(session, own) == shanghai(7)
    assert others.due_at == shanghai(4)


def test_e46_a_new_version_of_a_persons_calendar_moves_that_persons_deadlines_alone(session, cycle, begun, act):
    american(session, act)
    own, others = begun(cycle, "ann"), begun(cycle, "sun")

    american(session, act, days=[date(2025, 7, 7)])
    do_chores(session)

    assert own.due_at == shanghai(8)
    assert closes(session, own) == shanghai(8)
    assert others.due_at == shanghai(4)


def test_e46_a_shift_works_on_the_days_of_its_own_week(session, company, act):
    given = {"extra_holidays": [], "extra_workdays": [], "note": "班次", "weekend": [2, 3], "by": act("hui")}

    holidays.publish(session, **given, name="shift-a")

    shift = calendars.calendar(session, "shift-a")
    assert shift.add_working_days(date(2025, 7, 1), 1) == date(2025, 7, 4)
    assert shift.is_working_day(date(2025, 7, 5))
    assert shift.is_working_day(date(2025, 7, 6))


def test_no_deadline_ends_in_a_quiet_time_that_is_closed_and_open_ones_move_out_of_it(session, begun, act):
    task = begun()

    quiet(session, act, Quiet(date(2025, 7, 3), date(2025, 7, 4), "司庆", closed=True))
    do_chores(session)

    assert task.due_at == shanghai(7)
    assert closes(session, task) == shanghai(7)


def test_a_quiet_time_that_is_not_closed_moves_no_deadline(session, begun, act):
    task = begun()

    quiet(session, act, Quiet(date(2025, 7, 3), date(2025, 7, 4), "司庆"))
    do_chores(session)

    assert task.due_at == shanghai(4)


def test_what_is_written_in_a_quiet_time_is_read_after_it(session, company, act):
    quiet(session, act, Quiet(date(2025, 7, 1), date(2025, 7, 2), "节前"))

    notices.write(session, company["ann"].key, "result-released", review="1")
    during = notices.of_person(session, by=act("ann"))
    clock.pin(session, shanghai(3, 0))

    assert during == []
    assert [notice.kind for notice in notices.of_person(session, by=act("ann"))] == ["result-released"]


def test_a_quiet_time_without_reason_or_end_and_an_unknown_country_are_named(session, company, act):
    with pytest.raises(Invalid) as refused:
        quiet(session, act, Quiet(date(2025, 7, 3), date(2025, 7, 1), " "), country="XX")

    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("quiet[0].reason", "empty"),
        ("quiet[0]", "backwards"),
        ("country", "unknown-country"),
    ]


def test_days_that_no_process_reads_and_unknown_calendars_are_refused(session, cycle, act):
    wrong = Timing(calendar="moon", deadlines={"nowhere": 3}, grace={"u": 1})

    with pytest.raises(Invalid) as refused:
        timing.decide(session, cycle, wrong, by=act("hui"))

    assert [problem.where for problem in refused.value.problems] == ["calendar", "deadlines.nowhere", "grace.u"]
    with pytest.raises(Forbidden):
        timing.decide(session, cycle, Timing(), by=act("sun"))


def test_after_the_launch_the_days_stand(session, cycle, act):
    cycles.launch(session, cycle, by=act("hui"))

    with pytest.raises(Conflict, match="extend the deadlines of single tasks"):
        timing.decide(session, cycle, Timing(), by=act("hui"))


def test_a_file_of_rules_says_the_days_of_its_steps(tmp_path):
    rules = Path("processes/review/cycle-corrected.toml").read_text(encoding="utf-8")
    told = 'zone = "Asia/Shanghai"\nclose_of_business = 17:30:00\ndeadlines = { self_evaluation = 7 }\n'
    file = tmp_path / "cycle.toml"
    file.write_text(rules.replace('zone = "Asia/Shanghai"\n', told), encoding="utf-8")

    book = rulebooks.load(file)

    assert book.timing == Timing(close_of_business=time(17, 30), deadlines={"self_evaluation": 7})


def test_a_file_of_rules_with_days_that_are_no_number_is_refused():
    with pytest.raises(Invalid) as refused:
        timing.read({"deadlines": {"self_evaluation": "seven"}, "close_of_business": "17:30"})

    assert {problem.where for problem in refused.value.problems} == {"deadlines", "close_of_business"}


def american(session, act, days=()):
    """Publish a calendar of the United States, by which ann works."""
    given = {"extra_holidays": days, "extra_workdays": [], "note": "US", "country": "US", "by": act("hui")}
    holidays.publish(session, **given, name="US")
    session.get_one(Account, "ann").calendar = "US"
    session.flush()


def quiet(session, act, *times, **more):
    """Publish quiet times."""
    given = {"extra_holidays": [], "extra_workdays": [], "note": "公司通知", "by": act("hui")}
    holidays.publish(session, **given, quiet=times, **more)


def do_chores(session):
    """Do what is deferred, and what that defers in turn."""
    session.flush()
    while waiting := chores.due(session):
        for key in waiting:
            chores.run(session, key)
        session.flush()


def test_what_comes_late_within_the_grace_is_accepted_and_marked(session, cycle, begun, act):
    deployed(session)
    timing.decide(session, cycle, Timing(grace={"u": 2}), by=act("hui"))
    (review,) = cycles.launch(session, cycle, by=act("hui"))
    task = begun(cycle)
    review.instance_key = task.instance_key

    clock.pin(session, shanghai(7, 12))
    tasks.complete(session, task.key, by=act("ann"), variables={})

    (step,) = progress.of_cycle(session, cycle, by=act("hui")).steps
    assert (step.completed, step.tardy, step.left) == (1, 1, 0)


def test_what_a_review_calls_goes_by_the_days_of_its_cycle(demonstration):
    company = Demonstration()  # what another has done with the company is none of this one's
    with db.transaction() as session:
        by, cycle = identity.identity_of(session, demo.OFFICER), company.cycle(session)
        timing.decide(session, cycle, Timing(deadlines={"draft_targets": 2}), by=by)

    company.launch()

    with db.reading() as session:
        task = company.task(session, "draft_targets", "zhang.wei")
        assert task.due_at == datetime(2025, 9, 24, 16, tzinfo=UTC)
