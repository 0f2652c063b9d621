"""Models as the standard describes them: types and their constraints, conversions, functions, services, imports."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

import pytest

from engine import feel
from engine.dmn.evaluation import Evaluator
from engine.dmn.logic import DecisionRun
from engine.dmn.model import Model

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"
STRING = '<typeRef>string</typeRef><allowedValues><text>"a","b"</text></allowedValues>'
LETTER = f'<itemDefinition name="letter">{STRING}</itemDefinition>'
LETTERS = f'<itemDefinition name="letters" isCollection="true">{STRING}</itemDefinition>'
NUMBERS = '<itemDefinition name="numbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
PAIR = (
    '<itemDefinition name="several" isCollection="true"><typeRef>number</typeRef>'
    "<typeConstraint><text>count(?) &gt; 1</text></typeConstraint></itemDefinition>"
)
PERSON = (
    '<itemDefinition name="person"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="level"><typeRef>number</typeRef><allowedValues><text>[1..5]</text></allowedValues>'
    '</itemComponent><itemComponent name="tags" isCollection="true"><typeRef>letter</typeRef></itemComponent>'
    "</itemDefinition>"
)
TYPES = LETTER + LETTERS + NUMBERS + PAIR + PERSON
FACTORIAL = (
    '<businessKnowledgeModel id="fact" name="factorial"><variable name="factorial"/><encapsulatedLogic>'
    '<formalParameter name="n" typeRef="number"/><literalExpression><text>if n &lt; 2 then 1 else n * factorial(n - 1)'
    "</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)
ADD = (
    '<businessKnowledgeModel id="add" name="add up"><variable name="add up"/><encapsulatedLogic>'
    '<formalParameter name="a" typeRef="number"/><formalParameter name="b c" typeRef="number"/>'
    "<literalExpression><text>a + b c</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)
HOUR = (
    '<businessKnowledgeModel id="hour" name="hour"><variable name="hour"/><encapsulatedLogic>'
    '<formalParameter name="at" typeRef="date and time"/><literalExpression><text>at.hour</text></literalExpression>'
    "</encapsulatedLogic></businessKnowledgeModel>"
)
SERVICE = """
    <inputData id="x" name="x"><variable name="x" typeRef="number"/></inputData>
    <decision id="base" name="base"><variable name="base"/>
      <literalExpression><text>10</text></literalExpression></decision>
    <decision id="sum" name="sum of both"><variable name="sum of both"/>
      <informationRequirement><requiredInput href="#x"/></informationRequirement>
      <informationRequirement><requiredDecision href="#base"/></informationRequirement>
      <literalExpression><text>x + base</text></literalExpression></decision>
    <decisionService id="add" name="add"><variable name="add"/><outputDecision href="#sum"/>
      <inputDecision href="#base"/><inputData href="#x"/></decisionService>
