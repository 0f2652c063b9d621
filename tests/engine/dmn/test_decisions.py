from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

import pytest

from engine import dmn, feel
from engine.errors import Invalid

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
BANDS = [(['"优秀"'], ["[90..100]"]), (['"良好"'], ["[80..90)"]), (['"合格"'], ["[60..80)"]), (['"待改进"'], ["< 60"])]


def cell(tag, text):
    return f"<{tag}><text>{escape(text)}</text></{tag}>"


def table(rules, *, inputs=("score",), outputs=("grade",), policy="UNIQUE", aggregation="", extra="", values=""):
    """Write a decision table from rules of (outputs, inputs)."""
    columns = "".join(f'<input id="in_{i}">{cell("inputExpression", text)}</input>' for i, text in enumerate(inputs))
    results = "".join(f'<output id="out_{i}" name="{name}">{values}{extra}</output>' for i, name in enumerate(outputs))
    rows = "".join(
        f'<rule id="rule_{i}">'
        + "".join(cell("inputEntry", text) for text in tests)
        + "".join(cell("outputEntry", text) for text in results_)
        + "</rule>"
        for i, (results_, tests) in enumerate(rules, 1)
    )
    aggregated = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable id="table" hitPolicy="{policy}"{aggregated}>{columns}{results}{rows}</decisionTable>'


def model(body, *, before="", requires="", type_=""):
    return f"""<definitions xmlns="{DMN}" id="model" name="Model" namespace="urn:test">
      {before}<decision id="decision" name="Decision"><variable name="Decision" typeRef="{type_ or "Any"}"/>{requires}
      {body}</decision></definitions>""".encode()


def requirement(kind, id_):
    return f'<informationRequirement><{kind} href="#{id_}"/></informationRequirement>'


def decide(xml, **variables):
    return dmn.compile_dmn(xml, "test.dmn")[-1].evaluate(variables)


@pytest.mark.parametrize(
    ("score", "grade"),
    [(90, "优秀"), (Decimal("89.99"), "良好"), (60, "合格"), (0, "待改进"), (101, None), (None, None)],
)
def test_a_band_table_grades_a_score(score, grade):
    evaluation = decide(model(table(BANDS)), score=score)

    assert evaluation.output == grade


def test_an_evaluation_records_its_inputs_and_the_rules_that_matched():
    evaluation = decide(model(table(BANDS)), score=Decimal("87.68"))

    assert evaluation.inputs == {"score": Decimal("87.68")}
    assert evaluation.matched_rules == (dmn.MatchedRule(2, "rule_2", {"grade": "良好"}),)
    assert [decision.id for decision in evaluation.decisions] == ["decision"]


OVERLAPPING = [(['"b"', "2"], ["> 1"]), (['"a"', "1"], ["> 2"]), (['"b"', "2"], ["> 3"])]
NUMBERS = [(["10"], ["> 1"]), (["30"], ["> 2"]), (["20"], ["> 3"])]


@pytest.mark.parametrize(
    ("policy", "score", "expected"),
    [
        ("ANY", 3, None),
        ("FIRST", 4, {"name": "b", "rank": Decimal(2)}),
        ("PRIORITY", 4, {"name": "a", "rank": Decimal(1)}),
        ("OUTPUT ORDER", 3, [{"name": "a", "rank": Decimal(1)}, {"name": "b", "rank": Decimal(2)}]),
        ("RULE ORDER", 3, [{"name": "b", "rank": Decimal(2)}, {"name": "a", "rank": Decimal(1)}]),
        ("COLLECT", 3, [{"name": "b", "rank": Decimal(2)}, {"name": "a", "rank": Decimal(1)}]),
    ],
)
def test_a_hit_policy_says_what_several_matching_rules_mean(policy, score, expected):
    values = cell("outputValues", '"a", "b", 1, 2')

    evaluation = decide(model(table(OVERLAPPING, outputs=("name", "rank"), policy=policy, values=values)), score=score)

    assert evaluation.output == expected


