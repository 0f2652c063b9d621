"""Element instances: each token's stay on an element has a key, which is told in both directions."""

from importlib import import_module
from typing import Any

import pytest
from company import ANN, complete, deploy, open_tasks, start
from sqlalchemy import delete, select

from engine import db
from engine.bpmn import element_instances, instances, tasks
from engine.bpmn.models import Element, ElementInstance, UserTask
from engine.errors import NotFound
from engine.identity import SYSTEM

pytestmark = pytest.mark.usefixtures("database")

PANEL = """
    start s
    sub hearing 'Hearing'
        start begin
        user vote 'Vote': each-of =voters; item voter; assignee =voter
        end done
        begin > vote > done
    end e
    s > hearing > e
"""


def stays(instance_key: int) -> dict[int, tuple[Any, ...]]:
    """Return element, name, type, state, token around and history rows of each stay, by token."""
    with db.reading() as session:
        rows = session.execute(
            select(ElementInstance, Element)
            .join(Element, Element.key == ElementInstance.element_key)
            .where(ElementInstance.instance_key == instance_key)
            .order_by(ElementInstance.token)
        )
        return {stay.token: (*_named(element), stay.state.value, *_placed(stay)) for stay, element in rows}


def _named(element: Element) -> tuple[str, ...]:
    return element.element_id, element.name, element.type


def _placed(stay: ElementInstance) -> tuple[int | None, ...]:
    return stay.parent, stay.entered_in, stay.left_in


def test_what_every_token_did_is_kept_with_the_steps_it_came_and_left_in() -> None:
    deploy(PANEL)
    instance = start(voters=["ann"])

    complete("vote", ANN)

    assert list(stays(instance.key).values()) == [
        ("p", "p", "PROCESS", "COMPLETED", 0, 1, 2),
        ("s", "s", "START_EVENT", "COMPLETED", 1, 1, 1),
        ("hearing", "Hearing", "SUB_PROCESS", "COMPLETED", 1, 1, 2),
        ("begin", "begin", "START_EVENT", "COMPLETED", 3, 1, 1),
        ("vote", "Vote", "MULTI_INSTANCE_BODY", "COMPLETED", 3, 1, 2),
        ("vote", "Vote", "USER_TASK", "COMPLETED", 5, 1, 2),
        ("done", "done", "END_EVENT", "COMPLETED", 3, 2, 2),
        ("e", "e", "END_EVENT", "COMPLETED", 1, 2, 2),
    ]


def test_what_a_cancelled_instance_leaves_unfinished_is_terminated() -> None:
    deploy(PANEL)
    instance = start(voters=["ann", "bob"])

    with db.transaction() as session:
        instances.cancel(session, instance.key, by=SYSTEM)

    unfinished = [stay for stay in stays(instance.key).values() if stay[3] == "TERMINATED"]
    assert [(stay[2], stay[6]) for stay in unfinished] == [
        ("PROCESS", 2),
        ("SUB_PROCESS", 2),
        ("MULTI_INSTANCE_BODY", 2),
        ("USER_TASK", 2),
        ("USER_TASK", 2),
    ]


def test_instances_begun_before_there_were_element_instances_get_them_from_the_history() -> None:
    deploy(PANEL)
    instance = start(voters=["ann", "bob"])
    ended = start(voters=["ann"])
    with db.transaction() as session:
        task = session.scalars(select(UserTask).where(UserTask.instance_key == ended.key)).one()
        tasks.complete(session, task.key, by=ANN, variables={})
    before = {key: stays(key) for key in (instance.key, ended.key)}

    with db.transaction() as session:
        session.execute(delete(ElementInstance))
        session.execute(delete(Element))
        import_module("engine.migrations.versions.0006_element_instances").fill(session.connection())

    assert {key: stays(key) for key in (instance.key, ended.key)} == before


def test_an_element_instance_is_found_by_its_key_and_its_key_by_the_token() -> None:
    deploy("start s\nuser u: assignee ann\nend e\ns > u > e")
    instance = start()
    token = open_tasks()["u"].token

    with db.reading() as session:
        key = element_instances.key_of(session, instance.key, token)
        found = element_instances.find(session, key)
        own = element_instances.find(session, instance.key)

    assert found == (instance.key, token)
    assert own == (instance.key, 1)


def test_a_key_that_no_element_instance_has_is_refused() -> None:
    with db.reading() as session, pytest.raises(NotFound, match="element instance 7"):
        element_instances.find(session, 7)
