"""Measure the executor's CPU and an instance's bytes, and whether either grows with what is already finished."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, select, text

from bench import review
from engine import calendars, db, exact_json, feel, migrations, settings
from engine.bpmn import definitions, spiff
from engine.bpmn.models import ProcessInstance, UserTask
from engine.bpmn.net import Execution, Net
from engine.bpmn.net.effects import TaskOpened
from tests.support import postgres

REVIEWS = 200
RETURNS = (10, 1_000, 10_000)
INSTANCES = 2_000
MEASURED, PORTION = 200, 20
ENVIRONMENT = feel.Environment(
    now=datetime(2026, 1, 31, tzinfo=UTC), zone=calendars.HOME_ZONE, calendar=calendars.CHINA
)
"""What an instance of a cycle knows of time: deadlines go by the Chinese working calendar."""

CPU_GOAL = 0.1
"""Milliseconds of CPU that a completion may cost the executor, with load and save."""
STATE_GOAL, LOOP_GOAL, ROWS_GOAL = 1_000, 10_000, 5_000
"""Bytes that an open review's state, the state of a loop, and an open review's rows may have."""

RETURN_LOOP = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="h"/><bpmn:userTask id="u"/>
<bpmn:exclusiveGateway id="g" default="f4"/><bpmn:endEvent id="e"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="h"/><bpmn:sequenceFlow id="f2" sourceRef="h" targetRef="u"/>
<bpmn:sequenceFlow id="f3" sourceRef="u" targetRef="g"/><bpmn:sequenceFlow id="f4" sourceRef="g" targetRef="e"/>
<bpmn:sequenceFlow id="f5" sourceRef="g" targetRef="h"><bpmn:conditionExpression>again</bpmn:conditionExpression>
</bpmn:sequenceFlow></bpmn:process></bpmn:definitions>"""
MANY = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s"/><bpmn:userTask id="u">
<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2000</bpmn:loopCardinality>
</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask><bpmn:endEvent id="e"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="u"/><bpmn:sequenceFlow id="f2" sourceRef="u" targetRef="e"/>
</bpmn:process></bpmn:definitions>"""


def main() -> None:
    """Print what was measured beside its goal, and the floor: the state read and written.

    CPU times are the median of the best portion, because whoever shares the machine slows the others down.
    """
    print(f"{'what':<50} {'measured':>10} {'goal':>9} {'floor':>9} {'ratio':>6}")
    returns()
    many()
    reviews()


def returns() -> None:
    """Measure completions in a loop after some have been done."""
    playing = Playing(_net(RETURN_LOOP))
    for number in RETURNS:
        while playing.done < number:
            playing.complete({"again": True})
        playing.measure(f"loop, after {number} returns", {"again": True}, CPU_GOAL)
    _line("loop, bytes of state", len(playing.blob), LOOP_GOAL)


def many() -> None:
    """Measure completions at the beginning, in the middle and at the end of many instances: the cost must not grow."""
    playing, goal = Playing(_net(MANY)), None
    for number in (0, INSTANCES // 2, INSTANCES - 2 * MEASURED):
        while playing.done < number:
            playing.complete({})
        cost = playing.measure(f"multi-instance, after {number} of {INSTANCES}", {}, goal)
        goal = goal or 1.2 * cost


def reviews() -> None:
    """Measure open reviews: their state, their rows, and the executor's share of a completion."""
    review.MEASURED, review.PEOPLE = REVIEWS, REVIEWS + review.BATCH
    with tempfile.TemporaryDirectory() as directory:
        _on("SQLite", f"sqlite:///{directory}/bench.sqlite", Path(directory))
    try:
        with tempfile.TemporaryDirectory() as directory, postgres.running() as server:
            server.create("bench")
            _on("PostgreSQL", server.url("bench"), Path(directory))
    except postgres.Unavailable as reason:
        print(f"Not measured on PostgreSQL: {reason}")