@pytest.mark.parametrize(("score", "expected"), [(2, "b"), (3, None)])
def test_rules_that_turn_out_to_overlap_have_no_unique_result(score, expected):
    rules = [(['"b"'], ["> low"]), (['"a"'], ["> high"])]

    evaluation = decide(model(table(rules)), score=score, low=1, high=2)

    assert evaluation.output == expected
    assert evaluation.reasons == (() if expected else ("2 rules match where only one may",))


def test_any_is_content_with_rules_that_agree():
    rules = [(['"b"'], ["> 1"]), (['"b"'], ["> 2"])]

    assert decide(model(table(rules, policy="ANY")), score=3).output == "b"


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 60), ("MIN", 10), ("MAX", 30), ("COUNT", 3)])
def test_collected_numbers_are_aggregated(aggregation, expected):
    evaluation = decide(model(table(NUMBERS, policy="COLLECT", aggregation=aggregation)), score=4)

    assert evaluation.output == expected


def test_a_default_answers_where_no_rule_matches():
    default = cell("defaultOutputEntry", '"none"')

    assert decide(model(table([(['"a"'], ["> 5"])], extra=default)), score=1).output == "none"


def test_a_result_outside_the_allowed_ones_is_null_and_says_so():
    values = cell("outputValues", '"a", "b"')

    evaluation = decide(model(table([(["letter"], ["-"])], values=values)), score=1, letter="c")

    assert evaluation.output is None
    assert 'c is not among the allowed outputs "a", "b"' in evaluation.reasons


def test_a_required_decision_is_made_first_and_recorded():
    before = """<inputData id="i" name="raw score"><variable name="raw score" typeRef="number"/></inputData>
      <decision id="base" name="base points"><variable name="base points"/>
        <informationRequirement><requiredInput href="#i"/></informationRequirement>
        <literalExpression><text>raw score * 2</text></literalExpression></decision>"""
    requires = requirement("requiredDecision", "base")
    body = "<literalExpression><text>base points + 1</text></literalExpression>"

    evaluation = decide(model(body, before=before, requires=requires), **{"raw score": 5})

    assert evaluation.output == 11
    assert [decision.id for decision in evaluation.decisions] == ["base", "decision"]


def test_a_knowledge_model_is_a_function():
    before = """<businessKnowledgeModel id="k" name="weighted"><variable name="weighted"/><encapsulatedLogic>
        <formalParameter name="points" typeRef="number"/><formalParameter name="weight" typeRef="number"/>
        <literalExpression><text>points * weight / 100</text></literalExpression>
        </encapsulatedLogic></businessKnowledgeModel>"""
    requires = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'
    body = "<literalExpression><text>weighted(score, weight: 20)</text></literalExpression>"

    with pytest.raises(Invalid):
        decide(model(body, before=before, requires=requires), score=50)

    body = body.replace("weight: 20", "20")
    assert decide(model(body, before=before, requires=requires), score=50).output == 10


