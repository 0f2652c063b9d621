"""Play the table of BPMN's elements: what happens to a diagram, and the trace that the standard demands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from company import now, pin
from diagrams import bpmn
from ledger import discrepancies
from rows import Row, Step
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import db, exact_json, feel, worker
from engine.bpmn import deployments, incidents, instances, jobs, messages, operations, signals, tasks
from engine.bpmn.deployments import Resource
from engine.bpmn.incidents import open_ones
from engine.bpmn.instances import ZONE, Origin
from engine.bpmn.jobs import Failure, Thrown, Wanted
from engine.bpmn.models import HistoryRow, Job, ProcessInstance, TaskState, UserTask
from engine.bpmn.net import BUDGET, BudgetExceeded, Execution, codec, timers
from engine.errors import Incident, Invalid, Refusal
from engine.identity import SYSTEM

BEGINNING = datetime(2026, 1, 31, 9, tzinfo=ZoneInfo(ZONE))
"""When each row begins: the last day of a month."""

DECISION = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
  <decision id="double" name="double"><variable name="double"/>
    <informationRequirement id="r"><requiredInput href="#n"/></informationRequirement>
    <literalExpression id="l"><text>2 * n</text></literalExpression></decision>
  <inputData id="n" name="n"><variable name="n" typeRef="number"/></inputData></definitions>"""


@operations.operation("reviewflow.test-give")
def _give(call: operations.Call) -> dict[str, Any]:
    """Set the variable `given` to what the task sees as `give`."""
    return {"given": call.variables.get("give")}


@operations.operation("reviewflow.test-throw")
def _throw(call: operations.Call) -> dict[str, Any]:
    """Throw the BPMN error whose code the task sees as `code`."""
    raise operations.BpmnError(str(call.variables["code"]))


class Differs(AssertionError):  # noqa: N818 - it says what happened
    """The engine does something else than the table says."""


def _values(text: str) -> dict[str, Any]:
    """Read variables: the inside of a FEEL context."""
    found = feel.to_json(feel.compile(f"{{{text}}}").evaluate({}))
    assert isinstance(found, dict)
    return found


def _option(text: str, word: str) -> tuple[str, str]:
    """Split off what follows a word such as `with`."""
    before, _, after = f" {text}".partition(f" {word} ")
    return before.strip(), after.strip()


def play(row: Row) -> None:
    """Play a row on the bound database, which it empties first.

    The instance is saved and loaded between every two steps, and every two moves of a token.

    Raises:
        Differs: it does not do what the row says.
    """
    if begin(row):
        follow(row.steps)
        finish(row)


def begin(row: Row) -> bool:
    """Deploy a row on an emptied database; say whether it is to be played, not being refused as it should be."""
    _wipe()
    pin(BEGINNING)
    return _deploy(row)


def follow(steps: Sequence[Step]) -> None:
    """Let one thing after the other happen.

    Raises:
        Differs: one does not do what it should.
    """
    with restless():
        for step in steps:
            _check(step, _happens(step))


def failure(row: Row) -> str:
    """Play a row; return what it does otherwise than it says, or nothing."""
    try:
        play(row)
    except (AssertionError, Refusal, feel.FeelError, LookupError, TypeError, ValueError) as error:
        return f"{error}" if isinstance(error, Differs) else f"{type(error).__name__}: {error}"
    return ""


def _wipe() -> None:
    """Empty the database: cheaper than a new one for each row."""
    with db.transaction() as session:
        for table in reversed(db.Base.metadata.sorted_tables):
            if table is not db.ProcessNumber.__table__:
                session.execute(delete(table))


def _deploy(row: Row) -> bool:
    files = [Resource(f"{name}.bpmn", bpmn(text, name)) for name, text in row.diagrams.items()]
    files += [Resource("double.dmn", DECISION)] if "decides" in "".join(row.diagrams.values()) else []
    try:
        with db.transaction() as session:
            deployments.deploy(session, deployments.read(files, by=SYSTEM), by=SYSTEM)
    except Invalid as refusal:
        found = {f"{problem.code} at {problem.where.partition('#')[2]}" for problem in refusal.problems}
        _expect(row.findings, found, "findings")
        return False
    _expect(row.findings, set(), "findings")
    return True


