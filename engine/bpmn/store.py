"""The hot path's statements in SQLAlchemy Core (D21): what a start, a step and a list read and write."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session, undefer

from engine.bpmn.models import (
    HistoryRow,
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
HISTORY = _table(HistoryRow)


@dataclass(slots=True)
class Changes:
    """The rows one step inserts and ends, written together at its end."""

    tasks: list[Row] = field(default_factory=list)
    candidates: list[Row] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    """The tokens that left their user task unfinished."""
    opened: dict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """The waits for events, by table."""
    closed: dict[Table, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    """The token and event of waits that are over, by table."""

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
            self.cancelled.append(token)


def lock(session: Session, key: int, root_key: int) -> ProcessInstance:
    """Lock an instance's root, then load the instance with its state. Locks are taken from the top, so none deadlock.

    Raises:
        NotFound: there is no such instance.
    """
    if root_key != key:
        session.execute(select(INSTANCES.c.key).where(INSTANCES.c.key == root_key).with_for_update())
    query = select(ProcessInstance).where(ProcessInstance.key == key).options(undefer(ProcessInstance.state_blob))
    found = session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound(f"Expected to find process instance {key}, but there is none")
    session.expunge(found)  # it is written by `save` alone
    return found


def read(session: Session, key: int) -> ProcessInstance:
    """Load an instance with its state, to look at."""
    query = select(ProcessInstance).where(ProcessInstance.key == key).options(undefer(ProcessInstance.state_blob))
    found = session.scalars(query.execution_options(populate_existing=True)).one()
    session.expunge(found)
    return found


def waits(
    session: Session, kind: type[Timer | MessageSubscription | SignalSubscription], wait: tuple[int, int, str]
) -> bool:
    """Whether an instance, by key, token and event, waits for something of a kind; ask under its lock."""
    key, token, event_id = wait
    query = select(kind.token).where(kind.instance_key == key, kind.token == token, kind.event_id == event_id)
    return session.scalars(query).first() is not None


def save(session: Session, instance: ProcessInstance, changes: Changes, history: Row, *, now: datetime) -> None:
    """Write a step: the state, the rows that came and went, and its history row.

    Raises:
        Conflict: somebody else moved the instance, though it was locked.
    """
    written = session.execute(
        update(INSTANCES)
        .where(INSTANCES.c.key == instance.key, INSTANCES.c.lock_version == instance.lock_version)
        .values(
            state=instance.state,
            state_blob=instance.state_blob,
            lock_version=instance.lock_version + 1,
            sequence=instance.sequence,
            ended_at=instance.ended_at,
        )
        .returning(INSTANCES.c.lock_version)
    )
    if written.first() is None:
        raise Conflict(f"Expected to move process instance {instance.key}, but somebody else moved it meanwhile")
    instance.lock_version += 1
    _write_changes(session, instance.key, changes, now)
    session.execute(insert(HISTORY), [history])


def create(session: Session, instance: ProcessInstance, changes: Changes, history: Row, *, now: datetime) -> None:
    """Write a new instance after its first step."""
    columns = {column.name: getattr(instance, column.name) for column in INSTANCES.c}
    session.execute(insert(INSTANCES), [columns])
    _write_changes(session, instance.key, changes, now)
    session.execute(insert(HISTORY), [history])


def _write_changes(session: Session, key: int, changes: Changes, now: datetime) -> None:
    if changes.cancelled:
        session.execute(
            update(TASKS)
            .where(TASKS.c.instance_key == key, TASKS.c.token.in_(changes.cancelled))
            .where(TASKS.c.state == TaskState.CREATED)
            .values(state=TaskState.CANCELED, ended_at=now)
        )
    for table, waits_over in changes.closed.items():
        for token, event_id in waits_over:
            place = (table.c.instance_key == key, table.c.token == token, table.c.event_id == event_id)
            session.execute(delete(table).where(*place))
    for table, rows in ((TASKS, changes.tasks), (CANDIDATES, changes.candidates), *changes.opened.items()):
        if rows:
            session.execute(insert(table), rows)
