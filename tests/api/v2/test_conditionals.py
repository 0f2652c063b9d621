"""Conditions that start processes, asked by Camunda's own client."""

from collections.abc import Callable
from pathlib import Path

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from diagrams import bpmn


def asked(**variables: object) -> of.ConditionalEvaluationInstruction:
    return of.ConditionalEvaluationInstruction.from_dict({"variables": variables})


def test_a_condition_that_holds_starts_its_process(sdk: Callable[[str], CamundaClient], tmp_path: Path) -> None:
    (tmp_path / "low.bpmn").write_bytes(bpmn("start s: condition score < 60\nuser u\ns > u", "low"))
    client = sdk("root")
    (process,) = client.deploy_resources_from_files([tmp_path / "low.bpmn"]).processes

    none = client.evaluate_conditionals(data=asked(score=60))
    one = client.evaluate_conditionals(data=asked(score=59))

    assert none.process_instances == []
    (started,) = one.process_instances
    assert started.process_definition_key == process.process_definition_key
    assert client.get_process_instance(started.process_instance_key).state == "ACTIVE"


def test_only_operators_start_processes_by_conditions(sdk: Callable[[str], CamundaClient]) -> None:
    with pytest.raises(refused.ForbiddenError):
        sdk("ann").evaluate_conditionals(data=asked(score=1))
