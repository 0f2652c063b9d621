"""Camunda's own client for Python, unchanged and over real HTTP, drives a whole process."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from camunda_orchestration_sdk.models.deployment_metadata_result_process_definition import (
    DeploymentMetadataResultProcessDefinition as DeployedProcess,
)

REVIEW = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    id="definitions" targetNamespace="http://reviewflow/tests">
  <bpmn:message id="released" name="released">
    <bpmn:extensionElements><zeebe:subscription correlationKey="=employee" /></bpmn:extensionElements>
  </bpmn:message>
  <bpmn:process id="short-review" name="Short review" isExecutable="true">
    <bpmn:extensionElements><zeebe:versionTag value="2025Q3" /></bpmn:extensionElements>
    <bpmn:startEvent id="begin"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="self_evaluation" />
    <bpmn:userTask id="self_evaluation" name="Self-evaluation 自评">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:formDefinition formId="self-evaluation" />
        <zeebe:assignmentDefinition assignee="=employee" />
        <zeebe:priorityDefinition priority="70" />
        <zeebe:taskHeaders><zeebe:header key="phase" value="evaluation" /></zeebe:taskHeaders>
      </bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="self_evaluation" targetRef="calibration" />
    <bpmn:userTask id="calibration" name="Calibration">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:assignmentDefinition candidateGroups="sales" candidateUsers="bo" />
        <zeebe:ioMapping><zeebe:output source="=final" target="result" /></zeebe:ioMapping>
      </bpmn:extensionElements>
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f3" sourceRef="calibration" targetRef="release" />
    <bpmn:intermediateCatchEvent id="release" name="Released">
      <bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing>
      <bpmn:messageEventDefinition id="release_message" messageRef="released" />
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f4" sourceRef="release" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>f4</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""

SUM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="http://reviewflow/tests">
  <bpmn:process id="sum" isExecutable="true">
    <bpmn:startEvent id="begin"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="add" />
    <bpmn:scriptTask id="add">
      <bpmn:extensionElements><zeebe:script expression="=a + b" resultVariable="total" /></bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:scriptTask>
    <bpmn:sequenceFlow id="f2" sourceRef="add" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""

FORM = {
    "id": "self-evaluation",
    "type": "default",
    "schemaVersion": 19,
    "components": [
        {"type": "number", "key": "rating", "id": "rating_field", "label": "Rating", "decimalDigits": 1},
        {"type": "textarea", "key": "comment", "id": "comment_field", "label": "Comment"},
    ],
}

As = Callable[[str], CamundaClient]


@pytest.fixture
def deployed(sdk: As, tmp_path: Path) -> DeployedProcess:
    """Deploy the short review and its form."""
    (tmp_path / "review.bpmn").write_text(REVIEW, encoding="utf-8")
    (tmp_path / "self-evaluation.form").write_text(json.dumps(FORM), encoding="utf-8")
    files: list[str | Path] = [tmp_path / "review.bpmn", tmp_path / "self-evaluation.form"]
    deployment = sdk("root").deploy_resources_from_files(files)
    assert [form.form_id for form in deployment.forms] == ["self-evaluation"]
    return deployment.processes[0]


def variables(**values: Any) -> Any:
    return of.ProcessInstanceCreationInstructionBaseVariables.from_dict(values)


def answers(**values: Any) -> of.UserTaskCompletionRequest:
    return of.UserTaskCompletionRequest(variables=of.UserTaskCompletionRequestVariables.from_dict(values))


def changes(**changeset: Any) -> of.UserTaskUpdateRequest:
    return of.UserTaskUpdateRequest.from_dict({"changeset": changeset})


def open_tasks(client: CamundaClient, **asked: Any) -> list[of.UserTaskResult]:
    query = {"filter": {"state": "CREATED"} | asked, "sort": [{"field": "dueDate"}], "page": {"limit": 10}}
    found = client.search_user_tasks(data=of.UserTaskSearchQuery.from_dict(query))
    assert found.page.total_items == len(found.items)
    return found.items


def only_task(client: CamundaClient, **asked: Any) -> of.UserTaskResult:
    (task,) = open_tasks(client, **asked)
    return task


def start(sdk: As, deployed: DeployedProcess, employee: str = "ann") -> of.CreateProcessInstanceResult:
    creation = of.ProcessCreationById(
        process_definition_id=deployed.process_definition_id,
        variables=variables(employee=employee, target=90.5),
        business_id="review-7",
    )
    return sdk("root").create_process_instance(data=creation)


def test_a_whole_process_is_driven_to_its_end(sdk: As, deployed: DeployedProcess) -> None:
    created = start(sdk, deployed)

    task = only_task(sdk("ann"))
    assert (task.name, task.element_id, task.assignee) == ("Self-evaluation 自评", "self_evaluation", "ann")
    assert (task.priority, task.business_id, task.process_name) == (70, "review-7", "Short review")
    assert task.custom_headers.to_dict() == {"phase": "evaluation"}
    form = sdk("ann").get_user_task_form(task.user_task_key)
    assert form is not None
    assert json.loads(form.schema) == FORM
    seen = sdk("ann").search_user_task_variables(task.user_task_key)
    assert {variable.name: variable.value for variable in seen.items} == {"employee": '"ann"', "target": "90.5"}
    sdk("ann").complete_user_task(task.user_task_key, data=answers(rating=4.5, comment="客户满意"))

    task = only_task(sdk("bo"), candidateGroup="sales")
    assert (task.assignee, task.candidate_users, task.candidate_groups) == (None, ["bo"], ["sales"])
    sdk("bo").assign_user_task(task.user_task_key, data=of.UserTaskAssignmentRequest(assignee="bo"))
    sdk("bo").unassign_user_task(task.user_task_key)
    sdk("ann").assign_user_task(
        task.user_task_key, data=of.UserTaskAssignmentRequest(assignee="ann", allow_override=False)
    )
    with pytest.raises(refused.ConflictError):
        sdk("bo").assign_user_task(
            task.user_task_key, data=of.UserTaskAssignmentRequest(assignee="bo", allow_override=False)
        )
    assert sdk("bo").get_user_task(task.user_task_key).assignee == "ann"
    sdk("ann").complete_user_task(task.user_task_key, data=answers(final="良好"))

    message = of.MessageCorrelationRequest(name="released", correlation_key="ann")
    correlated = sdk("root").correlate_message(data=message)
    assert correlated.process_instance_key == created.process_instance_key
    instance = sdk("ann").get_process_instance(created.process_instance_key)
    assert instance.state == of.ProcessInstanceStateEnum.COMPLETED
    assert instance.end_date is not None
    assert instance.process_definition_version_tag == "2025Q3"


def test_an_operator_moves_a_deadline(sdk: As, deployed: DeployedProcess) -> None:
    start(sdk, deployed)
    key = only_task(sdk("ann")).user_task_key
    due = datetime(2026, 10, 10, 16, tzinfo=UTC)

    sdk("root").update_user_task(key, data=changes(dueDate=due.isoformat(), priority=90))
    moved = sdk("ann").get_user_task(key)
    sdk("root").update_user_task(key, data=changes(dueDate="", priority=None))
    reset = sdk("ann").get_user_task(key)

    assert (moved.due_date, moved.priority, moved.follow_up_date) == (due, 90, None)
    assert (reset.due_date, reset.priority) == (None, 90)
    with pytest.raises(refused.UnexpectedStatus, match="403"):  # Camunda documents no 403 here
        sdk("ann").update_user_task(key, data=changes(priority=0))


def test_a_published_message_waits_for_its_instance(sdk: As, deployed: DeployedProcess) -> None:
    message = of.MessagePublicationRequest(name="released", correlation_key="ann", time_to_live=60_000, message_id="m1")
    sdk("root").publish_message(data=message)
    created = start(sdk, deployed)

    sdk("ann").complete_user_task(only_task(sdk("ann")).user_task_key, data=answers(rating=3))
    calibration = only_task(sdk("bo"))
    sdk("bo").assign_user_task(calibration.user_task_key, data=of.UserTaskAssignmentRequest(assignee="bo"))
    sdk("bo").complete_user_task(calibration.user_task_key)

    found = sdk("root").get_process_instance(created.process_instance_key)
    assert found.state == of.ProcessInstanceStateEnum.COMPLETED


def test_definitions_are_found_with_their_diagram(sdk: As, deployed: DeployedProcess) -> None:
    query = of.ProcessDefinitionSearchQuery.from_dict(
        {"filter": {"isLatestVersion": True, "name": {"$like": "Short*"}}}
    )

    found = sdk("bo").search_process_definitions(data=query)

    assert [item.process_definition_key for item in found.items] == [deployed.process_definition_key]
    definition = sdk("bo").get_process_definition(deployed.process_definition_key)
    assert (definition.name, definition.version, definition.version_tag) == ("Short review", 1, "2025Q3")
    assert sdk("bo").get_process_definition_xml(deployed.process_definition_key) == REVIEW


def test_an_instance_is_cancelled_with_its_tasks(sdk: As, deployed: DeployedProcess) -> None:
    key = start(sdk, deployed).process_instance_key

    sdk("root").cancel_process_instance(key, data=None)

    assert sdk("root").get_process_instance(key).state == of.ProcessInstanceStateEnum.TERMINATED
    assert (
        sdk("ann").search_user_tasks(data=of.UserTaskSearchQuery.from_dict({"filter": {"state": "CREATED"}})).items
        == []
    )
    with pytest.raises(refused.ConflictError):
        sdk("root").cancel_process_instance(key, data=of.CancelProcessInstanceRequest())


def test_awaiting_an_instance_that_waits_for_people_ends_in_a_timeout(sdk: As, deployed: DeployedProcess) -> None:
    creation = of.ProcessCreationByKey(
        process_definition_key=deployed.process_definition_key,
        variables=variables(employee="ann"),
        await_completion=True,
        request_timeout=100,
    )

    with pytest.raises(refused.GatewayTimeoutError):
        sdk("root").create_process_instance(data=creation)

    assert len(sdk("root").search_process_instances().items) == 1


def test_awaiting_an_instance_that_ends_by_itself_tells_its_variables(sdk: As, tmp_path: Path) -> None:
    (tmp_path / "sum.bpmn").write_text(SUM, encoding="utf-8")
    sdk("root").deploy_resources_from_files([tmp_path / "sum.bpmn"])
    creation = of.ProcessCreationById(
        process_definition_id="sum", variables=variables(a=0.1, b=0.2), await_completion=True, fetch_variables=["total"]
    )

    created = sdk("root").create_process_instance(data=creation)

    assert created.variables.to_dict() == {"total": 0.3}


def test_a_version_is_started_by_its_tag(sdk: As, deployed: DeployedProcess) -> None:
    right, wrong = (
        of.ProcessCreationByVersionTag(
            process_definition_id=deployed.process_definition_id,
            process_definition_version_tag=tag,
            variables=variables(employee="ann"),
        )
        for tag in ("2025Q3", "2025Q4")
    )

    created = sdk("root").create_process_instance(data=right)

    assert created.process_definition_key == deployed.process_definition_key
    with pytest.raises(refused.BadRequestError, match="2025Q4"):
        sdk("root").create_process_instance(data=wrong)


def test_refusals_reach_the_client_as_problems(sdk: As, deployed: DeployedProcess) -> None:
    start(sdk, deployed)
    task = only_task(sdk("ann"))

    with pytest.raises(refused.NotFoundError) as hidden:
        sdk("bo").complete_user_task(task.user_task_key, data=answers(rating=1))
    with pytest.raises(refused.BadRequestError) as undeclared:
        sdk("ann").complete_user_task(task.user_task_key, data=answers(rating=1, route="elsewhere"))
    sdk("ann").complete_user_task(task.user_task_key, data=answers(rating=1))
    with pytest.raises(refused.ConflictError) as twice:
        sdk("ann").complete_user_task(task.user_task_key, data=answers(rating=1))

    for refusal in (hidden, undeclared, twice):
        assert refusal.value.parsed.detail.startswith("Expected to ")
    assert undeclared.value.parsed["problems"][0]["where"] == "route"
    assert "already completed" in twice.value.parsed.detail


def test_a_file_that_cannot_be_deployed_is_explained(sdk: As, tmp_path: Path) -> None:
    (tmp_path / "broken.bpmn").write_text("<definitions", encoding="utf-8")

    with pytest.raises(refused.BadRequestError) as broken:
        sdk("root").deploy_resources_from_files([tmp_path / "broken.bpmn"])

    assert broken.value.parsed["problems"][0]["where"].startswith("broken.bpmn")


def test_the_clock_is_pinned_and_reset(sdk: As, deployed: DeployedProcess) -> None:
    sdk("root").pin_clock(data=of.ClockPinRequest(timestamp=1_767_225_600_000))
    created = start(sdk, deployed)
    sdk("root").reset_clock()

    instance = sdk("root").get_process_instance(created.process_instance_key)
    assert instance.start_date.isoformat() == "2026-01-01T00:00:00+00:00"


def test_the_topology_is_one_broker(sdk: As) -> None:
    topology = sdk("ann").get_topology()

    assert (topology.cluster_size, topology.partitions_count, len(topology.brokers)) == (1, 1, 1)


def test_a_wrong_password_is_refused(sdk: As, served: str) -> None:
    stranger = CamundaClient(
        configuration={
            "CAMUNDA_REST_ADDRESS": served,
            "CAMUNDA_AUTH_STRATEGY": "BASIC",
            "CAMUNDA_BASIC_AUTH_USERNAME": "ann",
            "CAMUNDA_BASIC_AUTH_PASSWORD": "wrong",
        }
    )
    with stranger, pytest.raises(refused.UnauthorizedError):
        stranger.get_topology()
