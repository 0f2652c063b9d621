"""The hot path's statements in SQLAlchemy Core (D21): what a start, a step and a list read and write."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields
from datetime import datetime, time
from typing import Any

from sqlalchemy import Select, Table, bindparam, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from engine import db
from engine.bpmn.models import (
    DecisionInstance,
    ElementInstance,
    ElementState,
    HistoryRow,
    IncidentRecord,
    InstanceState,
    Job,
    JobState,
    MessageSubscription,
    ProcessInstance,
    SignalSubscription,
    TaskCandidate,
    TaskState,
    Timer,
    UserTask,
)
from engine.errors import Conflict, NotFound

Row = dict[str, Any]


def _table(model: type[Any]) -> Table:
    return model.__table__  # type: ignore[no-any-return]  # declared as a FromClause


INSTANCES, TASKS, CANDIDATES = _table(ProcessInstance), _table(UserTask), _table(TaskCandidate)
TIMERS, MESSAGES, SIGNALS = _table(Timer), _table(MessageSubscription), _table(SignalSubscription)
JOBS, INCIDENTS, HISTORY = _table(Job), _table(IncidentRecord), _table(HistoryRow)
ELEMENT_INSTANCES, DECISIONS = _table(ElementInstance), _table(DecisionInstance)


@dataclass(slots=True)
class Changes:
    """The rows one step inserts and ends, written together at its end."""

    tasks: list[Row] = field(default_factory=list)
    candidates: list[Row] = field(default_factory=list)
    jobs: list[Row] = field(default_factory=list)
    cancelled: dict[Table, list[int]] = field(default_factory=lambda: defaultdict(list))
    """The tokens that left their user task or their job unfinished, by table."""
    gone: list[int] = field(default_factory=list)
    """The tokens that are gone, of an instance with open incidents: what was about them is over."""
    opened: dict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """The waits for events, by table."""
    closed: dict[Table, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    """The token and event of waits that are over, by table."""
    entered: dict[int, Row] = field(default_factory=dict)
    """The element instances that came, by token; those among them that are over say so."""
    left: dict[ElementState, list[int]] = field(default_factory=lambda: defaultdict(list))
    """The tokens of element instances that are over and came in a step before, by their last state."""
    decided: list[Row] = field(default_factory=list)
    """The decisions that were made."""

    def leave(self, token: int, state: ElementState) -> None:
        """Plan the end of an element instance, be it stored already or only planned in this very step."""
        if token in self.entered:
            self.entered[token]["state"] = state
        else:
            self.left[state].append(token)

    def open(self, table: Table, row: Row) -> None:
        """Plan a wait for an event."""
        self.opened[table].append(row)

    def close(self, table: Table, token: int, event_id: str) -> None:
        """Plan the end of a wait, be it stored already or only planned in this very step."""
        wait = (token, event_id)
        planned = len(self.opened[table])
        self.opened[table] = [r for r in self.opened[table] if (r["token"], r["event_id"]) != wait]
        if planned == len(self.opened[table]):
            self.closed[table].append(wait)

    def cancel_task(self, token: int) -> None:
        """Plan the end of a user task nobody completed, be it stored already or only planned in this very step."""
        dropped = {task["key"] for task in self.tasks if task["token"] == token}
        self.tasks = [task for task in self.tasks if task["key"] not in dropped]
        self.candidates = [candidate for candidate in self.candidates if candidate["task_key"] not in dropped]
        if not dropped:
            self.cancelled[TASKS].append(token)

    def cancel_job(self, token: int) -> None:
        """Plan the end of a job nobody completed, be it stored already or only planned in this very step."""
        planned = len(self.jobs)
        self.jobs = [job for job in self.jobs if job["token"] != token]
        if planned == len(self.jobs):
            self.cancelled[JOBS].append(token)


@dataclass(slots=True)
class Instance:
    """A process instance's row while it is moved: `ProcessInstance` without the weight of the ORM."""

    key: int
    definition_key: int
    process_id: str
    process_version: int
    root_key: int
    parent_key: int | None
    parent_token: int | None
    business_id: str | None
    zone: str
    calendar: str
    cut_off: time | None
    state: InstanceState
    state_blob: bytes
    lock_version: int
    sequence: int
    incidents: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    correlation_key: str | None
    conversation_key: int | None

    @property
    def conversation(self) -> int:
        """The instance at the beginning of the conversation it takes part in: messages that led from one to another."""
        return self.conversation_key or self.root_key


_COLUMNS = [INSTANCES.c[column.name] for column in fields(Instance)]
_READ = select(*_COLUMNS).where(INSTANCES.c.key == bindparam("key"))
_READ_LOCKED = _READ.with_for_update()
_LOCK = select(INSTANCES.c.key).where(INSTANCES.c.key == bindparam("key")).with_for_update()
_MOVED = ("state", "state_blob", "sequence", "incidents", "ended_at")
"""What a step changes of an instance."""
_SAVE = (
    update(INSTANCES)
    .where(INSTANCES.c.key == bindparam("of"), INSTANCES.c.lock_version == bindparam("version"))
    .values({name: bindparam(name) for name in (*_MOVED, "lock_version")})
    .returning(INSTANCES.c.lock_version)
)
_ROOT = select(INSTANCES.c.root_key).where(INSTANCES.c.key == bindparam("key"))