def _happens(step: Step) -> list[str]:
    """Let a step happen; return the trace it left, or how it was refused."""
    before, stuck = _told(), _incidents()
    try:
        _VERBS[step.verb](step.rest)
    except Incident as failure:
        found = ["fails", "at", str(failure.element_id)]
    except Refusal as refusal:
        found = ["refused", type(refusal).__name__]
    else:
        found = []
    db.bound().compiled.clear()
    with db.reading() as session:
        wrong = list(discrepancies(session))
    if wrong:
        raise Differs(f"{step.line}\n      {wrong}")
    told = _told()
    trace = [one for key, entries in told.items() for one in entries[len(before.get(key, ())) :]]
    return [*found, *shortened(trace), *(f"?{place}" for key, place in _incidents().items() if key not in stuck)]


def shortened(trace: list[tuple[int, str, str, int]]) -> list[str]:
    """Return a trace in the table's words: `a` came and went, `+a` came, `-a` went completed, `!a` terminated."""
    ends = {(key, token) for key, _, what, token in trace if what == "completed"}
    begins = {(key, token) for key, _, what, token in trace if what == "entered"}
    words = []
    for key, element, what, token in trace:
        through = (key, token) in ends & begins
        if through and what == "completed":
            continue
        sign = "" if through else {"entered": "+", "completed": "-", "terminated": "!"}[what]
        words.append(f"{sign}{element}")
    return words


def _told() -> dict[int, list[tuple[int, str, str, int]]]:
    """Return what the history tells of the tokens of each instance, but for the process itself."""
    query = select(ProcessInstance.key, ProcessInstance.process_id, HistoryRow.details)
    query = query.join(HistoryRow, HistoryRow.instance_key == ProcessInstance.key)
    found: dict[int, list[tuple[int, str, str, int]]] = {}
    with db.reading() as session:
        for key, process_id, details in session.execute(query.order_by(HistoryRow.instance_key, HistoryRow.sequence)):
            trace = exact_json.loads(details).get("trace", ())
            found.setdefault(key, []).extend((key, *one) for one in trace if one[0] != process_id)
    return found


def _incidents() -> dict[int, str]:
    """Return the elements at which instances cannot go on, by incident."""
    with db.reading() as session:
        return {incident.key: incident.element_id for incident in open_ones(session)}


def _check(step: Step, found: list[str]) -> None:
    wanted: Counter[str] = Counter()
    for word in step.expected:
        name, _, times = word.partition("*")
        wanted[name] += int(times or 1)
    if wanted != Counter(found):
        raise Differs(f"{step.line}\n      found {' '.join(found) or 'nothing'}")


def finish(row: Row) -> None:
    """Compare how it ended.

    Raises:
        Differs: it should have ended in another way.
    """
    assert row.ending
    state, variables = row.ending
    with db.reading() as session:
        mine = select(ProcessInstance).where(ProcessInstance.process_id == "p").order_by(ProcessInstance.key)
        found = session.scalars(mine).all()
        if not found:
            raise Differs("no instance was started")
        _expect({state}, {instance.state.value for instance in found}, "state")
        _expect(_values(variables), instances.variables(session, found[0].key), "variables")


def _expect(wanted: object, found: object, what: str) -> None:
    if wanted != found:
        raise Differs(f"{what} {wanted!r}\n      found {found!r}")


@contextmanager
def restless() -> Iterator[None]:
    """Let every execution be saved and loaded after every move of a token."""
    run = Execution.run

    def run_saved(execution: Execution, budget: int = BUDGET, **how: bool) -> bool:
        for _ in range(budget):
            try:
                return run(execution, 1, **how)
            except BudgetExceeded:
                state, effects = execution._state, execution.take_effects()
                execution._state = codec.load(state.net, execution.dump(), state.environment)
                execution._state.effects = effects
        return run(execution, 0, **how)

    Execution.run = run_saved  # type: ignore[method-assign]
    try:
        yield
    finally:
        Execution.run = run  # type: ignore[method-assign]


