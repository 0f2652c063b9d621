"""A small world around the engine for tests: files deployed, people, tasks found by their element."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from diagrams import bpmn
from sqlalchemy import select

from engine import clock, db, identity
from engine.bpmn import deployments, element_instances, instances, starts, tasks, timers
from engine.bpmn.deployments import Resource
from engine.bpmn.models import TaskState, UserTask
from engine.bpmn.store import Instance
from engine.identity import SYSTEM, Identity

ANN, BOB, HR = Identity("ann"), Identity("bob"), Identity("hilda", frozenset({"hr"}))


def deploy(*texts: str, **named: str) -> None:
    """Deploy diagrams in short text: the first is process `p`, others by their names."""
    files = {"p": texts[0]} if texts else {}
    resources = [Resource(f"{name}.bpmn", bpmn(text, name)) for name, text in {**named, **files}.items()]
    with db.transaction() as session:
        deployments.deploy(session, deployments.read(resources, by=SYSTEM), by=SYSTEM)


def employ(username: str, *, disabled: bool = False) -> None:
    """Give somebody an account."""
    with db.transaction() as session:
        identity.register(session, username, password=None).disabled = disabled


def start(process_id: str = "p", **variables: Any) -> Instance:
    with db.transaction() as session:
        return instances.start(session, process_id=process_id, variables=variables, by=SYSTEM)


def open_tasks() -> dict[str, UserTask]:
    """Return the open tasks by element."""
    with db.reading() as session:
        found = session.scalars(select(UserTask).where(UserTask.state == TaskState.CREATED).order_by(UserTask.key))
        return {task.element_id: task for task in found}


def element(element_id: str) -> int:
    """Return the key of the element instance at which a task is open."""
    task = open_tasks()[element_id]
    with db.reading() as session:
        return element_instances.key_of(session, task.instance_key, task.token)


def complete(element_id: str, by: Identity = ANN, **variables: Any) -> None:
    with db.transaction() as session:
        tasks.complete(session, open_tasks()[element_id].key, by=by, variables=variables)


def state(instance: Instance) -> str:
    with db.reading() as session:
        return instances.get(session, instance.key).state.value


def variables(instance: Instance) -> dict[str, Any]:
    with db.reading() as session:
        return instances.variables(session, instance.key)


def now() -> datetime:
    with db.reading() as session:
        return clock.now(session)


def pin(instant: datetime) -> None:
    with db.transaction() as session:
        clock.pin(session, instant)


def later(**units: float) -> int:
    """Move the clock on and wake what is due; return how many timers fired and processes started."""
    pin(now() + timedelta(**units))
    with db.reading() as session:
        found, begins = timers.due(session), starts.due(session)
    fired = 0
    for timer in found:
        with db.transaction() as session:
            fired += timers.fire(session, timer)
    for begin in begins:
        with db.transaction() as session:
            fired += starts.fire(session, begin)
    return fired