"""
KNOWS = '<knowledgeRequirement><requiredKnowledge href="{href}"/></knowledgeRequirement>'


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def decision(body: str, type_: str = "Any", requires: str = "", name: str = "D") -> str:
    return f'<decision id="{name}" name="{name}"><variable name="{name}" typeRef="{type_}"/>{requires}{body}</decision>'


def model(body: str, *imports: Model, namespace: str = "urn:main") -> Model:
    xml = f'<definitions xmlns="{DMN}" name="m" namespace="{namespace}">{body}</definitions>'
    return Model(xml.encode(), "m", imports)


def decide(of: Model, **variables: object) -> object:
    evaluator = Evaluator(of, DecisionRun(feel.Environment()), {k: feel.adopt(v) for k, v in variables.items()})
    return feel.to_json(feel.release(evaluator.value(of.find("D"))))


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("number", "[1]", 1),
        ("number", "[1, 2]", None),
        ("number", '"a"', None),
        ("numbers", "1", [1]),
        ("numbers", "null", None),
        ("numbers", '[1, "a"]', None),
        ("date and time", 'date("2025-09-30")', "2025-09-30T00:00:00Z"),
        ("letter", '"a"', "a"),
        ("letter", '"c"', None),
        ("letters", '["a", "b"]', ["a", "b"]),
        ("letters", '["a", "c"]', None),
        ("letters", '"a"', ["a"]),
        ("several", "[1, 2]", [1, 2]),
        ("several", "[1]", None),
        ("person", '{full name: "x", level: 1, tags: ["a"]}', {"full name": "x", "level": 1, "tags": ["a"]}),
        ("person", '{full name: "x", level: 9, tags: ["a"]}', None),
        ("person", '{full name: "x", level: 1, tags: ["z"]}', None),
        ("person", '{full name: "x", level: 1, tags: "a"}', {"full name": "x", "level": 1, "tags": ["a"]}),
        ("person", '{full name: "x"}', None),
        ("person", "1", None),
    ],
)
def test_a_result_is_converted_to_its_type_or_is_null(type_, text, expected):
    assert decide(model(TYPES + decision(literal(text), type_))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("add up(1, 2)", 3),
        ("add up(a: 1, b c: 2)", 3),
        ("add up(b c: 2, a: 1)", 3),
        ("add up(1)", None),
        ("add up(1, 2, 3)", None),
        ("add up(a: 1, other: 2)", None),
        ('add up(1, "2")', None),
        ("add up([1], 2)", 3),
        ("(for f in [add up] return f(1, 2))[1]", 3),
        ("factorial(20)", 2432902008176640000),
        ('hour(date("2025-09-30"))', 0),
    ],
)
def test_a_function_takes_what_fits_its_parameters(text, expected):
    requires = "".join(KNOWS.format(href=href) for href in ("#add", "#fact", "#hour"))

    found = decide(model(ADD + FACTORIAL + HOUR + decision(literal(text), requires=requires)))

    assert found == expected


def test_a_function_in_a_context_may_call_itself():
    factorial = literal("if n < 2 then 1 else n * f(n - 1)")
    function = f'<functionDefinition><formalParameter name="n"/>{factorial}</functionDefinition>'
    entry = f'<contextEntry><variable name="f"/>{function}</contextEntry>'

    assert decide(model(decision(f"<context>{entry}<contextEntry>{literal('f(5)')}</contextEntry></context>"))) == 120


@pytest.mark.parametrize(
    ("bindings", "expected"),
    [({"a": "1", "b c": "2"}, 3), ({"a": "1"}, None), ({"a": "1", "z": "2"}, None), ({"a": "true", "b c": "2"}, None)],
)
def test_an_invocation_binds_every_parameter_by_its_name(bindings, expected):
    bound = "".join(f'<binding><parameter name="{k}"/>{literal(v)}</binding>' for k, v in bindings.items())
    body = f"<invocation>{literal('add up')}{bound}</invocation>"

    assert decide(model(ADD + decision(body, requires=KNOWS.format(href="#add")))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("add(1, 5)", 6), ("add(x: 1, base: 5)", 6), ("add(1)", None), ("(for s in [add] return s(2, 5))[1]", 7)],
)
def test_a_decision_service_is_called_with_its_inputs_in_place_of_what_they_require(text, expected):
    body = SERVICE + decision(literal(text), requires=KNOWS.format(href="#add"))

    assert decide(model(body)) == expected


LIBRARY = (
    LETTER
    + '<inputData id="x" name="x"><variable name="x" typeRef="number"/></inputData>'
    + ADD
    + decision(literal("x * 2"), requires='<informationRequirement><requiredInput href="#x"/></informationRequirement>')
    .replace('name="D"', 'name="twice"')
    .replace('id="D"', 'id="twice"')
)


def importing(name: str, namespace: str = "urn:library") -> str:
    return f'<import name="{name}" namespace="{namespace}" importType="{DMN}"/>'


def needs(kind: str, href: str) -> str:
    return f'<informationRequirement><required{kind} href="{href}"/></informationRequirement>'


@pytest.mark.parametrize(
    ("name", "text", "requires", "type_", "variables", "expected"),
    [
        ("lib", "lib.add up(1, 2)", KNOWS.format(href="urn:library#add"), "Any", {}, 3),
        ("lib", "lib.twice", needs("Decision", "urn:library#twice"), "Any", {"lib": {"x": 3}}, 6),
        ("lib", "lib.x + 1", needs("Input", "urn:library#x"), "Any", {"lib": {"x": 3}}, 4),
        ("lib", '"c"', "", "lib.letter", {}, None),
        ("lib", '"b"', "", "lib.letter", {}, "b"),
        ("", "add up(1, 2)", KNOWS.format(href="urn:library#add"), "Any", {}, 3),
        ("", "twice", needs("Decision", "urn:library#twice"), "Any", {"x": 3}, 6),
        ("", "x + 1", needs("Input", "urn:library#x"), "Any", {"x": 3}, 4),
        ("", '"c"', "", "letter", {}, None),
    ],
)
def test_what_is_imported_goes_by_the_imports_name_if_it_has_one(name, text, requires, type_, variables, expected):  # noqa: PLR0917 - a table
    library = model(LIBRARY, namespace="urn:library")

    found = decide(model(importing(name) + decision(literal(text), type_, requires), library), **variables)

    assert found == expected


def test_an_imported_model_may_import_another():
    library = model(LIBRARY, namespace="urn:library")
    needed = needs("Decision", "urn:library#twice")
    middle = model(
        importing("lib") + decision(literal("lib.twice + 1"), requires=needed, name="M"),
        library,
        namespace="urn:middle",
    )
    top = importing("mid", "urn:middle") + decision(literal("mid.M"), requires=needs("Decision", "urn:middle#M"))

    assert decide(model(top, middle), mid={"lib": {"x": 3}}) == Decimal(7)


def test_a_decision_without_logic_is_null_and_reported():
    found = model('<decision id="D" name="D"><variable name="D"/></decision>')

    assert decide(found) is None
    assert [problem.code for problem in found.problems] == ["missing-expression"]
