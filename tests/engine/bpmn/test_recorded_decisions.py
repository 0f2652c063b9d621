"""What the history tells of the decisions that a process made, and what a deployment refuses of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from company import ANN, complete, start
from diagrams import bpmn

from engine import db
from engine.bpmn import deployments, history
from engine.bpmn.deployments import Resource
from engine.errors import Incident, Invalid
from engine.identity import SYSTEM

pytestmark = pytest.mark.usefixtures("database")

DIAGRAM = """
    start s
    user u: assignee ann; out score = score; out joined = joined
    rule r: decides grade; as grade
    user seen: assignee ann
    end e
    s > u > r > seen > e
"""


def cells(kind: str, *texts: str) -> str:
    return "".join(f"<{kind}><text>{text}</text></{kind}>" for text in texts)


GRADE = f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="Grades" namespace="urn:m">
  <decision id="years" name="years of service"><variable name="years of service"/>
    <literalExpression>
      <text>years and months duration(date(joined), date("2025-09-30")).years</text>
    </literalExpression>
  </decision>
  <decision id="bonus" name="bonus"><variable name="bonus"/>
    <informationRequirement><requiredDecision href="#years"/></informationRequirement>
    <decisionTable id="bonuses" hitPolicy="FIRST">
      <input>{cells("inputExpression", "years of service")}</input><output name="bonus"/>
      <rule id="long">{cells("inputEntry", "&gt;= 5")}{cells("outputEntry", "2.5")}</rule>
      <rule id="short">{cells("inputEntry", "-")}{cells("outputEntry", "0")}</rule>
    </decisionTable>
  </decision>
  <decision id="grade" name="grade"><variable name="grade"/>
    <informationRequirement><requiredDecision href="#bonus"/></informationRequirement>
    <decisionTable id="grades">
      <input>{cells("inputExpression", "score + bonus")}</input><output name="grade"/><output name="until"/>
      <rule id="good">{cells("inputEntry", "&gt;= 90")}{cells("outputEntry", '"A"', '@"2026-12-31"')}</rule>
      <rule id="fair">{cells("inputEntry", "&lt; 90")}{cells("outputEntry", '"B"', '@"2026-06-30"')}</rule>
    </decisionTable>
  </decision>
</definitions>"""


def deploy(decision: str) -> None:
    resources = [Resource("p.bpmn", bpmn(DIAGRAM, "p")), Resource("grade.dmn", decision.encode())]
    with db.transaction() as session:
        deployments.deploy(session, deployments.read(resources, by=SYSTEM), by=SYSTEM)


def test_the_history_keeps_why_a_decision_came_out_as_it_did() -> None:
    deploy(GRADE)
    instance = start()

    complete("u", by=ANN, score=88, joined="2019-04-01")

    with db.reading() as session:
        (record,) = [made for entry in history.of(session, instance.key) for made in entry.details.get("decisions", ())]
    assert (record["element"], record["decision"], record["version"], record["name"]) == ("r", "grade", 1, "grade")
    assert record["output"] == {"grade": "A", "until": "2026-12-31"}
    assert record["inputs"] == {"score + bonus": Decimal("90.5")}
    assert record["rules"] == [{"rule": 1, "id": "good", "outputs": {"grade": "A", "until": "2026-12-31"}}]
    assert [(made["decision"], made["output"]) for made in record["required"]] == [
        ("years", 6),
        ("bonus", Decimal("2.5")),
    ]
    (table,) = record["required"][1]["tables"]
    assert table == {
        "table": "bonuses",
        "inputs": {"years of service": 6},
        "rules": [{"rule": 1, "id": "long", "outputs": {"bonus": Decimal("2.5")}}],
    }
    assert record["reasons"] == []


def test_the_history_says_why_a_decision_has_no_result() -> None:
    deploy(GRADE)
    instance = start()

    complete("u", by=ANN, score="many", joined="2019-04-01")

    with db.reading() as session:
        (record,) = [made for entry in history.of(session, instance.key) for made in entry.details.get("decisions", ())]
    assert record["output"] is None
    assert record["rules"] == []
    assert "no rule matches" in record["reasons"]


def test_a_decision_whose_result_cannot_be_kept_is_an_incident() -> None:
    body = "<literalExpression><text>function(x) x</text></literalExpression>"
    deploy(f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="m">'
           f'<decision id="grade" name="grade">{body}</decision></definitions>')  # fmt: skip
    start()

    with pytest.raises(Incident, match="a value that can be stored"):
        complete("u", by=ANN, score=1, joined=None)


def test_a_deployment_refuses_rules_that_overlap_and_says_where() -> None:
    with pytest.raises(Invalid) as refusal:
        deploy(GRADE.replace("&lt; 90", "&lt;= 90"))

    problem = refusal.value.problems[0]
    assert (problem.where, problem.code) == ("grade.dmn#fair", "overlapping-rules")
