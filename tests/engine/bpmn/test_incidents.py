"""Incidents: what fails behind everybody's back stops nobody, is not lost, and is done again when it is resolved."""

from datetime import timedelta
from typing import Any

import pytest
from company import ANN, BOB, complete, deploy, later, now, open_tasks, pin, start, state, variables
from sqlalchemy import select

from engine import db, worker
from engine.bpmn import (
    agenda,
    definitions,
    history,
    incidents,
    instance_migrations,
    instances,
    messages,
    operations,
    signals,
    store,
)
from engine.bpmn.history import Event
from engine.bpmn.instance_migrations import Goal
from engine.bpmn.messages import Publication
from engine.bpmn.models import IncidentRecord, MessageSubscription, ProcessDefinition, ProcessInstance, Timer
from engine.bpmn.store import Instance
from engine.errors import Conflict, ErrorType, Forbidden, Incident, NotFound
from engine.identity import SYSTEM

pytestmark = pytest.mark.usefixtures("database")

_BROKEN: set[str] = set()
"""What is out of order until somebody mends it."""


@operations.operation("reviewflow.test-mendable")
def _mendable(call: operations.Call) -> dict[str, Any]:
    if "printer" in _BROKEN:
        raise OSError("the printer is out of paper")
    return {"printed": call.by}


@pytest.fixture
def broken() -> Any:
    """Put the printer out of order, and return what mends it."""
    _BROKEN.add("printer")
    yield _BROKEN.clear
    _BROKEN.clear()


RECEIVES = """
    start s
    catch m: message news key =topic
    job print: type reviewflow.test-mendable
    user u: assignee bob
    end e
    s > m > print > u > e
"""

SENDS = """
    start s
    user w: assignee ann
    throw t: message news key =topic
    user after: assignee ann
    end e
    s > w > t > after > e
"""


def publish(name: str, key: str = "", *, keep: float = 0, **content: Any) -> None:
    with db.transaction() as session:
        messages.publish(session, Publication(name, key, content, timedelta(seconds=keep)), by=SYSTEM)


def open_ones() -> list[IncidentRecord]:
    with db.reading() as session:
        return incidents.open_ones(session)


def only() -> IncidentRecord:
    (found,) = open_ones()
    return found


def resolve(found: IncidentRecord) -> None:
    with db.transaction() as session:
        incidents.resolve(session, found.key, by=SYSTEM)


def history_of(key: int) -> list[tuple[Event, str | None]]:
    with db.reading() as session:
        assert list(history.verify(session)) == []
        return [(entry.event, entry.element_id) for entry in history.of(session, key)]


def test_a_message_whose_receiver_fails_is_sent_all_the_same_and_arrives_when_that_is_mended(broken: Any) -> None:
    deploy(SENDS, receiver=RECEIVES)
    receiver = start("receiver", topic="t1")
    start("p", topic="t1")

    complete("w")

    assert list(open_tasks()) == ["after"]
    found = only()
    assert (found.instance_key, found.element_id, found.kind, found.attempts) == (
        receiver.key,
        "print",
        ErrorType.JOB_NO_RETRIES,
        1,
    )
    assert "OSError: the printer is out of paper" in found.message

    broken()
    resolve(found)

    assert sorted(open_tasks()) == ["after", "u"]
    assert variables(receiver)["printed"] == "ann"
    assert history_of(receiver.key) == [
        (Event.STARTED, None),
        (Event.INCIDENT, "print"),
        (Event.RESOLVED, "print"),
        (Event.MESSAGE, "m"),
    ]


def test_a_new_failure_makes_a_new_incident_that_counts_the_attempts(broken: Any) -> None:
    deploy(RECEIVES)
    instance = start(topic="t1")
    publish("news", "t1")
    first = only()

    resolve(first)

    second = only()
    assert (second.key != first.key, second.attempts) == (True, 2)
    assert state(instance) == "ACTIVE"
    with pytest.raises(Conflict, match="resolved already"):
        resolve(first)


def test_a_message_that_is_parked_has_been_taken(broken: Any) -> None:
    deploy(RECEIVES)
    instance = start(topic="t1")
    publish("news", "t1", headline="first")

    publish("news", "t1", headline="second")
    broken()
    resolve(only())

    assert variables(instance)["headline"] == "first"
    assert list(open_tasks()) == ["u"]


def test_an_event_that_may_come_again_is_parked_each_time(broken: Any) -> None:
    deploy(
        """
        start s
        user u: assignee bob
        boundary note beside u: message news key =topic
        job print: type reviewflow.test-mendable
        user read: assignee ann
        end e
        end f
        s > u > e
        note > print > read > f
        """
    )
    start(topic="t1")
    publish("news", "t1")
    publish("news", "t1")

    broken()
    for found in open_ones():
        resolve(found)

    with db.reading() as session:
        assert len(session.scalars(select(MessageSubscription)).all()) == 1
        entered = [entry.event for entry in history.of(session, open_tasks()["u"].instance_key)]
    assert entered.count(Event.MESSAGE) == 2


