"""Deployed files over HTTP, read and deleted by Camunda's own client."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from company import start
from diagrams import bpmn

As = Callable[[str], CamundaClient]

NOTE = {"type": "textfield", "key": "note", "id": "note_field", "label": "Note"}
FORM = {"id": "note", "type": "default", "schemaVersion": 19, "components": [NOTE]}
DIAGRAM = bpmn("start s: message go\nuser u: form note\nend e\ns > u > e", "p")
BY_HAND = bpmn("start s\nuser u: form note\nuser again\nend e\ns > u > again > e", "p")


@pytest.fixture
def deploy(sdk: As, tmp_path: Path) -> Callable[[bytes], None]:
    """Return what deploys a version of the process with its form."""

    def deploy_version(diagram: bytes) -> None:
        (tmp_path / "p.bpmn").write_bytes(diagram)
        (tmp_path / "note.form").write_text(json.dumps(FORM), encoding="utf-8")
        sdk("root").deploy_resources_from_files([tmp_path / "p.bpmn", tmp_path / "note.form"])

    return deploy_version


def found(client: CamundaClient, **asked: Any) -> list[of.ResourceResult]:
    query = {"filter": asked, "sort": [{"field": "resourceKey"}]}
    return client.search_resources(data=of.ResourceSearchQuery.from_dict(query)).items


def test_every_deployed_file_is_found_and_read(sdk: As, deploy: Callable[[bytes], None]) -> None:
    deploy(DIAGRAM)

    process, form = found(sdk("bo"))

    assert [(one.resource_id, one.resource_name, one.version) for one in (process, form)] == [
        ("p", "p.bpmn", 1),
        ("note", "note.form", 1),
    ]
    assert sdk("bo").get_resource(process.resource_key) == process
    assert sdk("bo").get_resource_content_binary(process.resource_key).payload.read() == DIAGRAM
    assert sdk("bo").get_resource_content(form.resource_key).to_dict() == FORM
    with pytest.raises(refused.NotAcceptableError):
        sdk("bo").get_resource_content(process.resource_key)


def test_a_version_that_nothing_was_done_with_is_deleted(sdk: As, deploy: Callable[[bytes], None]) -> None:
    deploy(DIAGRAM)
    deploy(BY_HAND)
    (first, second) = found(sdk("root"), resourceId="p")

    sdk("root").delete_resource(second.resource_key, data=of.DeleteResourceRequest())
    message = of.MessageCorrelationRequest(name="go", correlation_key="")
    started = sdk("root").correlate_message(data=message)

    assert [one.resource_key for one in found(sdk("root"), resourceId="p")] == [first.resource_key]
    instance = sdk("root").get_process_instance(started.process_instance_key)
    assert instance.process_definition_key == first.resource_key
    with pytest.raises(refused.NotFoundError):
        sdk("root").delete_resource(second.resource_key, data=of.DeleteResourceRequest())


def test_what_something_was_done_with_or_is_needed_stays(sdk: As, deploy: Callable[[bytes], None]) -> None:
    deploy(BY_HAND)
    process, form = found(sdk("root"))

    with pytest.raises(refused.ConflictError, match="u of process p needs note"):
        sdk("root").delete_resource(form.resource_key, data=of.DeleteResourceRequest())
    start()
    with pytest.raises(refused.ConflictError, match="process instance refers to it"):
        sdk("root").delete_resource(process.resource_key, data=of.DeleteResourceRequest())

    assert len(found(sdk("root"))) == 2


def test_files_are_deleted_by_operators_alone(sdk: As, deploy: Callable[[bytes], None]) -> None:
    deploy(DIAGRAM)

    with pytest.raises(refused.UnexpectedStatus, match="403"):
        sdk("ann").delete_resource(found(sdk("ann"))[0].resource_key, data=of.DeleteResourceRequest())
