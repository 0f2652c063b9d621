"""HR gives more time: for an open task, for a list, and for one that its deadline closed (E-48)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from diagrams import bpmn
from sqlalchemy import select

from engine import clock
from engine.bpmn import chores, deployments, history, instances, tasks
from engine.bpmn import timers as bpmn_timers
from engine.bpmn.deployments import Resource
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, Timer, UserTask
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews import notices
from engine.reviews.cycle import cycles
from engine.reviews.deadlines import escalations, extensions, holidays
from engine.reviews.organisation import people

TASK = (
    '<bpmn:serviceTask id="{id}"><bpmn:extensionElements><zeebe:taskDefinition type="reviewflow.{id}"/>'
    '<zeebe:taskHeaders><zeebe:header key="kind" value="u"/></zeebe:taskHeaders>'
    "</bpmn:extensionElements></bpmn:serviceTask>"
)
OPEN = f"""
    start s
    user u 'Say something': assignee ann; due =add working days(today(), 3)
    boundary near beside u: date =add working days(today(), 2)
    boundary overdue beside u: date =add working days(today(), 5)
    {TASK.format(id="remind")}
    {TASK.format(id="escalate")}
    end e
    end told
    s > u > e
    near > remind > told
    overdue > escalate > told
"""
CLOSING = """
    start s
    parallel fork
    parallel join
    exclusive ready
    user u 'Say something': assignee ann; due =add working days(today(), 3)
    boundary closed on u: date =add working days(today(), 3)
    user v 'Say more': assignee sun
    user after 'Close': assignee hui
    end e
    s > fork > u > ready > join > after > e
    closed > ready
    fork > v > join
"""
SEVERAL = """
    start s
    user u 'Say something': assignee =who; due =add working days(today(), 3); each-of =["ann", "sun"]; item who
    boundary closed on u: date =add working days(today(), 3)
    user after 'Close': assignee hui
    end e
    end f
    s > u > e
    closed > after > f
"""
REFUSED = """
    start s
    user u 'Sign': assignee ann; due =add working days(today(), 3)
    boundary closed on u: date =add working days(today(), 3)
    user record 'Record the refusal': assignee hui
    end e
    end f
    s > u > e
    closed > record > f