def test_a_kept_message_that_cannot_be_delivered_does_not_hold_up_the_person_who_came_there(broken: Any) -> None:
    deploy(
        """
        start s
        user w: assignee ann
        catch m: message news key =topic
        job print: type reviewflow.test-mendable
        user u: assignee bob
        end e
        s > w > m > print > u > e
        """
    )
    publish("news", "t1", keep=60)
    start(topic="t1")

    complete("w")

    assert open_tasks() == {}
    broken()
    resolve(only())
    assert list(open_tasks()) == ["u"]


def test_of_those_who_hear_a_signal_one_fails_and_the_others_go_on() -> None:
    deploy("start s\ncatch c: signal go\nexclusive x\nend e\nend f\ns > c > x > e [score > 3]\nx > f [score <= 3]")
    heard = [start(score=score) for score in (5, "high", 1)]

    with db.transaction() as session:
        assert signals.broadcast(session, "go", {}, by=SYSTEM) == 3

    assert [state(instance) for instance in heard] == ["COMPLETED", "ACTIVE", "COMPLETED"]
    found = only()
    assert (found.instance_key, found.kind, found.element_id) == (heard[1].key, ErrorType.CONDITION_ERROR, "x")


def test_a_process_that_a_message_starts_and_that_fails_stands_at_its_start(broken: Any) -> None:
    deploy(
        """
        start s: message hired
        job print: type reviewflow.test-mendable
        user u: assignee bob
        end e
        s > print > u > e
        """
    )

    publish("hired", "li.na", grade="B")

    found = only()
    with db.reading() as session:
        instance = instances.get(session, found.instance_key)
        assert (instance.business_id, instance.state.value, instance.incidents) == ("li.na", "ACTIVE", 1)
    broken()
    resolve(found)
    assert list(open_tasks()) == ["u"]
    with db.reading() as session:
        assert instances.variables(session, found.instance_key)["grade"] == "B"
    assert [event for event, _ in history_of(found.instance_key)] == [
        Event.STARTED,
        Event.INCIDENT,
        Event.RESOLVED,
        Event.STARTED,
    ]


CALLS = """
    start s
    catch c: duration PT1H
    call k: calls child
    user u: assignee bob
    end e
    s > c > k > u > e
"""


def after_three_tries() -> None:
    for _ in range(3):
        pin(now() + timedelta(hours=1, seconds=1))
        worker.work_once()


def test_a_called_process_that_cannot_begin_is_an_incident_of_the_one_that_calls(broken: Any) -> None:
    deploy(CALLS, child="start s\njob print: type reviewflow.test-mendable\nend e\ns > print > e")
    instance = start()

    after_three_tries()

    found = only()
    assert (found.instance_key, found.attempts) == (instance.key, 3)
    with db.reading() as session:
        assert len(session.scalars(select(ProcessInstance)).all()) == 1
        assert session.scalars(select(Timer)).all() == []
    broken()
    resolve(found)
    assert list(open_tasks()) == ["u"]


def test_a_process_that_is_not_there_to_be_called_is_an_incident_until_it_is() -> None:
    deploy("start s\ncatch c: duration PT1H\ncall k: calls =which\nend e\ns > c > k > e")
    instance = start(which="child")
    after_three_tries()
    found = only()

    deploy(child="start s\nend e\ns > e")
    resolve(found)

    assert (found.kind, found.element_id) == (ErrorType.CALLED_ELEMENT_ERROR, "k")
    assert state(instance) == "COMPLETED"


def test_a_decision_that_is_not_there_is_an_incident_of_its_kind() -> None:
    deploy("start s\ncatch c: duration PT1H\nrule r: decides =which; as grade\nend e\ns > c > r > e")
    start(which="bands")

    after_three_tries()

    assert (only().kind, only().element_id) == (ErrorType.CALLED_DECISION_ERROR, "r")


def test_a_form_that_is_not_there_is_an_incident_of_its_kind() -> None:
    deploy("start s\ncatch c: duration PT1H\nuser u: form =which\nend e\ns > c > u > e")
    start(which="sheet")

    after_three_tries()

    assert (only().kind, only().element_id) == (ErrorType.FORM_NOT_FOUND, "u")


def test_a_mapping_that_fails_is_an_incident_of_its_kind() -> None:
    deploy("start s\ncatch c: duration PT1H\nuser u: in rule = function(x) x\nend e\ns > c > u > e")
    start()

    after_three_tries()

    assert (only().kind, only().element_id) == (ErrorType.IO_MAPPING_ERROR, "u")


def test_a_timer_that_repeats_fires_again_when_its_incident_is_resolved(broken: Any) -> None:
    deploy(
        """
        start s
        user u: assignee bob
        boundary hourly beside u: cycle R/PT1H
        job print: type reviewflow.test-mendable
        end e
        end f
        s > u > e
        hourly > print > f
        """
    )
    instance = start()
    after_three_tries()

    broken()
    resolve(only())

    assert variables(instance)["printed"] == "engine"
    with db.reading() as session:
        assert len(session.scalars(select(Timer)).all()) == 1
    assert later(hours=1) == 1


