import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from engine import clock, db, idempotency, worker
from engine.bpmn import chores, deployments, instances, operations
from engine.bpmn.models import IncidentRecord, InstanceState, Message, ProcessInstance, Timer
from engine.identity import SYSTEM, Account
from engine.settings import ROOT

WAITING = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">
  <bpmn:process id="waiting" isExecutable="true">
    <bpmn:startEvent id="begin"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="hour"/>
    <bpmn:intermediateCatchEvent id="hour">
      <bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f2" sourceRef="hour" targetRef="done"/>
    <bpmn:serviceTask id="done">
      <bpmn:extensionElements><zeebe:taskDefinition type="reviewflow.test-done"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="f3" sourceRef="done" targetRef="finish"/>
    <bpmn:endEvent id="finish"/>
  </bpmn:process>
</bpmn:definitions>
"""

SECONDS = 10.0


@operations.operation("reviewflow.test-done")
def done(call: operations.Call) -> dict[str, object]:
    if call.variables.get("broken"):
        raise KeyError("the wrong drawer")
    return {}


@chores.chore("test-open-account")
def open_account(session: Session, *, username: str) -> None:
    session.add(Account(username=username, password_hash=None))


@chores.chore("test-break")
def break_down(session: Session, *, username: str) -> None:
    open_account(session, username=username)
    session.flush()
    raise OSError("the mail server is away")


@contextmanager
def in_the_background() -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    yield stop
    stop.set()
    thread.join(timeout=SECONDS)
    assert not thread.is_alive()


@pytest.fixture
def working(database: db.Database) -> Iterator[threading.Event]:
    with in_the_background() as stop:
        yield stop


@pytest.fixture
def working_postgresql(postgresql_database: db.Database) -> Iterator[threading.Event]:
    with in_the_background() as stop:
        yield stop


def start(**variables: object) -> int:
    with db.transaction() as session:
        deployments.deploy(
            session, deployments.read([deployments.Resource("waiting.bpmn", WAITING.encode())], by=SYSTEM), by=SYSTEM
        )
        return instances.start(session, process_id="waiting", variables=variables, by=SYSTEM).key


def move_clock(by: timedelta) -> None:
    with db.transaction() as session:
        clock.pin(session, clock.now(session) + by)


def state(key: int) -> InstanceState:
    with db.reading() as session:
        return session.get_one(ProcessInstance, key).state


def accounts() -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Account.username).order_by(Account.username)))


def eventually(holds: Callable[[], bool], within: float = SECONDS) -> None:
    """Wait until something holds."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within, "it never held"
        time.sleep(0.02)


def test_a_timer_fires_once_the_clock_is_moved(working: threading.Event) -> None:
    key = start()

    move_clock(timedelta(hours=2))

    eventually(lambda: state(key) is InstanceState.COMPLETED)


def test_a_timer_that_is_not_due_waits(database: db.Database) -> None:
    key = start()
    move_clock(timedelta(minutes=59))

    woken = worker.work_once()

    assert (woken, state(key)) == (0, InstanceState.ACTIVE)