# ---- what can happen


def _start(rest: str) -> None:
    given, at = _option(rest, "beginning")
    with db.transaction() as session:
        origin = Origin(start_event=at or None)
        instances.start(session, process_id="p", variables=_values(given), by=SYSTEM, origin=origin)


def _complete(rest: str) -> None:
    rest, given = _option(rest, "with")
    element, where = _option(rest, "where")
    with db.reading() as session:
        found = session.scalars(select(UserTask).where(UserTask.element_id == element).order_by(UserTask.key)).all()
        still = [task for task in found if task.state is TaskState.CREATED]
        chosen = [task for task in still if _sees(session, task, _values(where))] or found[-1:]
    if not chosen:
        raise Differs(f"complete {element}: there is no such task")
    with db.transaction() as session:
        tasks.complete(session, chosen[0].key, by=SYSTEM, variables=_values(given))


def _sees(session: Session, task: UserTask, wanted: dict[str, Any]) -> bool:
    if not wanted:
        return True
    seen = instances.variables(session, task.instance_key, task.token)
    return all(seen.get(name) == value for name, value in wanted.items())


def _message(rest: str) -> None:
    rest, given = _option(rest, "with")
    rest, kept = _option(rest, "kept")
    name, key = _option(rest, "key")
    time_to_live = timers.parse_duration(kept).longest if kept else timedelta(0)
    with db.transaction() as session:
        message = messages.Publication(name, key, _values(given), time_to_live)
        messages.publish(session, message, by=SYSTEM)


def _signal(rest: str) -> None:
    name, given = _option(rest, "with")
    with db.transaction() as session:
        signals.broadcast(session, name, _values(given), by=SYSTEM)


def _job(rest: str) -> None:
    element, given = _option(rest, "with")
    with db.transaction() as session:
        jobs.complete(session, _taken(session, element), by=SYSTEM, variables=_values(given))


def _throws(rest: str) -> None:
    element, code = rest.split()
    with db.transaction() as session:
        jobs.throw(session, _taken(session, element), Thrown(code), by=SYSTEM)


def _breaks(rest: str) -> None:
    with db.transaction() as session:
        jobs.fail(session, _taken(session, rest), Failure("it broke"), by=SYSTEM)


def _taken(session: Session, element: str) -> int:
    """Take the job of an element and return its key."""
    mine = select(Job).where(Job.element_id == element).order_by(Job.ended_at.is_not(None), Job.key)
    job = session.scalars(mine).first()
    if job is None:
        raise Differs(f"there is no job {element}")
    jobs.activate(session, Wanted(job.type, 1, timedelta(minutes=5)), by=SYSTEM)
    return job.key


def _resolve(rest: str) -> None:
    with db.reading() as session:
        found = next(incident for incident in open_ones(session) if incident.element_id == rest)
    with db.transaction() as session:
        incidents.resolve(session, found.key, by=SYSTEM, another_try=True)


def _after(rest: str) -> None:
    pin(timers.after(now(), timers.parse_duration(rest), feel.Environment(zone=ZoneInfo(ZONE))))
    worker.work_once()


def _at(rest: str) -> None:
    pin(datetime.fromisoformat(rest))
    worker.work_once()


def _cancel(_rest: str) -> None:
    with db.reading() as session:
        first = select(ProcessInstance.key).where(ProcessInstance.process_id == "p").order_by(ProcessInstance.key)
        key = session.scalars(first).first()
    assert key is not None
    with db.transaction() as session:
        instances.cancel(session, key, by=SYSTEM)


_VERBS: dict[str, Callable[[str], None]] = {
    "start": _start, "complete": _complete, "message": _message, "signal": _signal, "after": _after, "at": _at,
    "cancel": _cancel, "job": _job, "throws": _throws, "breaks": _breaks, "resolve": _resolve,
}  # fmt: skip
