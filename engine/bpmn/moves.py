"""Moves: what is to happen to an instance on nobody's behalf who waits for the answer.

A timer's firing, a message, a signal, a job's completion: whoever caused it is not the one who can mend what fails in
consequence. So a move that fails changes nothing, stops nobody, and is *parked*: kept with an incident, and made again
when somebody resolves that (`docs/decisions/0006-parked-moves.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import clock, db, exact_json, keys
from engine.attempts import attempt
from engine.bpmn import agenda, definitions, history, instances, steps, store
from engine.bpmn.history import Event
from engine.bpmn.instances import Origin
from engine.bpmn.models import IncidentRecord, Job, ProcessDefinition
from engine.bpmn.net import Execution
from engine.bpmn.net.work import Boundary, Catch, Start, Timer
from engine.errors import ErrorType, Incident, Refusal
from engine.sentences import Sentence


class Verb(StrEnum):
    """What happens to a token."""

    RUN = "run"
    """An instance that stands at its start goes on."""
    TRIGGER = "trigger"
    """An event that it waits for happens."""
    COMPLETE = "complete"
    """Its work is done."""
    FAIL = "fail"
    """A BPMN error happens to it."""


@dataclass(frozen=True, slots=True)
class Move:
    """What is to happen to a token of an instance.

    Attributes:
        element_id: the event that is triggered, or the element whose work is done or fails.
        event: what the history will say of it.
        code: of a BPMN error.
    """

    verb: Verb
    token: int
    element_id: str
    event: Event
    by: str
    variables: Mapping[str, object] = field(default_factory=dict)
    code: str = ""

    def dump(self) -> bytes:
        """Return the move as JSON, without what its incident has in columns."""
        return exact_json.dumps(
            {"verb": self.verb, "at": self.element_id, "event": self.event, "by": self.by}
            | {"variables": dict(self.variables), "code": self.code}
        )


def parked(incident: IncidentRecord) -> Move | None:
    """Return the move that an incident keeps, if it keeps one."""
    if incident.move is None:
        return None
    kept = exact_json.loads(incident.move)
    return Move(
        Verb(kept["verb"]),
        incident.token,
        kept["at"],
        Event(kept["event"]),
        kept["by"],
        kept["variables"],
        kept["code"],
    )


def make(session: Session, key: int, root_key: int, move: Move) -> None:
    """Make a move, with all that it causes in the instances that called this one and those that it calls.

    Raises:
        Conflict: the instance has ended.
        NotFound: the token is gone.
        Incident: the process cannot go on.
    """
    with instances.moved(session, key, root_key, by=move.by, event=move.event, element_id=move.element_id) as step:
        _VERBS[move.verb](step.execution, move)


def make_or_park(
    session: Session, key: int, root_key: int, move: Move, *, tried: int = 0, job: Job | None = None
) -> None:
    """Make a move whose failure is not the caller's: one that fails changes nothing and is parked.

    The caller holds the instance's lock, which outlives the savepoint: the incident is recorded under it.
    It may have been tried before. If nothing catches the BPMN error that ended a job, the job is to be done again.
    """
    error = _tried(session, f"move process instance {key}", lambda: make(session, key, root_key, move))
    if error is not None:
        again = job if kind_of(error) is ErrorType.UNHANDLED_ERROR_EVENT else None
        park(session, key, move, error, attempts=tried + 1, job=again)


def begin(
    session: Session, definition: ProcessDefinition, given: Mapping[str, object], *, by: str, origin: Origin
) -> int:
    """Start an instance on nobody's behalf, and return its key; one that fails stands at its start with an incident."""
    begun: list[int] = []

    def run() -> None:
        begun.append(instances.begin(session, definition, given, by=by, origin=origin).key)
        agenda.settle(session)

    error = _tried(session, f"start process {definition.process_id}", run)
    if error is None:
        return begun[0]
    instance, token = instances.stand(session, definition, given, by=by, origin=origin)
    at = origin.start_event or definition.process_id
    park(session, instance.key, Move(Verb.RUN, token, at, Event.STARTED, by), error, attempts=1)
    return instance.key


