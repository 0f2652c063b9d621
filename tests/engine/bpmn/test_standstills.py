"""Standstills: who cannot complete a task is refused and keeps it, and those who operate the engine learn of it."""

from __future__ import annotations

from typing import Any

import pytest
from company import ANN, BOB, complete, deploy, open_tasks, start, state
from sqlalchemy import select

from engine import db
from engine.bpmn import history, incidents, instances, operations, standstills, tasks
from engine.bpmn.models import IncidentRecord, ProcessInstance
from engine.bpmn.standstills import Standstill
from engine.errors import Conflict, ErrorType, Incident, Invalid
from engine.identity import SYSTEM, Identity

pytestmark = pytest.mark.usefixtures("database")

_FAULTS: dict[str, Exception] = {}
"""What the operation of a name fails with, until somebody mends it."""


@operations.operation("reviewflow.test-mail")
def _mail(call: operations.Call) -> dict[str, Any]:
    if "mail" in _FAULTS:
        raise _FAULTS["mail"]
    return {}


@operations.operation("reviewflow.test-hear")
def _hear(call: operations.Call) -> dict[str, Any]:
    if "hear" in _FAULTS:
        raise _FAULTS["hear"]
    return {}


@pytest.fixture(autouse=True)
def _mended():
    yield
    _FAULTS.clear()


HANDS_ON = """
    start s
    user write: assignee ann; hears reviewflow.test-hear
    job mail: type reviewflow.test-mail
    user read: assignee bob
    end e
    s > write > mail > read > e
"""


def attempt(element_id: str = "write", by: Identity = ANN) -> None:
    """Complete a task as an entry point does."""
    with standstills.noted():
        complete(element_id, by)


def rows() -> list[IncidentRecord]:
    with db.reading() as session:
        return list(session.scalars(select(IncidentRecord).order_by(IncidentRecord.key)))


def test_a_completion_that_the_process_cannot_go_on_from_is_refused_and_told_to_operators():
    deploy(HANDS_ON)
    instance = start()
    _FAULTS["mail"] = OSError("the mail server is away")

    with pytest.raises(Standstill, match="OSError: the mail server is away"):
        attempt()

    (incident,) = rows()
    assert (incident.element_id, incident.kind, incident.attempts) == ("mail", ErrorType.JOB_NO_RETRIES, 1)
    assert (incident.username, incident.task_key) == ("ann", open_tasks()["write"].key)
    assert "the mail server is away" in incident.message
    with db.reading() as session:
        assert session.get_one(ProcessInstance, instance.key).incidents == 1
        *_, last = history.of(session, instance.key)
    assert (last.event, last.by, last.element_id) == (history.Event.INCIDENT, "ann", "mail")


def test_every_further_try_counts_and_the_one_that_succeeds_closes_the_incident():
    deploy(HANDS_ON)
    instance = start()
    _FAULTS["mail"] = OSError("the mail server is away")
    for _ in range(2):
        with pytest.raises(Standstill):
            attempt()
    _FAULTS["mail"] = Conflict("Expected to send a mail, but the box is full")
    with pytest.raises(Standstill, match="the box is full"):
        attempt()
    (before,) = rows()
    _FAULTS.clear()

    attempt()

    (after,) = rows()
    assert (before.attempts, before.message) == (3, "Expected to send a mail, but the box is full")
    assert (before.resolved_at, after.resolved_by) == (None, None)
    assert after.resolved_at is not None
    with db.reading() as session:
        assert session.get_one(ProcessInstance, instance.key).incidents == 0
    assert list(open_tasks()) == ["read"]


def test_an_operator_who_resolves_it_leaves_the_task_to_its_holder():
    deploy(HANDS_ON)
    start()
    _FAULTS["mail"] = OSError("the mail server is away")
    with pytest.raises(Standstill):
        attempt()
    _FAULTS.clear()

    with db.transaction() as session:
        incidents.resolve(session, rows()[0].key, by=SYSTEM)

    assert [incident.resolved_by for incident in rows()] == [SYSTEM.username]
    assert open_tasks()["write"].assignee == "ann"
    attempt()
    assert list(open_tasks()) == ["read"]


def test_a_listener_may_refuse_the_person_but_what_nobody_foresaw_is_a_standstill():
    deploy(HANDS_ON)
    start()

    _FAULTS["hear"] = Invalid("Expected to hear, but the answer is wrong")
    with pytest.raises(Invalid):
        attempt()
    refused = rows()
    _FAULTS["hear"] = KeyError("weights")
    with pytest.raises(Standstill, match="KeyError"):
        attempt()

    assert refused == []
    assert [incident.element_id for incident in rows()] == ["write"]


def test_what_somebody_else_completed_meanwhile_is_no_incident():
    deploy("start s\nuser write: users ann,bob\njob mail: type reviewflow.test-mail\nend e\ns > write > mail > e")
    instance = start()
    key = open_tasks()["write"].key
    _FAULTS["mail"] = OSError("the mail server is away")

    def fail_while_bob_succeeds() -> None:
        try:
            with db.transaction() as session:
                tasks.complete(session, key, by=ANN, variables={})
        finally:
            _FAULTS.clear()
            complete("write", BOB)

    with pytest.raises(Standstill), standstills.noted():
        fail_while_bob_succeeds()

    assert rows() == []
    assert state(instance) == "COMPLETED"


def test_a_failure_in_the_calling_process_is_told_at_the_task_that_led_there():
    deploy(
        "start s\ncall c: calls child\nexclusive x\nend e\nend f\ns > c > x > e [grade > 3]\nx > f [grade < 3]",
        child="start s\nuser write: assignee ann\nend e\ns > write > e",
    )
    start(grade="high")

    with pytest.raises(Incident):
        attempt()

    (incident,) = rows()
    with db.reading() as session:
        assert instances.get(session, incident.instance_key).process_id == "child"
    assert (incident.element_id, incident.kind) == ("write", ErrorType.CONDITION_ERROR)
