"""What operators ask for over HTTP beside tasks and decisions, read by Camunda's own client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from company import complete, deploy, open_tasks, start

from engine.identity import Identity

As = Callable[[str], CamundaClient]
Client = Callable[[str], Any]

WAITING = """
    start s
    parallel fork
    user u: assignee ann
    catch paid: message paid key =order
    catch closed: signal closed
    parallel join
    call after: calls after
    end e
    s > fork > u > join > after > e
    fork > paid > join
    fork > closed > join
"""
AFTER = "start s\nuser check: assignee bo\nend e\ns > check > e"


@pytest.fixture
def waiting(sdk: As) -> of.CreateProcessInstanceResult:
    """Start an instance that waits for a person, a message and a signal."""
    deploy(WAITING, after=AFTER)
    asked = {"processDefinitionId": "p", "variables": {"order": "o-7"}, "tags": ["vip", "q3:2026"], "businessId": "r-1"}
    return sdk("root").create_process_instance(data=of.ProcessCreationById.from_dict(asked))


def counts(found: Any) -> dict[str, tuple[int, int, int]]:
    return {one.element_id: (one.active, one.completed, one.canceled) for one in found.items}


def test_what_an_instance_waits_for_is_found_by_message(sdk: As, waiting: of.CreateProcessInstanceResult) -> None:
    query = {"filter": {"messageName": "paid", "correlationKey": {"$like": "o-*"}}}

    (wait,) = sdk("root").search_message_subscriptions(data=of.MessageSubscriptionSearchQuery.from_dict(query)).items

    assert (wait.element_id, wait.process_instance_key) == ("paid", waiting.process_instance_key)
    assert (wait.business_id, wait.process_definition_id) == ("r-1", "p")
    stay = sdk("root").get_element_instance(wait.element_instance_key or "")
    assert (stay.element_id, stay.start_date) == ("paid", wait.last_updated_date)
    assert sdk("ann").search_message_subscriptions().items == []


def test_a_signal_is_heard_by_all_who_listen(sdk: As, waiting: of.CreateProcessInstanceResult) -> None:
    sdk("root").broadcast_signal(data=of.SignalBroadcastRequest(signal_name="closed"))

    found = sdk("root").get_process_instance_statistics(waiting.process_instance_key)

    assert counts(found)["closed"] == (0, 1, 0)
    with pytest.raises(refused.UnexpectedStatus, match="403"):
        sdk("ann").broadcast_signal(data=of.SignalBroadcastRequest(signal_name="closed"))


def test_element_instances_are_counted(sdk: As, waiting: of.CreateProcessInstanceResult) -> None:
    start(order="o-8")
    key = waiting.process_definition_key
    only = {"filter": {"tags": ["vip"]}}

    everything = of.ProcessDefinitionElementStatisticsQuery.from_dict({})
    of_all = counts(sdk("root").get_process_definition_statistics(key, data=everything))
    of_one = sdk("root").get_process_definition_statistics(
        key, data=of.ProcessDefinitionElementStatisticsQuery.from_dict(only)
    )
    sdk("root").cancel_process_instance(waiting.process_instance_key, data=None)
    after = sdk("root").get_process_instance_statistics(waiting.process_instance_key)

    assert of_all == {"closed": (2, 0, 0), "fork": (0, 2, 0), "paid": (2, 0, 0), "s": (0, 2, 0), "u": (2, 0, 0)}
    assert counts(of_one)["u"] == (1, 0, 0)
    assert counts(after)["u"] == (0, 0, 1)
    assert sdk("ann").get_process_instance_statistics(waiting.process_instance_key).items == []


def test_a_called_instance_tells_who_called_it(sdk: As, waiting: of.CreateProcessInstanceResult) -> None:
    complete("u", Identity("ann"))
    sdk("root").broadcast_signal(data=of.SignalBroadcastRequest(signal_name="closed"))
    sdk("root").correlate_message(data=of.MessageCorrelationRequest(name="paid", correlation_key="o-7"))
    query = {"filter": {"parentProcessInstanceKey": waiting.process_instance_key}}
    (called,) = sdk("root").search_process_instances(data=of.ProcessInstanceSearchQuery.from_dict(query)).items

    way = sdk("root").get_process_instance_call_hierarchy(called.process_instance_key)

    assert [one.process_instance_key for one in way] == [waiting.process_instance_key, called.process_instance_key]
    assert [one.process_definition_name for one in way] == ["p", "after"]
    with pytest.raises(refused.NotFoundError):
        sdk("bo").get_process_instance_call_hierarchy(called.process_instance_key)


def test_an_instance_and_its_tasks_are_found_by_tags(sdk: As, waiting: of.CreateProcessInstanceResult) -> None:
    start(order="o-9")
    both, other = ({"filter": {"tags": tags}} for tags in (["q3:2026", "vip"], ["vip", "other"]))

    found = sdk("root").search_process_instances(data=of.ProcessInstanceSearchQuery.from_dict(both)).items
    tasks = sdk("root").search_user_tasks(data=of.UserTaskSearchQuery.from_dict(both)).items
    nothing = sdk("root").search_process_instances(data=of.ProcessInstanceSearchQuery.from_dict(other)).items

    assert waiting.tags == ["q3:2026", "vip"]
    assert [one.process_instance_key for one in found] == [waiting.process_instance_key]
    assert [one.tags for one in (*found, *tasks)] == [["q3:2026", "vip"]] * 2
    assert nothing == []


@pytest.mark.parametrize("tags", [["1st"], ["with space"], [f"t{n}" for n in range(11)], ["a" * 101]])
def test_tags_that_camunda_refuses_are_refused(sdk: As, waiting: of.CreateProcessInstanceResult, tags: Any) -> None:
    creation = of.ProcessCreationById.from_dict({"processDefinitionId": "p", "tags": tags})

    with pytest.raises(refused.BadRequestError, match="tags"):
        sdk("root").create_process_instance(data=creation)


def test_processes_and_tasks_may_have_no_form(client: Client, waiting: of.CreateProcessInstanceResult) -> None:
    (task,) = client("ann").post("/v2/user-tasks/search").json["items"]

    of_task = client("ann").get(f"/v2/user-tasks/{task['userTaskKey']}/form")
    of_process = client("ann").get(f"/v2/process-definitions/{waiting.process_definition_key}/form")
    of_nothing = client("ann").get("/v2/process-definitions/7/form")

    assert [of_task.status_code, of_process.status_code, of_nothing.status_code] == [204, 204, 404]


def test_the_cluster_tells_about_itself(sdk: As, served: str) -> None:
    me = sdk("ann").get_authentication()

    assert (me.username, me.groups, me.authorized_components) == ("ann", ["sales"], ["tasklist"])
    assert [tenant.tenant_id for tenant in me.tenants] == ["<default>"]
    assert sdk("ann").get_license().valid_license is True
    assert httpx.get(f"{served}/v2/status").status_code == 204


def test_a_process_with_several_start_events_begins_with_the_one_that_is_asked_for(sdk: As) -> None:
    deploy("start s\nstart t\nuser a: assignee ann\nuser b: assignee ann\nend e\ns > a > e\nt > b > e")
    asked: dict[str, Any] = {"processDefinitionId": "p"}

    made = sdk("root").create_process_instance(
        data=of.ProcessCreationById.from_dict({**asked, "startInstructions": [{"elementId": "t"}]})
    )

    assert list(open_tasks()) == ["b"]
    assert made.process_definition_id == "p"
    with pytest.raises(refused.BadRequestError, match="say which of s, t"):
        sdk("root").create_process_instance(data=of.ProcessCreationById.from_dict(asked))
