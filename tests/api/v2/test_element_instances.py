"""Element instances over HTTP, read by Camunda's own client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from company import deploy, start

As = Callable[[str], CamundaClient]

HEARING = """
    start s
    sub hearing 'Hearing'
        start begin
        user vote 'Vote': each-of =voters; item voter; assignee =voter
        end done
        begin > vote > done
    call result: calls result
    end e
    s > hearing > result > e
"""
RESULT = "start s\nuser sign: assignee ann\nend e\ns > sign > e"


@pytest.fixture
def hearing(sdk: As) -> int:
    """Start a hearing of two voters; return its key."""
    deploy(HEARING, result=RESULT)
    return start(voters=["ann", "bo"]).key


def search(client: CamundaClient, **query: Any) -> list[of.ElementInstanceResult]:
    found = client.search_element_instances(data=of.ElementInstanceSearchQuery.from_dict(query))
    assert found.page.total_items == len(found.items)
    return found.items


def test_what_the_process_does_is_found_by_state_and_type(sdk: As, hearing: int) -> None:
    active = search(sdk("root"), filter={"state": "ACTIVE"}, sort=[{"field": "elementInstanceKey"}])
    started = search(sdk("root"), filter={"type": "START_EVENT", "elementName": {"$like": "b*"}})

    assert [(one.element_id, one.element_name, one.type_.value) for one in active] == [
        ("p", "p", "PROCESS"),
        ("hearing", "Hearing", "SUB_PROCESS"),
        ("vote", "Vote", "MULTI_INSTANCE_BODY"),
        ("vote", "Vote", "USER_TASK"),
        ("vote", "Vote", "USER_TASK"),
    ]
    assert active[0].element_instance_key == active[0].process_instance_key == str(hearing)
    assert [(one.element_id, one.state.value) for one in started] == [("begin", "COMPLETED")]
    assert started[0].end_date is not None
    assert started[0].end_date >= started[0].start_date


def test_what_is_inside_an_element_instance_is_found_by_its_key(sdk: As, hearing: int) -> None:
    (body,) = search(sdk("root"), filter={"type": "MULTI_INSTANCE_BODY"})

    votes = search(sdk("root"), filter={"elementInstanceScopeKey": body.element_instance_key})

    tasks = sdk("root").search_user_tasks().items
    assert sorted(one.element_instance_key for one in votes) == sorted(task.element_instance_key for task in tasks)
    assert sdk("root").get_element_instance(body.element_instance_key) == body


def test_a_called_process_names_the_call_activity_it_comes_from(sdk: As, hearing: int) -> None:
    tasks = sdk("root").search_user_tasks().items
    for task in tasks:
        client = sdk(task.assignee or "")
        client.complete_user_task(task.user_task_key, data=of.UserTaskCompletionRequest())

    (call,) = search(sdk("root"), filter={"type": "CALL_ACTIVITY"})
    query = {"filter": {"parentElementInstanceKey": call.element_instance_key}}
    (called,) = sdk("root").search_process_instances(data=of.ProcessInstanceSearchQuery.from_dict(query)).items

    assert called.parent_process_instance_key == str(hearing)
    assert called.parent_element_instance_key == call.element_instance_key
    assert called.root_process_instance_key == str(hearing)


def test_who_operates_nothing_sees_the_element_instances_of_the_own_tasks(sdk: As, hearing: int) -> None:
    (own,) = search(sdk("bo"))

    (task,) = sdk("bo").search_user_tasks().items
    assert own.element_instance_key == task.element_instance_key
    with pytest.raises(refused.NotFoundError):
        sdk("bo").get_element_instance(str(hearing))


def test_an_element_instance_that_never_was_is_not_found(sdk: As, hearing: int) -> None:
    with pytest.raises(refused.NotFoundError):
        sdk("root").get_element_instance("7")
