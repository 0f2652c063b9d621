"""Process instances: timers, messages, calls, operations, and what a failure leaves."""

from datetime import timedelta
from typing import Any

import pytest
from company import ANN, BOB, complete, deploy, later, now, open_tasks, start, state, variables
from sqlalchemy import select

from engine import db
from engine.bpmn import incidents, instances, messages, operations, signals, tasks, timers
from engine.bpmn.messages import Publication
from engine.bpmn.models import MessageSubscription, ProcessInstance, Timer
from engine.bpmn.standstills import Standstill
from engine.errors import Conflict, Forbidden, Incident, Invalid, NotFound
from engine.identity import SYSTEM

pytestmark = pytest.mark.usefixtures("database")


@operations.operation("reviewflow.test-double")
def _double(call: operations.Call) -> dict[str, Any]:
    score = call.variables["score"]
    if score == "none":
        raise Invalid("Expected to double a score, but there is none")
    if score == "error":
        raise operations.BpmnError("NO_SCORE")
    return {"double": score * 2}


DOUBLED = """
    start s
    user u: assignee ann; out score = score
    job j: type reviewflow.test-double
    boundary caught on j: error NO_SCORE
    user again: assignee bob
    end e
    end f
    s > u > j > e
    caught > again > f
"""


def publish(name: str, key: str = "", *, keep: float = 0, message_id: str | None = None, **content: Any) -> int:
    publication = Publication(name, key, content, timedelta(seconds=keep), message_id)
    with db.transaction() as session:
        return messages.publish(session, publication, by=SYSTEM)


def test_an_operation_is_called_by_name_and_sets_its_variables() -> None:
    deploy(DOUBLED)
    instance = start()

    complete("u", ANN, score=21)

    assert state(instance) == "COMPLETED"
    assert variables(instance) == {"score": 21, "double": 42}


def test_an_operation_that_refuses_undoes_the_completion() -> None:
    deploy(DOUBLED)
    instance = start()

    with pytest.raises(Standstill, match="but there is none"):
        complete("u", ANN, score="none")

    assert list(open_tasks()) == ["u"]
    assert variables(instance) == {}


def test_a_bpmn_error_of_an_operation_is_caught_by_its_boundary_event() -> None:
    deploy(DOUBLED)
    start()

    complete("u", ANN, score="error")

    assert list(open_tasks()) == ["again"]


def test_a_condition_that_is_neither_true_nor_false_leaves_the_task_open() -> None:
    deploy(
        """
        start s
        user u: assignee ann; out score = score
        exclusive x
        end a
        end b
        s > u > x > a [score > 3]
        x > b [score <= 3]
        """
    )
    start()

    with pytest.raises(Incident) as failure:
        complete("u", ANN, score="high")

    assert failure.value.element_id == "x"
    assert list(open_tasks()) == ["u"]


def test_a_timer_fires_once_when_it_is_due_and_not_before() -> None:
    deploy("start s\ncatch c: duration P2D\nend e\ns > c > e")
    instance = start()

    assert later(days=1) == 0
    assert later(days=1) == 1

    assert state(instance) == "COMPLETED"
    assert later(days=9) == 0


def test_an_interrupting_timer_cancels_the_task_it_sits_on() -> None:
    deploy(
        """
        start s
        user u: assignee ann
        boundary late on u: duration P1D
        user v: assignee bob
        end e
        end f
        s > u > e
        late > v > f
        """
    )
    start()
    key = open_tasks()["u"].key

    later(days=2)

    assert list(open_tasks()) == ["v"]
    with pytest.raises(Conflict, match="already canceled"), db.transaction() as session:
        tasks.complete(session, key, by=ANN, variables={})


def test_a_timer_whose_process_cannot_go_on_becomes_an_incident_after_its_retries() -> None:
    deploy("start s\ncatch c: duration P1D\nscript x: let y = z / 0\nuser u: assignee =y\nend e\ns > c > x > u > e")
    instance = start()
    with db.transaction() as session:
        due = session.execute(select(Timer.instance_key, Timer.token, Timer.event_id)).one()

    for _ in range(timers.RETRIES):
        with db.transaction() as session:
            timers.fail(session, due, Invalid("it cannot go on"))

    with db.reading() as session:
        found = [(i.instance_key, i.element_id, i.message) for i in incidents.open_ones(session)]
    assert found == [(instance.key, "c", "it cannot go on")]


def test_an_event_subprocess_interrupts_and_its_waits_go_with_it() -> None:
    deploy(
        """
        start s
        user u: assignee ann
        end e
        s > u > e
        react withdrawn
            start m: message withdrawn key =review
            user v: assignee bob
            end f
            m > v > f
        """
    )
    instance = start(review="r1")

    publish("withdrawn", "r1")

    assert list(open_tasks()) == ["v"]
    complete("v", BOB)
    assert state(instance) == "COMPLETED"
    with db.reading() as session:
        assert session.scalars(select(MessageSubscription)).all() == []


WAITS = """
    start s
    catch m: message released key =review
    end e
    s > m > e
"""


def test_a_message_reaches_the_instance_with_its_correlation_key_alone() -> None:
    deploy(WAITS)
    one, two = start(review="r1"), start(review="r2")

    publish("released", "r2", grade="A")

    assert (state(one), state(two)) == ("ACTIVE", "COMPLETED")
    assert variables(two) == {"review": "r2", "grade": "A"}


def test_a_message_published_too_early_is_taken_if_it_is_kept() -> None:
    deploy(WAITS)
    publish("released", "r1", keep=60, grade="B")
    publish("released", "r2")

    early, lost = start(review="r1"), start(review="r2")

    assert (state(early), state(lost)) == ("COMPLETED", "ACTIVE")


