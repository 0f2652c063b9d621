"""Standstills: a person's completion that the process could not go on from.

The person is refused, nothing is changed, and what was typed is still theirs to send again. Who operates the engine
must learn of it nevertheless: so the entry point notes it as an incident, in a transaction of its own after the one
that failed (`docs/decisions/0013-standstills.md`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, db, keys
from engine.bpmn import definitions, history, store
from engine.bpmn.history import Event
from engine.bpmn.models import IncidentRecord, TaskState, UserTask
from engine.bpmn.store import Instance
from engine.errors import Incident
from engine.identity import Identity


class Standstill(Incident):
    """The process cannot go on from a user task that somebody wanted to complete."""

    def __init__(self, incident: Incident, task: UserTask, username: str) -> None:
        super().__init__(incident.message, element_id=incident.element_id, kind=incident.kind)
        self.task_key = task.key
        self.username = username


@contextmanager
def noted() -> Iterator[None]:
    """Note a standstill that ends the transaction inside.

    Raises:
        Standstill: that one.
    """
    try:
        yield
    except Standstill as standstill:
        db.transact(partial(_note, standstill))
        raise


@contextmanager
def named(task: UserTask, by: Identity) -> Iterator[None]:
    """Say of a process that cannot go on from a user task whose it is.

    Raises:
        Standstill: the process cannot go on.
    """
    try:
        yield
    except Incident as incident:
        raise Standstill(incident, task, by.username) from incident


def _note(standstill: Standstill, session: Session) -> None:
    """Make an incident of a standstill, or count it where the task has an open one; one that is over leaves none."""
    task = session.get_one(UserTask, standstill.task_key)
    instance = store.lock(session, task.instance_key, task.root_key)
    session.refresh(task)  # as it is under the lock: somebody may have been faster
    if task.state is not TaskState.CREATED:
        return
    mine = IncidentRecord.instance_key == instance.key, IncidentRecord.task_key == task.key
    incident = session.scalars(select(IncidentRecord).where(*mine, IncidentRecord.resolved_at.is_(None))).first()
    if incident is None:
        _raise(session, instance, task, standstill)
        return
    incident.attempts += 1
    incident.element_id = _place(session, instance, task, standstill)
    incident.kind, incident.message, incident.username = standstill.kind, standstill.message, standstill.username


def _raise(session: Session, instance: Instance, task: UserTask, standstill: Standstill) -> None:
    now = clock.now(session)
    incident = IncidentRecord(
        key=keys.issue(),
        instance_key=instance.key,
        token=task.token,
        element_id=_place(session, instance, task, standstill),
        kind=standstill.kind,
        message=standstill.message,
        task_key=task.key,
        username=standstill.username,
        created_at=now,
    )
    session.add(incident)
    instance.incidents += 1
    details = {"incident": str(incident.key), "message": incident.message, "task": str(task.key)}
    by, at = standstill.username, incident.element_id
    row = history.row(instance, at=now, by=by, event=Event.INCIDENT, element_id=at, details=details)
    store.save(session, instance, store.Changes(), row, now=now)


def _place(session: Session, instance: Instance, task: UserTask, standstill: Standstill) -> str:
    """Return the element that failed, or the task itself where that lies in another process."""
    net = definitions.net(session, instance.definition_key)
    return standstill.element_id if standstill.element_id in net.by_id else task.element_id
