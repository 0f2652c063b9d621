from __future__ import annotations

from decimal import Decimal

import pytest

from engine import dmn, feel
from engine.dmn.evaluation import Evaluator
from engine.dmn.logic import DecisionRun
from engine.dmn.model import Model
from engine.errors import Invalid

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def literal(text):
    return f"<literalExpression><text>{text}</text></literalExpression>"


def model(body, *, before="", namespace="urn:test"):
    decision = f'<decision id="decision" name="decision"><variable name="decision"/>{body}</decision>'
    return f'<definitions xmlns="{DMN}" namespace="{namespace}" name="m">{before}{decision}</definitions>'.encode()


def decide(body, **variables):
    (decision,) = dmn.compile_dmn(model(body), "boxed.dmn")
    return decision.evaluate(variables).output


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<list>{literal('1')}{literal('score')}</list>", [Decimal(1), Decimal(5)]),
        (
            (
                f'<context><contextEntry><variable name="base pay"/>{literal("score * 2")}</contextEntry>'
                f"<contextEntry>{literal('base pay + 1')}</contextEntry></context>"
            ),
            Decimal(11),
        ),
        (
            (
                '<relation><column name="a"/><column name="b"/>'
                f"<row>{literal('1')}{literal('2')}</row><row>{literal('3')}{literal('4')}</row></relation>"
            ),
            [{"a": Decimal(1), "b": Decimal(2)}, {"a": Decimal(3), "b": Decimal(4)}],
        ),
        (
            (
                f"<conditional><if>{literal('score = 5')}</if>"
                f"<then>{literal('1')}</then><else>{literal('2')}</else></conditional>"
            ),
            Decimal(1),
        ),
        (
            f"<filter><in>{literal('[{n: 1}, {n: 7}]')}</in><match>{literal('n = score + 2')}</match></filter>",
            [{"n": Decimal(7)}],
        ),
        (f"<filter><in>{literal('[4, 5, 6]')}</in><match>{literal('-1')}</match></filter>", Decimal(6)),
        (
            f'<for iteratorVariable="i"><in>{literal("[1..3]")}</in><return>{literal("i * score")}</return></for>',
            [Decimal(5), Decimal(10), Decimal(15)],
        ),
        (
            (
                f'<some iteratorVariable="i"><in>{literal("[1, 9]")}</in>'
                f"<satisfies>{literal('i > score')}</satisfies></some>"
            ),
            True,
        ),
        (
            (
                f'<every iteratorVariable="i"><in>{literal("[1, 9]")}</in>'
                f"<satisfies>{literal('i > score')}</satisfies></every>"
            ),
            False,
        ),
        (
            (
                '<context><contextEntry><variable name="twice"/><functionDefinition>'
                f'<formalParameter name="n" typeRef="number"/>{literal("n * 2")}</functionDefinition></contextEntry>'
                f"<contextEntry><invocation>{literal('twice')}"
                f'<binding><parameter name="n"/>{literal("score")}</binding>'
                "</invocation></contextEntry></context>"
            ),
            Decimal(10),
        ),
    ],
)
def test_a_boxed_expression_has_its_value(body, expected):
    assert decide(body, score=5) == expected


def test_a_decision_is_null_where_its_value_is_not_of_its_type():
    xml = model(literal("score")).replace(
        b'<variable name="decision"/>', b'<variable name="decision" typeRef="string"/>'
    )
    (decision,) = dmn.compile_dmn(xml, "typed.dmn")

    evaluation = decision.evaluate({"score": 5})

    assert evaluation.output is None
    assert evaluation.reasons == ("a number is no string",)


def test_an_input_must_be_among_the_allowed_values():
    before = """<itemDefinition name="tGrade"><typeRef>string</typeRef>
        <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>
        <inputData id="i" name="grade"><variable name="grade" typeRef="tGrade"/></inputData>"""
    requires = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    (decision,) = dmn.compile_dmn(model(requires + literal("grade"), before=before), "allowed.dmn")

    assert decision.evaluate({"grade": "B"}).output == "B"
    assert decision.evaluate({"grade": "C"}).output is None


SERVICE = """<inputData id="i" name="n"><variable name="n" typeRef="number"/></inputData>
    <decision id="inner" name="inner"><variable name="inner"/>
      <informationRequirement><requiredInput href="#i"/></informationRequirement>
      <literalExpression><text>n + 1</text></literalExpression></decision>
    <decisionService id="s" name="next"><variable name="next"/>
      <outputDecision href="#inner"/><inputData href="#i"/></decisionService>"""


def test_a_decision_service_is_a_function():
    requires = '<knowledgeRequirement><requiredKnowledge href="#s"/></knowledgeRequirement>'
    decisions = dmn.compile_dmn(model(requires + literal("next(n: 41)"), before=SERVICE), "service.dmn")

    assert decisions[-1].evaluate({}).output == 42


def test_an_imported_model_is_evaluated_with_its_own_inputs():
    base = model(literal("null"), before=SERVICE, namespace="urn:base")
    requires = '<informationRequirement><requiredDecision href="urn:base#inner"/></informationRequirement>'
    imports = f'<import namespace="urn:base" name="base" importType="{DMN}"/>'
    xml = model(requires + literal("base.inner * 10"), before=imports)

    (decision,) = dmn.compile_dmn(xml, "importing.dmn", [base])

    assert decision.evaluate({"base": {"n": 4}}).output == 50
    with pytest.raises(Invalid):
        dmn.compile_dmn(xml, "importing.dmn")


def test_functions_without_end_are_stopped():
    before = """<businessKnowledgeModel id="k" name="again"><variable name="again"/><encapsulatedLogic>
        <formalParameter name="n"/><literalExpression><text>again(n + 1)</text></literalExpression>
        </encapsulatedLogic></businessKnowledgeModel>"""
    requires = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'
    (decision,) = dmn.compile_dmn(model(requires + literal("again(1)"), before=before), "endless.dmn")

    with pytest.raises(feel.FeelEvaluationError):
        decision.evaluate({})


def test_a_broken_decision_of_a_model_is_null_and_the_others_are_not():
    broken = f'<decision id="b" name="b">{literal("1 +")}</decision>'
    compiled = Model(model(literal("2"), before=broken), "partly.dmn")
    evaluator = Evaluator(compiled, DecisionRun(None), {})

    values = [evaluator.value(node) for node in compiled.decisions]

    assert values == [None, Decimal(2)]
    assert [problem.code for problem in compiled.problems] == ["feel-syntax"]