def park(session: Session, key: int, move: Move, error: Exception, *, attempts: int, job: Job | None = None) -> None:
    """Keep a move that failed with an incident; one about a job keeps the job instead, which is then done again."""
    instance = store.lock(session, key)
    now = clock.now(session)
    net = definitions.net(session, instance.definition_key)
    at = getattr(error, "element_id", "")
    incident = IncidentRecord(
        key=keys.issue(),
        instance_key=key,
        token=move.token,
        element_id=at if at in net.by_id else move.element_id,
        kind=kind_of(error),
        message=_sentence(key, move, error),
        attempts=attempts,
        job_key=job.key if job else None,
        move=None if job else move.dump(),
        created_at=now,
    )
    session.add(incident)
    if job:
        job.incident_key, job.ended_at = incident.key, None
    session.flush()  # whatever moves the instance on in this very transaction closes it
    changes = store.Changes()
    if move.verb is Verb.TRIGGER:
        _close_wait(changes, net.by_id[move.element_id].work, move)
    instance.incidents += 1
    details: dict[str, Any] = {"incident": str(incident.key), "message": incident.message}
    row = history.row(
        instance, at=now, by=move.by, event=Event.INCIDENT, element_id=incident.element_id, details=details
    )
    store.save(session, instance, changes, row, now=now)


def overrule(session: Session, key: int, names: Collection[str], *, at: int | None, execution: Execution) -> None:
    """Let what somebody sets at a token, or for the instance, prevail over what parked moves bring: it is newer."""
    open_ones = IncidentRecord.instance_key == key, IncidentRecord.resolved_at.is_(None)
    for incident in session.scalars(select(IncidentRecord).where(*open_ones)):
        move = parked(incident)
        if move is None or not move.variables.keys() & names:
            continue
        if at is None or at == move.token or at in dict(execution.around(move.token)):
            kept = {name: value for name, value in move.variables.items() if name not in names}
            incident.move = replace(move, variables=kept).dump()


def kind_of(error: Exception) -> ErrorType:
    """Return what kind of incident a failure makes; what is no fault of the process is one of an operation."""
    return error.kind if isinstance(error, Incident) else ErrorType.JOB_NO_RETRIES


def _tried(session: Session, what: str, work: Callable[[], object]) -> Exception | None:
    """Do something that leaves no trace if it fails; return why it did.

    Raises:
        OperationalError: the database failed, not the process.
    """

    def kept_apart() -> None:
        with agenda.apart(session), session.begin_nested():
            work()

    error = attempt(what, kept_apart)
    if isinstance(error, OperationalError):
        raise error
    return error


def _sentence(key: int, move: Move, error: Exception) -> str:
    if isinstance(error, Refusal):
        return str(error)
    return Sentence(
        "Expected to move process instance {key} on from {element_id}, but {kind}: {error}",
        key=key,
        element_id=move.element_id,
        kind=type(error).__name__,
        error=db.reason(error),
    )


def _close_wait(changes: store.Changes, waiting: object, move: Move) -> None:
    """End the row of what the parked move has taken: it must not come twice. An event that may come again stays."""
    if not isinstance(waiting, Boundary | Catch | Start):
        return
    comes_again = isinstance(waiting, Boundary | Start) and not waiting.interrupting
    if isinstance(waiting.event, Timer) or not comes_again:
        changes.close(steps.WAITS[type(waiting.event)], move.token, move.element_id)


def _run(_execution: Execution, _move: Move) -> None:
    """Nothing is to be told: what is ready has its turn."""


def _trigger(execution: Execution, move: Move) -> None:
    execution.trigger(move.token, move.element_id, move.variables)


def _complete(execution: Execution, move: Move) -> None:
    execution.complete(move.token, move.variables)


def _fail(execution: Execution, move: Move) -> None:
    execution.fail(move.token, move.code, move.variables)


_VERBS: Mapping[Verb, Callable[[Execution, Move], None]] = {
    Verb.RUN: _run,
    Verb.TRIGGER: _trigger,
    Verb.COMPLETE: _complete,
    Verb.FAIL: _fail,
}
