"""Power cuts at any SQL statement: afterwards an instance is where it was, or where it was to go, with all its rows."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from company import deploy, now, pin
from databases import bound
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from ledger import discrepancies
from power import PowerCut, come_back, cut_before
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine import db, idempotency, worker
from engine.bpmn import instances, jobs, messages, signals, tasks
from engine.bpmn.jobs import Wanted
from engine.bpmn.messages import Publication
from engine.bpmn.models import Job, ProcessInstance, TaskState, UserTask
from engine.identity import SYSTEM

BEGINNING = datetime.fromisoformat("2026-01-31T09:00:00+08:00")

APPRAISAL = """
    start s
    user rate: each-of =[1, 2]; item rater
    boundary late on rate: duration P1D
    user remind
    exclusive k
    call c: calls interview
    job j: type archive
    catch m: message signed key =id
    end e
    s > rate > k > c > j > m > e
    late > remind > k
"""
INTERVIEW = "start s2\nuser talk\nend e2\ns2 > talk > e2"
CLOSING = "start s3\ncatch now: signal close\nend e3\ns3 > now > e3"

FOLLOWING = {"rate": "rate-2", "rate-2": "talk", "remind": "talk", "talk": "archive", "archive": "m", "m": "done"}
"""Where an instance can be, and where it is next: at `rate-2` one of two ratings is done."""
OPEN = {"rate": ["rate", "rate"], "rate-2": ["rate"], "remind": ["remind"], "talk": ["talk"]}

Act = Callable[[Session], object]
cuts = st.one_of(st.none(), st.integers(1, 40))


class PowerCuts(RuleBasedStateMachine):
    """A company of appraisals beside a model that knows stages and nothing of tokens or tables."""

    def __init__(self, opened: Callable[[ExitStack], None]) -> None:
        super().__init__()
        self._stack, self._numbers = ExitStack(), count(1)
        opened(self._stack)
        self.stages: dict[str, str] = {}
        self.due: dict[str, datetime] = {}
        self.kept: dict[str, datetime] = {}

    def teardown(self) -> None:
        self._stack.close()

    @initialize()
    def found(self) -> None:
        pin(BEGINNING)
        deploy(appraisal=APPRAISAL, interview=INTERVIEW, closing=CLOSING)

    # ---- what happens

    @rule(cut=cuts, process_id=st.sampled_from(["appraisal", "closing"]))
    def start(self, cut: int | None, process_id: str) -> None:
        name = f"i{next(self._numbers)}"
        origin = instances.Origin(business_id=name)
        begun = {"process_id": process_id, "variables": {"id": name}, "by": SYSTEM, "origin": origin}
        self._once(cut, lambda session: instances.start(session, **begun))
        self.stages[name] = "rate" if process_id == "appraisal" else "now"
        self.due[name] = now() + timedelta(days=1)

    @precondition(lambda self: self._open())
    @rule(cut=cuts, choice=st.integers(0, 99))
    def complete(self, cut: int | None, choice: int) -> None:
        open_ones = self._open()
        name, element = open_ones[choice % len(open_ones)]
        task = _task(name, element)
        self._once(cut, lambda session: tasks.complete(session, task, by=SYSTEM, variables={}))
        self.stages[name] = FOLLOWING[self.stages[name]]

    @precondition(lambda self: "archive" in self.stages.values())
    @rule(cut=cuts)
    def work(self, cut: int | None) -> None:
        name = next(name for name, stage in self.stages.items() if stage == "archive")
        job = _job(name)

        def do(session: Session) -> None:
            jobs.activate(session, Wanted("archive", 100, timedelta(minutes=5)), by=SYSTEM)
            jobs.complete(session, job, by=SYSTEM, variables={"archived": True})

        self._once(cut, do)
        self.stages[name] = "done" if self.kept.get(name, BEGINNING) > now() else "m"

    @precondition(lambda self: self.stages)
    @rule(cut=cuts, choice=st.integers(0, 99), kept=st.booleans())
    def publish(self, cut: int | None, choice: int, kept: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        name = list(self.stages)[choice % len(self.stages)]
        waits = self.stages[name] == "m"
        message = Publication("signed", name, {"x": 1}, timedelta(days=kept and not waits))
        self._once(cut, lambda session: messages.publish(session, message, by=SYSTEM))
        if waits:
            self.stages[name] = "done"
        elif kept:
            self.kept[name] = now() + timedelta(days=1)

    @rule(cut=cuts)
    def close(self, cut: int | None) -> None:
        self._once(cut, lambda session: signals.broadcast(session, "close", {}, by=SYSTEM))
        self.stages.update({name: "done" for name, stage in self.stages.items() if stage == "now"})

    @precondition(lambda self: self._running())
    @rule(cut=cuts, choice=st.integers(0, 99))
    def cancel(self, cut: int | None, choice: int) -> None:
        name = self._running()[choice % len(self._running())]
        with db.reading() as session:
            top = (ProcessInstance.business_id == name, ProcessInstance.parent_key.is_(None))
            key = session.scalars(select(ProcessInstance.key).where(*top)).one()
        self._once(cut, lambda session: instances.cancel(session, key, by=SYSTEM))
        self.stages[name] = "cancelled"

    @rule(cut=cuts, hours=st.integers(1, 30))
    def wait(self, cut: int | None, hours: int) -> None:
        pin(now() + timedelta(hours=hours))
        try:
            with _power(cut):
                worker.work_once()
        except PowerCut:
            come_back()
            with db.reading() as session:
                assert not list(discrepancies(session))
            worker.work_once()
        late = [name for name, due in self.due.items() if due <= now() and self.stages[name] in ("rate", "rate-2")]
        self.stages.update(dict.fromkeys(late, "remind"))

    # ---- what must hold

    @invariant()
    def everything_is_where_the_model_says(self) -> None:
        with db.reading() as session:
            assert not list(discrepancies(session))
            open_ones = select(ProcessInstance.business_id, UserTask.element_id).join_from(UserTask, ProcessInstance)
            found = session.execute(open_ones.where(UserTask.state == TaskState.CREATED)).all()
            waiting = select(ProcessInstance.business_id).join_from(Job, ProcessInstance).where(Job.ended_at.is_(None))
            working = session.scalars(waiting).all()
            states = select(ProcessInstance.business_id, ProcessInstance.state).where(
                ProcessInstance.parent_key.is_(None)
            )
            ended = {name: state.value for name, state in session.execute(states)}
        assert sorted(map(tuple, found)) == sorted(self._open())
        assert sorted(working) == sorted(name for name, stage in self.stages.items() if stage == "archive")
        words = {"done": "COMPLETED", "cancelled": "TERMINATED"}
        assert ended == {name: words.get(stage, "ACTIVE") for name, stage in self.stages.items()}

    def _open(self) -> list[tuple[str, str]]:
        return [(name, element) for name, stage in self.stages.items() for element in OPEN.get(stage, ())]

    def _running(self) -> list[str]:
        return [name for name, stage in self.stages.items() if stage not in ("done", "cancelled")]

    def _once(self, cut: int | None, act: Act) -> None:
        """Ask for something under an idempotency key; after a power cut, ask for it again under the same key."""
        key, before = f"k{next(self._numbers)}", _content()
        try:
            with _power(cut):
                _asked(key, act)
        except PowerCut:
            come_back()
            after = _content()
            assert after == before or _is_known(key)
            _asked(key, act)
            if after != before:
                assert _content() == after


def _power(cut: int | None) -> Any:
    return ExitStack() if cut is None else cut_before(cut)


def _asked(key: str, act: Act) -> None:
    """Do what a request with an idempotency key does."""
    fingerprint = hashlib.sha256(key.encode()).digest()
    with db.transaction() as session:
        if idempotency.claim(session, key, fingerprint, by="root") is None:
            act(session)
            idempotency.settle(session, key, idempotency.Answer(204, b"", ""), by="root")


def _is_known(key: str) -> bool:
    with db.reading() as session:
        return session.get(idempotency.IdempotencyRecord, ("root", key)) is not None


def _content() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the database; the numbers that processes are lent are no part of it."""
    tables = [table.name for table in db.Base.metadata.sorted_tables if table is not db.ProcessNumber.__table__]
    counted = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables)  # noqa: S608
    with db.reading() as session:
        return {
            name: sorted(map(repr, session.execute(text(f"SELECT * FROM {name}"))))  # noqa: S608 - our names
            for name in session.scalars(text(counted)).all()
        }