"""


@pytest.fixture
def begun(session, company):
    """Begin a process; answer its open tasks by holder."""

    def begin(text):
        deployments.deploy(session, deployments.read([Resource("p.bpmn", bpmn(text, "p"))], by=SYSTEM), by=SYSTEM)
        return instances.start(session, process_id="p", variables={}, by=SYSTEM).key

    return begin


@pytest.fixture
def open_tasks(session):
    """The open tasks of an instance by holder."""

    def read(key):
        waiting = select(UserTask).where(UserTask.instance_key == key, UserTask.state == TaskState.CREATED)
        return {task.assignee: task for task in session.scalars(waiting)}

    return read


@pytest.fixture
def at(session):
    """Let it be an instant, and all fire that is due by then."""

    def wait(instant):
        clock.pin(session, instant)
        while due := bpmn_timers.due(session):
            for timer in due:
                bpmn_timers.fire(session, timer)

    return wait


def end_of(day):
    """The instant at which a day in July 2025 is over in Shanghai."""
    return datetime(2025, 7, day, 16, tzinfo=UTC)


def timers(session, key):
    """When the timers of an instance fire."""
    return dict(session.execute(select(Timer.event_id, Timer.due_at).where(Timer.instance_key == key)).all())


def test_e48_an_open_deadline_moves_with_its_reminders_and_both_days_stay_on_record(session, begun, open_tasks, act):
    key = begun(OPEN)
    task = open_tasks(key)["ann"]

    (extension,) = extensions.extend(session, [task.key], date(2025, 7, 11), reason="出差", by=act("hui"))

    assert task.due_at == end_of(11)
    assert timers(session, key) == {"near": end_of(10), "overdue": end_of(15)}
    assert (extension.before, extension.after) == (end_of(4), end_of(11))
    (notice,) = notices.of_person(session, by=act("ann"))
    assert (notice.kind, notice.details["reason"]) == ("deadline-extended", "出差")
    last = history.of(session, key)[-1]
    assert (last.event, last.by) == (history.Event.EXTENDED, "hui")
    assert last.details["deadlines"][0][2:] == [end_of(4).isoformat(), end_of(11).isoformat()]


def test_e48_after_an_escalation_it_is_void_and_all_comes_again_for_the_new_day(session, begun, open_tasks, at, act):
    key = begun(OPEN)
    task = open_tasks(key)["ann"]
    at(end_of(8) + timedelta(minutes=1))
    assert escalations.of_tasks(session, [task.key]) == {task.key: ["sun"]}

    extensions.extend(session, [task.key], date(2025, 7, 15), reason="住院", by=act("hui"))
    lifted = escalations.of_tasks(session, [task.key])
    at(end_of(17) + timedelta(minutes=1))

    assert lifted == {}
    assert escalations.of_tasks(session, [task.key]) == {task.key: ["sun"]}
    assert [notice.kind for notice in notices.of_person(session, by=act("sun"))] == ["task-escalated"] * 2


def test_e95_nobody_from_hr_extends_a_deadline_of_the_own_appeal(session, cycle, begun, open_tasks, act):
    own = cycles.enrol(session, cycle, people.named(session, "hui"), by=act("hui"))
    key = begun(OPEN)  # a process beside the review, as an appeal is
    session.get_one(ProcessInstance, key).business_id = str(own.key)
    session.flush()

    with pytest.raises(Forbidden, match="one's own"):
        extensions.extend(session, [open_tasks(key)["ann"].key], date(2025, 7, 11), reason="忙", by=act("hui"))


def test_e48_a_closed_task_opens_again_while_the_process_waits_for_others(session, begun, open_tasks, at, act):
    key = begun(CLOSING)
    task = open_tasks(key)["ann"]
    at(end_of(4) + timedelta(minutes=1))
    assert set(open_tasks(key)) == {"sun"}

    extension = extensions.reopen(session, task.key, date(2025, 7, 11), reason="系统故障", by=act("hui"))
    opened = open_tasks(key)["ann"]
    tasks.complete(session, open_tasks(key)["sun"].key, by=act("sun"), variables={})
    waiting = set(open_tasks(key))
    tasks.complete(session, opened.key, by=act("ann"), variables={})

    assert (extension.reopened_key, opened.due_at) == (opened.key, end_of(11))
    assert waiting == {"ann"}
    assert set(open_tasks(key)) == {"hui"}
    assert task.state is TaskState.CANCELED


def test_e48_a_reopened_task_closes_again_at_its_new_deadline(session, begun, open_tasks, at, act):
    key = begun(CLOSING)
    task = open_tasks(key)["ann"]
    at(end_of(4) + timedelta(minutes=1))
    extensions.reopen(session, task.key, date(2025, 7, 7), reason="系统故障", by=act("hui"))

    at(end_of(7) + timedelta(minutes=1))

    assert set(open_tasks(key)) == {"sun"}


def test_e44_a_holiday_that_is_announced_late_lifts_the_mark_that_a_task_is_overdue(
    session, begun, open_tasks, at, act
):
    key = begun(OPEN)
    task = open_tasks(key)["ann"]
    at(end_of(8) + timedelta(minutes=1))
    late = escalations.of_tasks(session, [task.key])

    off = [date(2025, 7, day) for day in (2, 3, 4)]
    holidays.publish(session, extra_holidays=off, extra_workdays=[], note="台风停工", by=act("hui"))
    session.flush()
    while waiting := chores.due(session):
        for chore in waiting:
            chores.run(session, chore)
        session.flush()

    lifted = task.due_at > clock.now(session), escalations.of_tasks(session, [task.key])
    at(end_of(11) + timedelta(minutes=1))

    assert late == {task.key: ["sun"]}
    assert lifted == (True, {})
    assert escalations.of_tasks(session, [task.key]) == {task.key: ["sun"]}


def test_e48_a_closed_task_opens_again_in_place_of_the_one_that_followed(session, begun, open_tasks, at, act):
    key = begun(REFUSED)
    task = open_tasks(key)["ann"]
    at(end_of(4) + timedelta(minutes=1))
    assert set(open_tasks(key)) == {"hui"}

    extensions.reopen(session, task.key, date(2025, 7, 11), reason="住院", by=act("hui"))

    assert set(open_tasks(key)) == {"ann"}


def test_e48_what_has_gone_on_is_not_reopened(session, begun, open_tasks, at, act):
    key = begun(CLOSING)
    task = open_tasks(key)["ann"]
    at(end_of(4) + timedelta(minutes=1))
    tasks.complete(session, open_tasks(key)["sun"].key, by=act("sun"), variables={})

    with pytest.raises(Conflict, match="the process has gone on beyond join"):
        extensions.reopen(session, task.key, date(2025, 7, 11), reason="住院", by=act("hui"))

    tasks.complete(session, open_tasks(key)["hui"].key, by=act("hui"), variables={})
    assert session.get_one(ProcessInstance, key, populate_existing=True).state is InstanceState.COMPLETED


def test_e48_one_of_several_gets_more_time_and_the_step_closes_for_all_when_that_is_over(
    session, begun, open_tasks, at, act
):
    key = begun(SEVERAL)
    ann, sun = (open_tasks(key)[name] for name in ("ann", "sun"))

    extensions.extend(session, [ann.key], date(2025, 7, 11), reason="出差", by=act("hui"))
    extensions.extend(session, [sun.key], date(2025, 7, 7), reason="出差", by=act("hui"))

    assert (ann.due_at, sun.due_at) == (end_of(11), end_of(7))
    assert timers(session, key) == {"closed": end_of(11)}
    at(end_of(11) + timedelta(minutes=1))
    with pytest.raises(Conflict, match="done by several"):
        extensions.reopen(session, ann.key, date(2025, 7, 18), reason="出差", by=act("hui"))


def test_a_list_is_extended_for_all_or_for_none(session, begun, open_tasks, act):
    first, second = (open_tasks(begun(OPEN))["ann"] for _ in range(2))

    given = extensions.extend(session, [first.key, second.key], date(2025, 7, 11), reason="停电", by=act("hui"))

    assert len(given) == 2
    assert {first.due_at, second.due_at} == {end_of(11)}


@pytest.mark.parametrize("day", [date(2025, 7, 4), date(2025, 6, 1), date(2030, 1, 1)])
def test_a_deadline_is_only_extended_and_not_beyond_reason(session, begun, open_tasks, act, day):
    task = open_tasks(begun(OPEN))["ann"]

    with pytest.raises(Invalid):
        extensions.extend(session, [task.key], day, reason="x", by=act("hui"))

    assert task.due_at == end_of(4)


def test_only_hr_extends_and_says_why(session, begun, open_tasks, act):
    task = open_tasks(begun(OPEN))["ann"]

    with pytest.raises(Forbidden):
        extensions.extend(session, [task.key], date(2025, 7, 11), reason="x", by=act("ann"))
    with pytest.raises(Invalid):
        extensions.extend(session, [task.key], date(2025, 7, 11), reason=" ", by=act("hui"))