def lock(session: Session, key: int, root_key: int | None = None) -> Instance:
    """Lock an instance's root, then load the instance with its state. Locks are taken from the top, so none deadlock.

    Where there is one writer, the transaction itself is the lock.

    Raises:
        NotFound: there is no such instance.
    """
    if not db.bound().sqlite:
        _lock_root(session, key, root_key)
    return _load(session, key, _READ_LOCKED)


def _lock_root(session: Session, key: int, root_key: int | None) -> None:
    if root_key is None:
        root_key = session.execute(_ROOT, {"key": key}).scalar()
    if root_key is not None and root_key != key:
        session.execute(_LOCK, {"key": root_key})


def read(session: Session, key: int) -> Instance:
    """Load an instance with its state, to look at.

    Raises:
        NotFound: there is no such instance.
    """
    return _load(session, key, _READ)


def _load(session: Session, key: int, statement: Select[Any]) -> Instance:
    row = session.execute(statement, {"key": key}).first()
    if row is None:
        raise NotFound("Expected to find process instance {key}, but there is none", key=key)
    return Instance(*row)


def waits(
    session: Session, kind: type[Timer | MessageSubscription | SignalSubscription], wait: tuple[int, int, str]
) -> bool:
    """Whether an instance, by key, token and event, waits for something of a kind; ask under its lock."""
    key, token, event_id = wait
    query = select(kind.token).where(kind.instance_key == key, kind.token == token, kind.event_id == event_id)
    return session.scalars(query).first() is not None


def save(session: Session, instance: Instance, changes: Changes, history: Row, *, now: datetime) -> None:
    """Write a step: the state, the rows that came and went, and its history row.

    Raises:
        Conflict: somebody else moved the instance, though it was locked.
    """
    if changes.gone and instance.incidents:
        instance.incidents -= _close_incidents(session, instance.key, changes.gone, now)
    parameters = {name: getattr(instance, name) for name in _MOVED}
    places = {"of": instance.key, "version": instance.lock_version, "lock_version": instance.lock_version + 1}
    if session.execute(_SAVE, parameters | places).first() is None:
        raise Conflict(
            "Expected to move process instance {key}, but somebody else moved it meanwhile", key=instance.key
        )
    instance.lock_version += 1
    _write_changes(session, instance.key, changes, now)
    _write_told(session, instance, changes)
    session.execute(insert(HISTORY), [history])


def rebind(session: Session, instance: Instance) -> None:
    """Write which definition a locked instance goes by."""
    places = {"process_id": instance.process_id, "process_version": instance.process_version}
    definition = {**places, "definition_key": instance.definition_key}
    session.execute(update(INSTANCES).where(INSTANCES.c.key == instance.key).values(definition))
    waiting = update(MESSAGES).where(MESSAGES.c.instance_key == instance.key)
    session.execute(waiting.values(process_id=instance.process_id))


def create(session: Session, instance: Instance, changes: Changes, history: Row, *, now: datetime) -> None:
    """Write a new instance after its first step."""
    session.execute(insert(INSTANCES), [{column.name: getattr(instance, column.name) for column in _COLUMNS}])
    _write_changes(session, instance.key, changes, now)
    _write_told(session, instance, changes)
    session.execute(insert(HISTORY), [history])


def _write_changes(session: Session, key: int, changes: Changes, now: datetime) -> None:
    for table, tokens in changes.cancelled.items():
        session.execute(
            update(table)
            .where(table.c.instance_key == key, table.c.token.in_(tokens), table.c.ended_at.is_(None))
            .values(state=_CANCELED[table], ended_at=now)
        )
    for table, waits_over in changes.closed.items():
        if waits_over:
            place = tuple_(table.c.token, table.c.event_id)
            session.execute(delete(table).where(table.c.instance_key == key, place.in_(waits_over)))
    planned = ((TASKS, changes.tasks), (CANDIDATES, changes.candidates), (JOBS, changes.jobs))
    for table, rows in (*planned, *changes.opened.items()):
        if rows:
            session.execute(insert(table), rows)


_CANCELED = {TASKS: TaskState.CANCELED, JOBS: JobState.CANCELED}


def _close_incidents(session: Session, key: int, tokens: list[int], now: datetime) -> int:
    """Close the open incidents about tokens that are gone; return how many."""
    about = (INCIDENTS.c.instance_key == key, INCIDENTS.c.token.in_(tokens), INCIDENTS.c.resolved_at.is_(None))
    closed = update(INCIDENTS).where(*about).values(resolved_at=now).returning(INCIDENTS.c.key)
    return len(session.execute(closed).all())


def _write_told(session: Session, instance: Instance, changes: Changes) -> None:
    """Write what the step's history row, which has the last number, tells: what came and went, what was decided."""
    for row in changes.entered.values():
        over = row["state"] is not ElementState.ACTIVE
        row |= {"entered_in": instance.sequence, "left_in": instance.sequence if over else None}
    if changes.entered:
        session.execute(insert(ELEMENT_INSTANCES), list(changes.entered.values()))
    for state, tokens in changes.left.items():
        session.execute(
            update(ELEMENT_INSTANCES)
            .where(ELEMENT_INSTANCES.c.instance_key == instance.key, ELEMENT_INSTANCES.c.token.in_(tokens))
            .values(state=state, left_in=instance.sequence)
        )
    if changes.decided:
        told = {"instance_key": instance.key, "sequence": instance.sequence}
        session.execute(insert(DECISIONS), [row | told for row in changes.decided])