def _task(name: str, element: str) -> int:
    with db.reading() as session:
        mine = select(UserTask.key).join(ProcessInstance, ProcessInstance.key == UserTask.instance_key)
        mine = mine.where(ProcessInstance.business_id == name, UserTask.element_id == element)
        return session.scalars(mine.where(UserTask.state == TaskState.CREATED).order_by(UserTask.key)).first()


def _job(name: str) -> int:
    with db.reading() as session:
        mine = select(Job.key).join(ProcessInstance, ProcessInstance.key == Job.instance_key)
        return session.scalars(mine.where(ProcessInstance.business_id == name, Job.ended_at.is_(None))).one()


def play(opened: Callable[[ExitStack], None], *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        lambda: PowerCuts(opened),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def on_sqlite(sqlite_template: Path) -> Callable[[ExitStack], None]:
    """Return what binds a fresh SQLite file for one example."""

    def opened(stack: ExitStack) -> None:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copyfile(sqlite_template, directory / "crash.sqlite")
        stack.enter_context(bound(f"sqlite:///{directory / 'crash.sqlite'}", directory))

    return opened


@pytest.fixture
def on_postgresql(server: Any, postgresql_template: str) -> Iterator[Callable[[ExitStack], None]]:
    """Return what binds a fresh PostgreSQL database for one example."""
    numbers = count(1)

    def opened(stack: ExitStack) -> None:
        name = f"crash{next(numbers)}"
        server.create(name, postgresql_template)
        stack.callback(server.drop, name)
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(bound(server.url(name), directory))

    return opened


@pytest.mark.long
def test_a_power_cut_leaves_every_instance_before_or_after_its_step(on_sqlite):
    play(on_sqlite, examples=30, steps=25)


@pytest.mark.long
def test_a_cut_connection_to_postgresql_leaves_every_instance_before_or_after_its_step(on_postgresql):
    play(on_postgresql, examples=12, steps=20)


def test_some_power_cuts_leave_every_instance_before_or_after_its_step(on_sqlite):
    play(on_sqlite, examples=5, steps=20)