def test_a_person_whose_completion_returns_to_a_process_that_fails_is_refused() -> None:
    deploy(
        "start s\ncall k: calls child\nexclusive x\nend e\nend f\ns > k > x > e [score > 3]\nx > f [score <= 3]",
        child="start s\nuser w: assignee ann; out score = score\nend e\ns > w > e",
    )
    start()

    with pytest.raises(Incident) as refusal:
        complete("w", score="high")

    assert refusal.value.element_id == "x"
    assert (list(open_tasks()), open_ones()) == (["w"], [])


def test_what_waits_beside_a_parked_move_goes_on_and_closes_it(broken: Any) -> None:
    deploy(
        """
        start s
        events g
        catch m: message news key =topic
        catch late: duration PT1H
        job print: type reviewflow.test-mendable
        user u: assignee bob
        end e
        end f
        s > g > m > print > e
        g > late > u > f
        """
    )
    instance = start(topic="t1")
    publish("news", "t1")
    assert len(open_ones()) == 1

    later(hours=2)

    assert (list(open_tasks()), open_ones()) == (["u"], [])
    with db.reading() as session:
        assert instances.get(session, instance.key).incidents == 0


def test_cancelling_an_instance_closes_its_incidents(broken: Any) -> None:
    deploy(RECEIVES)
    instance = start(topic="t1")
    publish("news", "t1")
    found = only()

    with db.transaction() as session:
        instances.cancel(session, instance.key, by=SYSTEM)

    assert open_ones() == []
    with pytest.raises(Conflict, match="resolved already"):
        resolve(found)


def test_what_a_receiver_sends_before_it_fails_is_not_sent(broken: Any) -> None:
    deploy(
        """
        start s
        catch m: message news key =topic
        throw t: message more key =topic
        job print: type reviewflow.test-mendable
        end e
        s > m > t > print > e
        """,
        other="start s\ncatch m: message more key =topic\nend e\ns > m > e",
    )
    other = start("other", topic="t1")
    instance = start("p", topic="t1")
    publish("news", "t1")
    before = state(other)

    broken()
    resolve(only())

    assert (before, state(other), state(instance)) == ("ACTIVE", "COMPLETED", "COMPLETED")


def test_a_parked_message_arrives_after_its_process_went_over_to_a_version_that_calls_the_event_otherwise(
    broken: Any,
) -> None:
    deploy(RECEIVES)
    instance = start(topic="t1")
    publish("news", "t1", headline="first")
    deploy(RECEIVES.replace("catch m:", "catch heard:").replace("s > m > print", "s > heard > print"))

    migrate(instance, {"m": "heard"})
    broken()
    resolve(only())

    assert list(open_tasks()) == ["u"]
    assert variables(instance)["headline"] == "first"


def test_who_goes_over_to_a_version_that_can_begin_has_no_incident_any_more(broken: Any) -> None:
    nodes = "start s: message hired\njob print: type reviewflow.test-mendable\nuser u: assignee bob\nend e\n"
    deploy(nodes + "s > print > u > e")
    publish("hired", "li.na")
    found = only()
    deploy(nodes + "s > u > print > e")
    with db.reading() as session:
        standing = store.read(session, found.instance_key)

    migrate(standing, {})

    assert (list(open_tasks()), open_ones()) == (["u"], [])


def migrate(instance: Instance, mapping: dict[str, str]) -> None:
    """Let an instance go over to the latest version of its process."""
    with db.transaction() as session:
        latest = definitions.find(session, ProcessDefinition, instance.process_id)
        instance_migrations.migrate(session, instance.key, Goal(latest.key, mapping), by=SYSTEM)


def test_processes_that_send_each_other_messages_for_ever_end_in_one_incident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda, "LIMIT", 40)
    text = "start s: message {}\nthrow t: message {}\nend e\ns > t > e"
    deploy(ping=text.format("ping", "pong"), pong=text.format("pong", "ping"))

    publish("ping")

    found = only()
    assert (found.element_id, "did not end it" in found.message) == ("s", True)
    with db.reading() as session:
        assert [instance.key for instance in session.scalars(select(ProcessInstance))] == [found.instance_key]


def test_incidents_are_for_operators(broken: Any) -> None:
    deploy(RECEIVES)
    start(topic="t1")
    publish("news", "t1")

    with db.transaction() as session:
        with pytest.raises(NotFound):
            incidents.get(session, only().key, by=ANN)
        with pytest.raises(Forbidden):
            incidents.resolve(session, only().key, by=BOB)


def test_who_resolved_an_incident_stays_on_record(broken: Any) -> None:
    deploy(RECEIVES)
    instance: Instance = start(topic="t1")
    publish("news", "t1")
    found = only()
    broken()

    resolve(found)

    with db.reading() as session:
        kept = session.get_one(IncidentRecord, found.key)
        told = [entry for entry in history.of(session, instance.key) if entry.event is Event.RESOLVED]
    assert (kept.resolved_by, kept.resolved_at is not None) == (SYSTEM.username, True)
    assert [(entry.by, entry.details["incident"]) for entry in told] == [(SYSTEM.username, str(found.key))]