def test_a_kept_message_is_taken_once() -> None:
    deploy(WAITS)
    publish("released", "r1", keep=60)

    first, second = start(review="r1"), start(review="r1")

    assert (state(first), state(second)) == ("COMPLETED", "ACTIVE")


def test_a_message_with_the_id_of_a_kept_one_is_refused() -> None:
    deploy(WAITS)
    publish("released", "r1", keep=60, message_id="x")

    with pytest.raises(Conflict, match="published already"):
        publish("released", "r1", keep=60, message_id="x")

    later(minutes=2)
    publish("released", "r1", keep=60, message_id="x")


def test_a_message_that_nobody_waits_for_cannot_be_correlated() -> None:
    deploy(WAITS)

    with pytest.raises(NotFound, match="nobody waits for it"), db.transaction() as session:
        messages.correlate(session, Publication("released", "r9"), by=SYSTEM)


def test_a_message_starts_the_process_that_begins_with_it() -> None:
    deploy("start s: message lodged\nuser u: assignee =who\nend e\ns > u > e")

    publish("lodged", "r1", who="ann")

    assert open_tasks()["u"].assignee == "ann"


def test_one_process_sends_another_a_message() -> None:
    deploy(
        """
        start s
        throw t: message lodged key =review; in review = review
        catch d: message decided key =review
        end e
        s > t > d > e
        """,
        appeal="""
        start s: message lodged
        user vote: assignee bob
        end e: message decided key =review
        s > vote > e
        """,
    )
    review = start(review="r1")
    assert list(open_tasks()) == ["vote"]

    complete("vote", BOB)

    assert state(review) == "COMPLETED"


def test_a_signal_reaches_all_who_listen() -> None:
    deploy("start s\ncatch c: signal holiday\nend e\ns > c > e")
    all_of_them = [start(), start()]

    with db.transaction() as session:
        assert signals.broadcast(session, "holiday", {}, by=SYSTEM) == 2

    assert [state(instance) for instance in all_of_them] == ["COMPLETED", "COMPLETED"]


CALLS = {
    "text": """
        start s
        call c: calls child; send-all false; receive-all false; in x = score + 1; out result = y
        boundary late on c: duration P1D
        end e
        end f
        s > c > e
        late > f
        """,
    "child": "start s\nuser w: assignee bob; out y = answer\nend e\ns > w > e",
}


def test_a_call_activity_starts_an_instance_and_takes_its_result_over() -> None:
    deploy(CALLS["text"], child=CALLS["child"])
    parent = start(score=1)
    with db.reading() as session:
        child = session.scalars(select(ProcessInstance).where(ProcessInstance.parent_key == parent.key)).one()

    complete("w", BOB, answer=7)

    assert child.root_key == parent.key
    assert variables(parent) == {"score": 1, "result": 7}
    with db.reading() as session:
        assert instances.variables(session, child.key) == {"x": 2, "y": 7}


def test_a_call_that_is_interrupted_ends_the_called_instance() -> None:
    deploy(CALLS["text"], child=CALLS["child"])
    parent = start(score=1)

    later(days=2)

    assert state(parent) == "COMPLETED"
    assert open_tasks() == {}
    with db.reading() as session:
        child = session.scalars(select(ProcessInstance).where(ProcessInstance.parent_key == parent.key)).one()
    assert child.state == "TERMINATED"


def test_an_error_that_ends_a_called_process_is_caught_at_the_call() -> None:
    deploy(
        """
        start s
        call c: calls child
        boundary refused on c: error NO_TARGET
        user v: assignee ann
        end e
        end f
        s > c > e
        refused > v > f
        """,
        child="start s\nuser w: assignee bob\nend e: error NO_TARGET\ns > w > e",
    )
    start()

    complete("w", BOB)

    assert list(open_tasks()) == ["v"]


def test_an_error_that_nothing_catches_at_the_call_undoes_the_completion() -> None:
    deploy(
        "start s\ncall c: calls child\nend e\ns > c > e",
        child="start s\nuser w: assignee bob\nend e: error NO_TARGET\ns > w > e",
    )
    start()

    with pytest.raises(Incident, match="nothing catches the error NO_TARGET"):
        complete("w", BOB)

    assert list(open_tasks()) == ["w"]


def test_cancelling_ends_the_called_ones_and_everything_that_waits() -> None:
    deploy(CALLS["text"], child=CALLS["child"])
    parent = start(score=1)

    with db.transaction() as session:
        instances.cancel(session, parent.key, by=SYSTEM)

    assert state(parent) == "TERMINATED"
    assert open_tasks() == {}
    with db.reading() as session:
        assert session.scalars(select(Timer)).all() == []
        assert session.scalars(select(MessageSubscription)).all() == []


def test_a_called_instance_is_not_cancelled_on_its_own() -> None:
    deploy(CALLS["text"], child=CALLS["child"])
    start(score=1)

    with pytest.raises(Conflict, match="cancel that one"), db.transaction() as session:
        instances.cancel(session, open_tasks()["w"].instance_key, by=SYSTEM)


def test_who_is_no_operator_may_neither_start_nor_cancel_nor_publish() -> None:
    deploy(WAITS)
    instance = start(review="r1")

    with db.transaction() as session:
        with pytest.raises(Forbidden):
            instances.start(session, process_id="p", variables={}, by=ANN)
        with pytest.raises(Forbidden):
            instances.cancel(session, instance.key, by=ANN)
        with pytest.raises(Forbidden):
            messages.publish(session, Publication("released", "r1"), by=ANN)


def test_the_clock_that_is_moved_is_the_one_that_processes_see() -> None:
    deploy("start s\nscript t: let day = string(today())\nend e\ns > t > e")
    later(days=400)

    instance = start()

    assert variables(instance)["day"] == str((now() + timedelta(hours=8)).date())
