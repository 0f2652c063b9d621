"""Decisions over HTTP: found, evaluated and explained, read by Camunda's own client."""

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

GRADE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="grades" name="Grades"
  namespace="urn:m">
  <decision id="bonus" name="Bonus"><variable name="bonus"/>
    <literalExpression><text>if years &gt;= 5 then 2.5 else 0</text></literalExpression>
  </decision>
  <decision id="grade" name="Grade"><variable name="grade"/>
    <informationRequirement><requiredDecision href="#bonus"/></informationRequirement>
    <decisionTable id="bands">
      <input id="total" label="Total"><inputExpression><text>score + bonus</text></inputExpression></input>
      <output id="letter" name="grade"/>
      <rule id="good"><inputEntry><text>&gt;= 90</text></inputEntry><outputEntry><text>"A"</text></outputEntry></rule>
      <rule id="fair"><inputEntry><text>&lt; 90</text></inputEntry><outputEntry><text>"B"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""
DIAGRAM = bpmn("start s\nrule r: decides grade; as grade\nend e\ns > r > e", "p")


@pytest.fixture
def deployed(sdk: As, tmp_path: Path) -> Any:
    """Deploy a decision that requires another, and a process that asks for it."""
    (tmp_path / "grade.dmn").write_text(GRADE, encoding="utf-8")
    (tmp_path / "p.bpmn").write_bytes(DIAGRAM)
    return sdk("root").deploy_resources_from_files([tmp_path / "grade.dmn", tmp_path / "p.bpmn"])


def ask(client: CamundaClient, decision_id: str = "grade", **variables: Any) -> of.EvaluateDecisionResult:
    question = {"decisionDefinitionId": decision_id, "variables": variables}
    return client.evaluate_decision(data=of.DecisionEvaluationByID.from_dict(question))


def test_a_file_of_decisions_is_deployed_and_found(sdk: As, deployed: Any) -> None:
    query = {"filter": {"decisionRequirementsId": "grades"}, "sort": [{"field": "decisionDefinitionId"}]}

    found = sdk("bo").search_decision_definitions(data=of.DecisionDefinitionSearchQuery.from_dict(query)).items
    (file,) = sdk("bo").search_decision_requirements().items

    assert [(one.decision_definition_id, one.name, one.version) for one in found] == [
        ("bonus", "Bonus", 1),
        ("grade", "Grade", 1),
    ]
    assert {one.decision_requirements_key for one in found} == {file.decision_requirements_key}
    assert (file.decision_requirements_name, file.resource_name, file.version) == ("Grades", "grade.dmn", 1)
    assert [one.decision_requirements_key for one in deployed.decision_requirements] == [file.decision_requirements_key]
    assert sdk("bo").get_decision_definition(found[1].decision_definition_key) == found[1]
    assert sdk("bo").get_decision_definition_xml(found[1].decision_definition_key) == GRADE
    assert sdk("bo").get_decision_requirements(file.decision_requirements_key) == file
    assert sdk("bo").get_decision_requirements_xml(file.decision_requirements_key) == GRADE


def test_a_decision_is_evaluated_with_all_that_it_requires(sdk: As, deployed: Any) -> None:
    answer = ask(sdk("root"), score=88, years=6)

    bonus, grade = answer.evaluated_decisions
    assert (json.loads(answer.output), answer.failure_message) == ("A", None)
    assert (bonus.decision_definition_id, bonus.decision_definition_type) == ("bonus", "LITERAL_EXPRESSION")
    assert (bonus.output, bonus.evaluated_inputs, bonus.matched_rules) == ("2.5", [], [])
    assert (grade.decision_definition_name, grade.decision_definition_type) == ("Grade", "DECISION_TABLE")
    assert [one.to_dict() for one in grade.evaluated_inputs] == [
        {"inputId": "total", "inputName": "Total", "inputValue": "90.5"}
    ]
    (rule,) = grade.matched_rules
    assert (rule.rule_id, rule.rule_index) == ("good", 1)
    assert [(one.output_id, one.output_name, one.output_value) for one in rule.evaluated_outputs] == [
        ("letter", "grade", '"A"')
    ]


def test_a_decision_is_evaluated_by_its_key(sdk: As, deployed: Any) -> None:
    (bonus,) = [one for one in deployed.decisions if one.decision_definition_id == "bonus"]
    question = {"decisionDefinitionKey": bonus.decision_definition_key, "variables": {"years": 1}}

    answer = sdk("root").evaluate_decision(data=of.DecisionEvaluationByKey.from_dict(question))

    assert (answer.decision_definition_id, answer.output) == ("bonus", "0")


def test_who_operates_nothing_evaluates_nothing(sdk: As, deployed: Any) -> None:
    with pytest.raises(refused.UnexpectedStatus, match="403"):
        ask(sdk("ann"), score=88, years=6)


def test_a_decision_that_is_not_there_is_not_found(sdk: As, deployed: Any) -> None:
    with pytest.raises(refused.NotFoundError, match="nothing"):
        ask(sdk("root"), "nothing")


def test_what_a_process_decided_is_found_and_explained(sdk: As, deployed: Any) -> None:
    instance = start(score=88, years=6)
    query = {"filter": {"processInstanceKey": str(instance.key)}, "sort": [{"field": "decisionEvaluationInstanceKey"}]}

    bonus, grade = sdk("root").search_decision_instances(data=of.DecisionInstanceSearchQuery.from_dict(query)).items
    whole = sdk("root").get_decision_instance(grade.decision_evaluation_instance_key)

    assert [bonus.decision_evaluation_instance_key, grade.decision_evaluation_instance_key] == [
        f"{grade.decision_evaluation_key}-1",
        f"{grade.decision_evaluation_key}-2",
    ]
    assert (bonus.result, grade.result, grade.state.value) == ("2.5", '"A"', "EVALUATED")
    assert bonus.root_decision_definition_key == grade.decision_definition_key
    assert [rule.rule_id for rule in whole.matched_rules] == ["good"]
    (rule_task,) = search_elements(sdk, type="BUSINESS_RULE_TASK")
    assert grade.element_instance_key == rule_task.element_instance_key


def search_elements(sdk: As, **asked: str) -> list[of.ElementInstanceResult]:
    query = of.ElementInstanceSearchQuery.from_dict({"filter": asked})
    return sdk("root").search_element_instances(data=query).items


def test_decisions_of_processes_are_for_operators(sdk: As, deployed: Any) -> None:
    start(score=88, years=6)
    (decided, _) = sdk("root").search_decision_instances().items

    assert sdk("ann").search_decision_instances().items == []
    with pytest.raises(refused.NotFoundError):
        sdk("ann").get_decision_instance(decided.decision_evaluation_instance_key)
