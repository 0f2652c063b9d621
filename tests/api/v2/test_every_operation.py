"""Every operation of Camunda's client that is served answers as Camunda documents it, in shapes the client reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from camunda import Operation, operations, served
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import models as of
from camunda_orchestration_sdk.models.problem_detail import ProblemDetail
from diagrams import bpmn
from flask import Flask

As = Callable[[str], CamundaClient]

EVERYWHERE = {401, 403, 500, 503}
"""Statuses that any operation may answer."""

UNKNOWN = "7"

GRADE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="grades" name="Grades"
  namespace="urn:m">
  <decision id="grade" name="Grade"><variable name="grade"/>
    <literalExpression><text>if score &gt;= 90 then "A" else "B"</text></literalExpression>
  </decision>
</definitions>
"""
REVIEW = """
    start s
    rule r: decides grade; as grade
    parallel fork
    user u: assignee root; form note
    catch c: message released key =grade
    end e
    s > r > fork > u > e
    fork > c > e
"""
NOTE = {"type": "textfield", "key": "note", "id": "note_field", "label": "Note"}
FORM = {"id": "note", "type": "default", "schemaVersion": 19, "components": [NOTE]}

# SDK 10.0.1 asserts that a process has a start form, though it documents the answer 204.
MISREAD = {"get_start_process_form"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return the URL of a fresh SQLite file: what is the same on every database is tried on one."""
    return sqlite_url


@pytest.fixture
def samples(sdk: As, tmp_path: Path) -> dict[str, str]:
    """Deploy and start something of every noun; return a key of each by the name that paths give it."""
    (tmp_path / "p.bpmn").write_bytes(bpmn(REVIEW, "p"))
    (tmp_path / "grade.dmn").write_text(GRADE, encoding="utf-8")
    (tmp_path / "note.form").write_text(json.dumps(FORM), encoding="utf-8")
    root = sdk("root")
    deployed = root.deploy_resources_from_files(
        [*tmp_path.glob("p.bpmn"), *tmp_path.glob("*.dmn"), *tmp_path.glob("*.form")]
    )
    creation = of.ProcessCreationById.from_dict({"processDefinitionId": "p", "variables": {"score": 95}})
    instance = root.create_process_instance(data=creation)
    (decided,) = root.search_decision_instances().items
    return {
        "process_definition_key": instance.process_definition_key,
        "process_instance_key": instance.process_instance_key,
        "element_instance_key": instance.process_instance_key,
        "user_task_key": root.search_user_tasks().items[0].user_task_key,
        "variable_key": root.search_variables().items[0].variable_key,
        "form_key": deployed.forms[0].form_key,
        "resource_key": deployed.forms[0].form_key,
        "decision_definition_key": deployed.decisions[0].decision_definition_key,
        "decision_requirements_key": deployed.decision_requirements[0].decision_requirements_key,
        "decision_evaluation_instance_key": decided.decision_evaluation_instance_key,
    }


def here(app: Flask) -> list[Operation]:
    """Return the operations that are served."""
    known = served(app)
    return [one for one in operations() if one.shape in known]


def reads(operation: Operation) -> bool:
    """Whether an operation changes nothing."""
    return operation.method == "GET" or operation.path.endswith("/search")


def ask(client: CamundaClient, operation: Operation, samples: dict[str, str]) -> Any:
    places = {name: samples.get(name, UNKNOWN) for name in operation.parameters}
    call = operation.module.sync_detailed
    body = get_type_hints(call).get("body")
    needed = body and signature(call).parameters["body"].default is Parameter.empty
    return call(client=client.client, **places, **({"body": body()} if needed else {}))


def test_every_operation_refuses_only_as_camunda_documents(app: Flask) -> None:
    known = served(app)

    stranger = {one.name: sorted(known[one.shape] - one.statuses - EVERYWHERE) for one in here(app)}

    assert {name: statuses for name, statuses in stranger.items() if statuses} == {}


def test_every_answer_to_who_reads_is_one_that_the_client_reads(sdk: As, app: Flask, samples: dict[str, str]) -> None:
    wrong = {}

    for operation in here(app):
        if reads(operation) and operation.name not in MISREAD:
            answer = ask(sdk("root"), operation, samples)
            known = all(name in samples for name in operation.parameters)
            expected = {200, 204} if known else {200, 204, 404}
            if answer.status_code not in expected or answer.status_code not in operation.statuses:
                wrong[operation.name] = answer.content

    assert wrong == {}


def test_every_search_finds_something(sdk: As, app: Flask, samples: dict[str, str]) -> None:
    found = {}

    for operation in here(app):
        if operation.path.endswith("/search") and all(name in samples for name in operation.parameters):
            found[operation.name] = len(ask(sdk("root"), operation, samples).parsed.items)

    assert {name for name, count in found.items() if not count} <= EMPTY


EMPTY = {"search_incidents", "search_jobs", "search_process_instance_incidents", "search_element_instance_incidents"}
"""Searches of which this little world holds nothing."""


def test_what_is_not_there_is_a_problem_that_the_client_reads(sdk: As, app: Flask) -> None:
    wrong = {}

    for operation in here(app):
        if operation.method == "GET" and operation.parameters and 404 in operation.statuses:
            answer = ask(sdk("root"), operation, {})
            if answer.status_code != 404 or not isinstance(answer.parsed, ProblemDetail):
                wrong[operation.name] = answer.content

    assert wrong == {}