def _on(name: str, url: str, directory: Path) -> None:
    database = db.bind(settings.load({"REVIEWFLOW_DATABASE_URL": url}, directory=directory))
    migrations.upgrade(database)
    cycle = review.company()
    before = _bytes()
    for _ in range(REVIEWS // review.BATCH):
        review.begin(cycle)
    _line(f"review, bytes of rows after the start, {name}", (_bytes() - before) / REVIEWS, ROWS_GOAL)
    if database.sqlite:
        _measure_review()
    db.unbind()


def _measure_review() -> None:
    with db.reading() as session:
        blobs = session.scalars(select(ProcessInstance.state_blob)).all()
        task = session.scalars(select(UserTask).where(UserTask.element_id == "draft_targets")).first()
        assert task
        net = definitions.net(session, task.definition_key)
        stored = select(ProcessInstance.state_blob).where(ProcessInstance.key == task.instance_key)
        blob = session.scalars(stored).one()
    _line("review, largest state in bytes", max(map(len, blobs)), STATE_GOAL)
    times, floor = [], []
    for _ in range(10 * MEASURED):
        floor.append(_cpu(lambda: exact_json.dumps(exact_json.loads(blob))))
        times.append(_cpu(lambda: _completed(net, blob, task.token, {})))
    _line("review, CPU ms of a completion", _best(times), CPU_GOAL, _best(floor))


class Playing:
    """An instance that is loaded and saved with every completion of one of its tasks."""

    def __init__(self, net: Net) -> None:
        self._net = net
        execution = Execution.start(net, {}, ENVIRONMENT)
        execution.run()
        self._tokens = list(_opened(execution))
        self.blob = execution.dump()
        self.done = 0

    def complete(self, variables: dict[str, object]) -> None:
        """Complete the first open task."""
        self.blob, opened = _completed(self._net, self.blob, self._tokens.pop(0), variables)
        self._tokens += opened
        self.done += 1

    def measure(self, what: str, variables: dict[str, object], goal: float | None) -> float:
        """Complete some; print and return what one costs."""
        times, floor = [], []
        for _ in range(MEASURED):
            lines = self.blob.split(b"\n")
            floor.append(_cpu(lambda lines=lines: exact_json.dumps(exact_json.loads(lines[0]))))
            times.append(_cpu(lambda: self.complete(variables)))
        _line(f"{what}, CPU ms", _best(times), goal, _best(floor))
        return _best(times)


def _completed(net: Net, blob: bytes, token: int, variables: dict[str, object]) -> tuple[bytes, list[int]]:
    execution = Execution.load(net, blob, ENVIRONMENT)
    execution.complete(token, variables)
    execution.run()
    return execution.dump(), list(_opened(execution))


def _opened(execution: Execution) -> Iterator[int]:
    return (effect.token for effect in execution.take_effects() if isinstance(effect, TaskOpened))


def _net(content: str) -> Net:
    return spiff.compile_bpmn(content.encode(), "bench.bpmn")[0]


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time_ns()
    work()
    return (time.process_time_ns() - begun) / 1e6


def _best(times: list[float]) -> float:
    return min(median(times[first : first + PORTION]) for first in range(0, len(times), PORTION))


def _bytes() -> float:
    """Return the bytes of all tables and indexes, pages that are half full included."""
    with db.bound().pool.connect() as connection:
        if db.bound().sqlite:
            return _scalar(connection, "SELECT SUM(pgsize) FROM dbstat")
        tables = "SELECT SUM(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname !~ '^(pg|sql)_'"
        return _scalar(connection, tables)


def _scalar(connection: Connection, query: str) -> float:
    return float(connection.execute(text(query)).scalar_one())


def _line(what: str, measured: float, goal: float | None, floor: float | None = None) -> None:
    told = f"{floor:>9.3f} {measured / floor:>6.1f}" if floor else ""
    kept = goal is None or measured <= goal
    print(f"{what:<50} {measured:>10.3f} {goal or 0:>9.5g} {told}  {'' if kept else 'missed'}".rstrip())


if __name__ == "__main__":
    main()