def test_a_failing_timer_stops_no_other_and_becomes_an_incident(
    database: db.Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = start(broken=True), start()

    for _ in range(3):
        move_clock(timedelta(hours=1, seconds=1))
        worker.work_once()

    assert (state(broken), state(sound)) == (InstanceState.ACTIVE, InstanceState.COMPLETED)
    with db.reading() as session:
        incident = session.scalars(select(IncidentRecord)).one()
        assert (incident.instance_key, "wrong drawer" in incident.message) == (broken, True)
    assert [record.levelname for record in caplog.records if "hour" in record.message] == ["WARNING"] * 3


def test_expired_messages_are_swept(working: threading.Event) -> None:
    with db.transaction() as session:
        now = clock.now(session)
        session.add(Message(key=1, name="m", correlation_key="", message_id=None, variables=b"{}", expires_at=now))

    worker.expire_messages()

    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_answers_kept_for_requests_that_are_sent_again_are_swept_after_a_month(database: db.Database) -> None:
    for username, age in (("ann", 31), ("bob", 29)):
        with db.transaction() as session:
            idempotency.claim(session, "k1", b"", by=username)
            record = session.get_one(idempotency.IdempotencyRecord, (username, "k1"))
            record.created_at = clock.now(session) - timedelta(days=age)

    worker.forget_answers()

    with db.reading() as session:
        assert session.scalars(select(idempotency.IdempotencyRecord.username)).all() == ["bob"]


def test_a_chore_is_done_after_its_transaction(working: threading.Event) -> None:
    with db.transaction() as session:
        chores.defer(session, "test-open-account", {"username": "ann"})
        session.flush()
        assert session.get(Account, "ann") is None

    eventually(lambda: accounts() == ["ann"])


def test_a_chore_of_an_undone_transaction_is_never_done(database: db.Database) -> None:
    with db.transaction() as session:
        chores.defer(session, "test-open-account", {"username": "ann"})
        session.rollback()

    assert worker.work_once() == 0


def test_a_chore_for_later_waits_for_the_clock(working: threading.Event) -> None:
    with db.transaction() as session:
        later = clock.now(session) + timedelta(days=30)
        chores.defer(session, "test-open-account", {"username": "ann"}, run_at=later)
        assert chores.due(session) == []

    move_clock(timedelta(days=31))

    eventually(lambda: accounts() == ["ann"])


def test_an_unknown_chore_is_refused_where_it_is_deferred(database: db.Database) -> None:
    with db.transaction() as session, pytest.raises(KeyError):
        chores.defer(session, "test-nothing", {})


def test_a_failing_chore_leaves_no_trace_but_its_reason_and_is_kept(
    sqlite_database: db.Database, caplog: pytest.LogCaptureFixture
) -> None:
    with db.transaction() as session:
        chores.defer(session, "test-break", {"username": "ann"})

    for _ in range(chores.ATTEMPTS + 2):
        worker.work_once()
        move_clock(timedelta(days=1))

    with db.reading() as session:
        kept = session.scalars(select(chores.DeferredChore)).one()
        assert (kept.attempts, kept.error) == (chores.ATTEMPTS, "the mail server is away")
    assert accounts() == []
    assert len(caplog.records) == chores.ATTEMPTS


def test_a_failing_chore_is_tried_again_by_procrastinate(
    postgresql_database: db.Database, working_postgresql: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    with db.transaction() as session:
        chores.defer(session, "test-break", {"username": "ann"})

    def tried() -> list[tuple[str, int, bool]]:
        query = "SELECT status::text, attempts, scheduled_at > now() + interval '5 s' FROM procrastinate_jobs"
        with db.reading() as session:
            return [tuple(row) for row in session.execute(text(query))]

    eventually(lambda: tried() == [("todo", 1, True)])
    assert accounts() == []


def test_a_chore_that_procrastinate_tried_for_the_last_time_is_kept_and_can_be_retried(
    postgresql_database: db.Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr(chores, "ATTEMPTS", 1)

    def kept() -> list[tuple[str, str | None]]:
        with db.reading() as session:
            return [(chore.name, chore.error) for chore in chores.failed(session)]

    with in_the_background():
        with db.transaction() as session:
            chores.defer(session, "test-break", {"username": "ann"})
        eventually(lambda: kept() == [("test-break", "the mail server is away")])

    with db.transaction() as session:
        (failed,) = chores.failed(session)
        chores.retry(session, failed.key, by=SYSTEM)
    with db.reading() as session:
        assert chores.due(session) == [failed.key]
    assert accounts() == []


def test_workers_share_the_timers_and_do_none_twice(postgresql_database: db.Database) -> None:
    keys = [start() for _ in range(20)]
    move_clock(timedelta(hours=2))

    hands = [threading.Thread(target=worker.work_once) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert {state(key) for key in keys} == {InstanceState.COMPLETED}
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Timer)) == 0
        fired = text("SELECT count(*) FROM history WHERE event = 'TIMER_FIRED'")
        assert session.scalar(fired) == len(keys)


def test_a_worker_alone_stops_on_a_signal(database: db.Database) -> None:
    environment = {**os.environ, "REVIEWFLOW_DATABASE_URL": database.settings.database_url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from engine.cli import main; main()", "work"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "Working\n"

        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=SECONDS) == 0
