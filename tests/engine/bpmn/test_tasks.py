"""User tasks: who may do what, and what a completion accepts."""

from datetime import UTC, datetime

import pytest
from company import ANN, BOB, HR, complete, deploy, employ, later, open_tasks, pin, start, state, variables

from engine import db
from engine.bpmn import history, tasks
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.identity import SYSTEM

pytestmark = pytest.mark.usefixtures("database")

ONE = """
    start s
    user u: assignee ann; out score = score
    end e
    s > u > e
"""
GROUP = """
    start s
    user u: groups hr
    end e
    s > u > e
"""


def test_the_assignee_completes_a_task_and_the_process_goes_on() -> None:
    deploy(ONE)
    instance = start()

    complete("u", ANN, score=5)

    assert state(instance) == "COMPLETED"
    assert variables(instance) == {"score": 5}


def test_who_may_not_know_of_a_task_does_not_find_it() -> None:
    deploy(ONE)
    start()

    with pytest.raises(NotFound, match="none that bob may know of"):
        complete("u", BOB, score=5)


def test_an_operator_sees_a_task_and_still_may_not_complete_it_for_another() -> None:
    deploy(ONE)
    start()

    with pytest.raises(Forbidden, match="it is assigned to ann"):
        complete("u", SYSTEM, score=5)

    assert "u" in open_tasks()


def test_a_due_date_that_is_moved_leaves_a_timer_of_the_diagram_where_it_is() -> None:
    pin(datetime(2026, 1, 1, tzinfo=UTC))
    deploy(
        """
        start s
        user u: assignee ann; due 2026-01-05T00:00:00Z
        boundary late on u: date 2026-01-05T00:00:00Z
        user reminded
        s > u
        late > reminded
        """
    )
    start()
    with db.transaction() as session:
        tasks.update(session, open_tasks()["u"].key, {"due_at": datetime(2026, 2, 1, tzinfo=UTC)}, by=SYSTEM)

    assert later(days=4) == 1

    assert list(open_tasks()) == ["reminded"]


def test_a_variable_that_the_task_does_not_declare_is_refused_by_name() -> None:
    deploy(ONE)
    instance = start()

    with pytest.raises(Invalid) as refusal:
        complete("u", ANN, score=5, rating=1)

    assert [problem.where for problem in refusal.value.problems] == ["rating"]
    assert variables(instance) == {}


def test_a_task_without_form_or_mapping_takes_no_variables() -> None:
    deploy("start s\nuser u: assignee ann\nend e\ns > u > e")
    start()

    with pytest.raises(Invalid, match="it takes no rating"):
        complete("u", ANN, rating=5)


def test_a_completed_task_is_refused() -> None:
    deploy(ONE)
    start()
    key = open_tasks()["u"].key
    complete("u", ANN, score=5)

    with pytest.raises(Conflict, match="it is already completed"), db.transaction() as session:
        tasks.complete(session, key, by=ANN, variables={"score": 1})


def test_a_candidate_claims_a_task_and_then_others_are_too_late() -> None:
    deploy(GROUP)
    start()
    key = open_tasks()["u"].key

    with db.transaction() as session:
        tasks.claim(session, key, by=HR)

    assert open_tasks()["u"].assignee == "hilda"
    other = type(HR)("harry", HR.groups)
    with pytest.raises(Conflict, match="hilda holds it"), db.transaction() as session:
        tasks.claim(session, key, by=other)


def test_a_task_that_was_put_back_can_be_claimed_again() -> None:
    deploy(GROUP)
    start()
    key = open_tasks()["u"].key
    with db.transaction() as session:
        tasks.claim(session, key, by=HR)

    with db.transaction() as session:
        tasks.unassign(session, key, by=HR)

    assert open_tasks()["u"].assignee is None


def test_nobody_but_the_holder_or_an_operator_hands_a_task_over() -> None:
    deploy(ONE)
    start()
    key = open_tasks()["u"].key
    employ("bob")
    with db.transaction() as session:
        tasks.assign(session, key, "bob", by=ANN)

    with pytest.raises(NotFound), db.transaction() as session:
        tasks.assign(session, key, "ann", by=ANN)

    assert open_tasks()["u"].assignee == "bob"


@pytest.mark.parametrize("username", ["nobody", "carl"])
def test_a_task_is_not_given_to_an_account_that_is_not_there_or_disabled(username: str) -> None:
    deploy(ONE)
    start()
    employ("carl", disabled=True)

    with pytest.raises(Invalid, match=f"{username} has no account"), db.transaction() as session:
        tasks.assign(session, open_tasks()["u"].key, username, by=SYSTEM)

    assert open_tasks()["u"].assignee == "ann"


def test_an_operator_moves_a_deadline_and_the_history_tells_both(database: db.Database) -> None:
    deploy(ONE)
    instance = start()
    due = datetime(2025, 10, 10, 16, tzinfo=UTC)

    with db.transaction() as session:
        tasks.update(session, open_tasks()["u"].key, {"due_at": due, "priority": 90}, by=SYSTEM)

    task = open_tasks()["u"]
    assert (task.due_at, task.priority, task.follow_up_at) == (due, 90, None)
    with db.reading() as session:
        (*_, entry) = history.of(session, instance.key)
        assert list(history.verify(session)) == []
    assert entry.event is history.Event.UPDATED
    assert entry.details["due_at"] == {"from": None, "to": "2025-10-10T16:00:00+00:00"}
    assert entry.details["priority"] == {"from": 50, "to": 90}


def test_nobody_moves_the_own_deadline() -> None:
    deploy(ONE)
    start()

    with pytest.raises(Forbidden, match="does not operate"), db.transaction() as session:
        tasks.update(session, open_tasks()["u"].key, {"priority": 0}, by=ANN)


def test_the_history_tells_who_held_a_task_and_who_did_it() -> None:
    deploy(ONE)
    instance = start()
    employ("bob")
    with db.transaction() as session:
        tasks.assign(session, open_tasks()["u"].key, "bob", by=ANN)

    complete("u", BOB, score=1)

    with db.reading() as session:
        told = [(entry.event.value, entry.by) for entry in history.of(session, instance.key)]
        assert list(history.verify(session)) == []
    assert told == [("STARTED", "engine"), ("TASK_ASSIGNED", "ann"), ("TASK_COMPLETED", "bob")]


def test_a_due_date_in_working_days_ends_at_midnight_of_the_last_one() -> None:
    pin(datetime(2025, 9, 26, 8, tzinfo=UTC))
    deploy("start s\nuser u: assignee ann; due =add working days(today(), 5)\nend e\ns > u > e")

    start()

    assert open_tasks()["u"].due_at == datetime(2025, 10, 10, 16, tzinfo=UTC)
