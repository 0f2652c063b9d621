"""What starts processes: times, signals, conditions and messages of their start events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from company import ANN, BOB, complete, deploy, later, now, pin, start, state, variables
from sqlalchemy import select

from engine import db, worker
from engine.bpmn import instances, messages, operations, signals, starts, tasks
from engine.bpmn.messages import Publication
from engine.bpmn.models import ProcessInstance, StartTimer, TaskState, UserTask
from engine.errors import Forbidden, Invalid, NotFound
from engine.identity import SYSTEM, Identity

pytestmark = pytest.mark.usefixtures("database")

MORNING = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)
"""Nine o'clock in Shanghai."""


@operations.operation("reviewflow.test-begin")
def _begin(call: operations.Call) -> dict[str, Any]:
    raise Invalid("Expected to begin, but nothing is ready")


def running() -> list[str]:
    """Return the element each running instance waits at, the oldest instance first."""
    return [f"{task.process_version} {task.element_id}" for task in open_ones()]


def open_ones() -> list[UserTask]:
    with db.reading() as session:
        found = session.scalars(select(UserTask).where(UserTask.state == TaskState.CREATED).order_by(UserTask.key))
        return list(found)


def content(key: int) -> dict[str, Any]:
    with db.reading() as session:
        return instances.variables(session, key)


def finish(task: UserTask, by: Identity = ANN) -> None:
    with db.transaction() as session:
        tasks.complete(session, task.key, by=by, variables={})


def timer() -> StartTimer | None:
    with db.reading() as session:
        return session.scalars(select(StartTimer)).first()


def publish(name: str, key: str = "", keep: float = 0, **content: Any) -> None:
    with db.transaction() as session:
        messages.publish(session, Publication(name, key, content, timedelta(seconds=keep)), by=SYSTEM)


# ---- times


@pytest.mark.parametrize(
    ("time", "first", "then"),
    [
        ("date 2026-02-10", timedelta(days=10, hours=15), None),
        ("date 2026-02-10T09:00:00[Europe/Berlin]", timedelta(days=10, hours=7), None),
        ('date =date and time("2026-02-01T09:00:00@Asia/Shanghai")', timedelta(days=1), None),
        ("date 2025-12-31", timedelta(), None),
        ("duration P1M", timedelta(days=28), None),
        ("cycle R/P1M", timedelta(days=28), timedelta(days=31)),
        ("cycle R2/2026-02-02T09:00:00/P1D", timedelta(days=2), timedelta(days=1)),
        ("cycle R1/PT1H", timedelta(hours=1), None),
    ],
)
def test_a_time_starts_a_process_when_it_comes_and_as_often_as_it_says(
    time: str, first: timedelta, then: timedelta | None
) -> None:
    pin(MORNING)
    deploy(f"start s: {time}\nuser u\ns > u")

    if first:
        assert later(seconds=first.total_seconds() - 1) == 0
    assert later(seconds=1 if first else 0) == 1

    assert running() == ["1 u"]
    if then is None:
        assert (later(days=400), timer()) == (0, None)
    else:
        assert (later(seconds=then.total_seconds() - 1), later(seconds=1)) == (0, 1)


def test_a_cycle_keeps_one_row_and_starts_once_for_the_periods_that_nobody_saw() -> None:
    pin(MORNING)
    deploy("start s: cycle R/P1D\nuser u\ns > u")

    assert [later(days=1), later(days=30), later(hours=23), later(hours=1)] == [1, 1, 0, 1]

    assert running() == ["1 u"] * 3
    found = timer()
    assert found is not None
    assert found.due_at == MORNING + timedelta(days=33)
    assert len(str(found.schedule)) < 120


def test_only_the_latest_version_is_armed() -> None:
    pin(MORNING)
    deploy("start s: cycle R/P1D\nstart g: signal go\nuser u\ns > u\ng > u")
    later(hours=12)

    deploy("start s: cycle R/P2D\nuser v\ns > v")
    assert later(days=1) == 0
    assert later(days=1) == 1
    with db.transaction() as session:
        assert signals.broadcast(session, "go", {}, by=SYSTEM) == 0

    assert running() == ["2 v"]


def test_the_same_content_again_leaves_a_cycle_as_it_is() -> None:
    pin(MORNING)
    text = "start s: cycle R/P1D\nuser u\ns > u"
    deploy(text)
    later(hours=12)

    deploy(text)

    assert later(hours=12) == 1


def test_a_time_that_cannot_be_told_without_variables_is_refused_at_deployment() -> None:
    with pytest.raises(Invalid) as refusal:
        deploy("start s: duration =wait\nend e\ns > e")

    assert [(problem.code, problem.where) for problem in refusal.value.problems] == [("bad-time", "p.bpmn#s")]


def test_a_start_that_fails_is_tried_again_then_seen_and_the_next_period_comes() -> None:
    pin(MORNING)
    deploy("start s: cycle R/P1D\njob j: type reviewflow.test-begin\ns > j")

    for minutes in (24 * 60, 1, 1):
        later_by_worker(minutes)

    found = timer()
    assert found is not None
    assert found.failure is not None
    assert "nothing is ready" in found.failure
    assert (found.failures, found.due_at) == (0, MORNING + timedelta(days=2))
    with db.reading() as session:
        assert session.scalars(select(ProcessInstance)).all() == []


