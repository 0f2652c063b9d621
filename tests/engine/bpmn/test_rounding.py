"""`decimal()` rounds half to even: wherever a score may be computed with it, its author is told."""

import json

import pytest
from diagrams import bpmn

from engine import db
from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.identity import SYSTEM

DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="n" namespace="n" id="model">
  <decision id="points" name="points"><variable name="points"/>
    <literalExpression id="{id}"><text>{text}</text></literalExpression></decision></definitions>"""


def diagram(text: str) -> Resource:
    return Resource("p.bpmn", bpmn(f"start s\nscript t: let x = {text}\nend e\ns > t > e", "p"))


def decision(text: str) -> Resource:
    return Resource("points.dmn", DMN.format(id="formula", text=text).encode())


def form(text: str) -> Resource:
    field = {"type": "expression", "id": "e", "key": "points", "expression": f"={text}"}
    return Resource("f.form", json.dumps({"id": "f", "type": "default", "components": [field]}).encode())


def mapping(text: str) -> Resource:
    return Resource("p.bpmn", bpmn(f"start s\nuser u: assignee ann; out x = {text}\nend e\ns > u > e", "p"))


WHERE = {diagram: "p.bpmn#t", decision: "points.dmn#formula", form: "f.form#points", mapping: "p.bpmn#u"}


def warnings(resource: Resource) -> list[tuple[str, str]]:
    with db.transaction() as session:
        deployed = deployments.deploy(session, deployments.read([resource], by=SYSTEM), by=SYSTEM)
    return [(warning.where, warning.code) for warning in deployed.warnings]


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize("kind", WHERE)
@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("decimal(2.5, 0)", True),
        ("sum(for r in [2.5] return decimal(r, 0))", True),
        ("round half up(2.5, 0)", False),
        ('"decimal(2.5, 0)"', False),
        ("{decimal: function(n) n, x: decimal(2.5)}.x", False),
    ],
)
def test_the_author_is_told_and_the_file_is_deployed(kind, text, warned):
    assert warnings(kind(text)) == ([(WHERE[kind], "half-even")] if warned else [])