NUMERIC = (
    '<decisionTable id="t"><input id="i"><inputExpression typeRef="number"><text>score</text></inputExpression></input>'
    '<output id="o" name="grade"/><rule id="r">{}<outputEntry><text>1</text></outputEntry></rule></decisionTable>'
)


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"<definitions", "malformed-xml"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><definitions/>', "doctype"),
        (b"<definitions/>", "no-dmn"),
        (model(table([(['"a"'], ["< <"])])), "feel-syntax"),
        (model(table([(["cuont(1)"], ["-"])])), "feel-syntax"),
        (model(table([(['"a"'], ["-", "-"])])), "rule-width"),
        (model(table(BANDS, policy="NEAREST")), "unknown-hit-policy"),
        (model(table(BANDS), requires=requirement("requiredInput", "x")), "unknown-requirement"),
        (model(table(BANDS), requires=requirement("requiredDecision", "decision")), "circle"),
        (model(table(BANDS), type_="nonsense"), "unknown-type"),
        (model('<functionDefinition kind="Java"/>'), "external-function"),
        (model(table([(["1 / 0"], ["-"])])), "no-value"),
        (model(table([(['@"2025-02-30"'], ["-"])])), "no-value"),
        (model(table([(["for i in 1..900000 return [i, i]"], ["-"])])), "no-value"),
        (model(table([(['"A"'], ["-"])]).replace('name="grade"', 'name="grade" typeRef="number"')), "no-value"),
        (model(table([(['"C"'], ["-"])], values=cell("outputValues", '"A", "B"'))), "not-allowed"),
        (model(NUMERIC.format(cell("inputEntry", '"many"'))), "wrong-type"),
        (model(NUMERIC.format(cell("inputEntry", '< @"2025-01-01"'))), "wrong-type"),
    ],
)  # fmt: skip
def test_a_model_that_is_wrong_is_refused_with_the_place(xml, code):
    with pytest.raises(Invalid) as refusal:
        dmn.compile_dmn(xml, "test.dmn")

    assert code in [problem.code for problem in refusal.value.problems]
    assert all(problem.where for problem in refusal.value.problems)


DISJOINT = [
    (["< 60"], ["[60..80)"]),
    (["[60..80)"], ["[80..90]"]),
    (["[80..90)"], ["[90..100]"]),
    (['"A"'], ['"B"', '"C"']),
    (['"A"'], ['not("A")']),
    (["true"], ["false"]),
    (["< limit"], ["-"]),
    (['< @"2026-01-01"'], ['>= @"2026-01-01"']),
    (["< now()"], ["> now()"]),
]
COMMON = [
    (["<= 60"], [">= 60"], "score = 60"),
    (["[60..80]"], ["(70..90)"], "score = 80"),
    (["> 89"], ["< 90"], "score = 89.5"),
    (['"A", "B"'], ['"B"'], 'score = "B"'),
    (['not("A")'], ['not("B")'], 'score = "…"'),
    (["true"], ["-"], "score = true"),
    (['<= date("2026-01-01")'], ['>= @"2026-01-01"'], "score = 2026-01-01"),
]


@pytest.mark.parametrize(("one", "other"), DISJOINT)
def test_rules_that_cannot_be_shown_to_overlap_are_accepted(one, other):
    assert dmn.compile_dmn(model(table([(['"x"'], [", ".join(one)]), (['"y"'], [", ".join(other)])])), "test.dmn")


@pytest.mark.parametrize(("one", "other", "inputs"), COMMON)
def test_rules_that_overlap_where_only_one_may_match_are_refused_with_an_example(one, other, inputs):
    with pytest.raises(Invalid) as refusal:
        dmn.compile_dmn(model(table([(['"x"'], one), (['"y"'], other)])), "test.dmn")

    (problem,) = refusal.value.problems
    assert (problem.where, problem.code) == ("rule_2", "overlapping-rules")
    assert problem.message.startswith(f"Rules 1 and 2 both match where {inputs}, but")


def test_an_input_that_is_read_but_not_required_is_refused():
    before = '<inputData id="i" name="score"><variable name="score"/></inputData>'

    with pytest.raises(Invalid) as refusal:
        dmn.compile_dmn(model("<literalExpression><text>score + 1</text></literalExpression>", before=before), "t.dmn")

    assert [problem.code for problem in refusal.value.problems] == ["not-required"]


def test_a_decision_reads_the_variables_of_its_caller():
    body = '<literalExpression><text>person.name + " (" + string(count(ratings)) + ")"</text></literalExpression>'

    evaluation = decide(model(body), person={"name": "王芳"}, ratings=[1, 2])

    assert evaluation.output == "王芳 (2)"


def test_a_foreign_object_is_no_variable():
    with pytest.raises(feel.FeelEvaluationError):
        decide(model(table(BANDS)), score=object())