def test_a_single_start_that_failed_for_good_stays_to_be_seen() -> None:
    pin(MORNING)
    deploy("start s: duration PT1H\njob j: type reviewflow.test-begin\ns > j")

    for minutes in (60, 1, 1, 9999):
        later_by_worker(minutes)

    found = timer()
    assert found is not None
    assert (found.due_at, found.failure is None) == (None, False)


def later_by_worker(minutes: float) -> None:
    pin(now() + timedelta(minutes=minutes))
    worker.work_once()


# ---- signals, conditions


def test_a_signal_starts_every_process_that_begins_with_it_and_wakes_those_that_wait() -> None:
    deploy(
        "start s: signal go\nuser u\ns > u",
        q="start s\nstart t: signal go\ncatch c: signal go\nuser v\ns > c > v\nt > v",
    )

    with db.transaction() as session:
        assert signals.broadcast(session, "go", {"x": 1}, by=SYSTEM) == 2

    assert sorted(running()) == ["1 u", "1 v"]


def test_a_signal_thrown_in_a_process_starts_another() -> None:
    deploy("start s: message m\nend e: signal go; in x = 7\ns > e", q="start s: signal go\nuser u\ns > u")

    publish("m")

    assert running() == ["1 u"]
    with db.reading() as session:
        instance = session.scalars(select(ProcessInstance).where(ProcessInstance.process_id == "q")).one()
    assert content(instance.key) == {"x": 7}


def test_conditions_start_the_processes_for_which_they_hold() -> None:
    deploy("start s: condition score < 60\nuser u\ns > u", q="start s: condition score >= 60\nuser v\ns > v")

    with db.transaction() as session:
        started = starts.evaluate(session, {"score": 59}, by=SYSTEM)

    assert running() == ["1 u"]
    assert [variables(instance) for instance in started] == [{"score": 59}]


def test_who_asks_for_conditions_must_be_an_operator_and_name_what_there_is() -> None:
    with db.transaction() as session:
        with pytest.raises(Forbidden):
            starts.evaluate(session, {}, by=ANN)
        with pytest.raises(NotFound):
            starts.evaluate(session, {}, by=SYSTEM, definition_key=1)


# ---- messages


@pytest.mark.parametrize("opening", ["receive r: message lodged; instantiates", "start r: message lodged"])
def test_while_one_runs_a_second_message_with_its_key_waits_for_its_end(opening: str) -> None:
    deploy(f"{opening}\nuser u: assignee ann\nr > u")

    for number in (1, 2, 3):
        publish("lodged", "r1", keep=3600, n=number)
    publish("lodged", "r2")
    assert running() == ["1 u", "1 u"]

    for number in (1, 2, 3):
        task = next(task for task in open_ones() if content(task.instance_key).get("n"))
        assert content(task.instance_key) == {"n": number}
        finish(task)

    assert running() == ["1 u"]


def test_a_message_that_may_not_start_a_second_one_is_not_kept_without_a_time_to_live() -> None:
    deploy("start s: message lodged\nuser u: assignee ann\ns > u")
    publish("lodged", "r1")

    with pytest.raises(NotFound), db.transaction() as session:
        messages.correlate(session, Publication("lodged", "r1"), by=SYSTEM)
    complete("u")

    assert running() == []


def test_messages_without_a_key_start_an_instance_each() -> None:
    deploy("start s: message lodged\nuser u: assignee ann\ns > u")

    publish("lodged")
    publish("lodged")

    assert running() == ["1 u", "1 u"]


def test_one_that_waits_takes_the_message_and_no_second_one_starts() -> None:
    deploy("start s: message go\nuser u: assignee ann\ncatch c: message go key =about\nuser v\ns > u > c > v")
    publish("go", "k", about="k")
    complete("u")

    publish("go", "k")

    assert running() == ["1 v"]


def test_a_message_sent_before_anybody_waits_is_kept_for_an_hour() -> None:
    text = "start s\nuser u: assignee ann\ncatch c: message go\nuser v\ns > u > c > v"
    deploy("start s: message m\nend e: message go\ns > e", q=text)

    for minutes, waiting in ((59, ["1 v"]), (61, ["1 v"])):
        publish("m")
        start_q()
        later(minutes=minutes)
        complete("u")
        assert running() == waiting


def start_q() -> None:
    start("q")


def test_those_in_one_conversation_answer_each_other() -> None:
    asks = "start s\nthrow t: message ask; in who = who\ncatch c: message answer\nuser done\ns > t > c > done"
    answers = "start s: message ask\nuser think: assignee =who\nthrow t: message answer\ns > think > t"
    deploy(asks, q=answers)
    first, second = start(who="ann"), start(who="bob")
    finish(next(task for task in open_ones() if task.assignee == "bob"), by=BOB)

    assert [task.instance_key for task in open_ones() if task.element_id == "done"] == [second.key]
    assert state(first) == "ACTIVE"
