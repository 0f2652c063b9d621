"""The table that grades totals: every total gets one grade of its scale, or nothing is launched (X-01, X-21)."""

import pytest

from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.errors import Invalid
from engine.identity import SYSTEM
from engine.reviews.cycle import cycles
from engine.reviews.models import TemplateVersion
from engine.reviews.rulebook import templates
from engine.settings import ROOT

SHIPPED = (ROOT / "processes" / "evaluation" / "grade-bands.dmn").read_text(encoding="utf-8")


def written(**cells):
    """The shipped table with other cells."""
    text = SHIPPED
    for before, after in cells.values():
        assert before in text
        text = text.replace(before, after)
    return text


@pytest.fixture
def deploy(session):
    """What deploys a table of grades."""

    def put(text):
        found = deployments.read([Resource("bands.dmn", text.encode())], by=SYSTEM)
        deployments.deploy(session, found, by=SYSTEM)

    return put


@pytest.fixture
def scale(session, cycle, act):
    """What gives the cycle rules that say something else of the scale."""

    def say(**rules):
        before = session.get_one(TemplateVersion, cycle.template_key)
        row = templates.draft(session, "sales", {**before.rules, **rules}, title="销售团队", by=act("hui"))
        cycle.template_key = templates.publish(session, row.key, by=act("hui")).key

    return say


def found(session, cycle):
    return {(one.problem.code, one.blocks): str(one.problem) for one in cycles.check(session, cycle)}


def test_the_shipped_table_leaves_no_total_without_a_grade(session, cycle, deploy):
    deploy(SHIPPED)

    assert not {"bands-with-hole", "unknown-level", "no-grades"} & {code for code, _ in found(session, cycle)}


def test_x21_the_printed_bands_of_document_004_leave_89_01_without_a_grade(session, cycle, deploy, act):
    deploy(written(good=("[80..90)", "[80..89]")))

    problem = found(session, cycle)["bands-with-hole", True]

    assert "gives a total of 89.01 no grade" in problem
    with pytest.raises(Invalid, match=r"gives a total of 89\.01 no grade"):
        cycles.launch(session, cycle, by=act("hui"))


def test_x01_a_grade_that_is_no_level_of_the_scale_stops_the_launch(session, cycle, deploy, scale):
    deploy(SHIPPED)
    scale(levels=[{"id": "a", "name": "优秀"}, {"id": "b", "name": "良好"}, {"id": "c", "name": "合格"}])

    assert "answers 待改进, which is no level" in found(session, cycle)["unknown-level", True]


def test_another_scale_names_its_own_table_and_one_that_is_missing_is_said(session, cycle, deploy, scale):
    deploy(SHIPPED)
    scale(grade_decision="s-a-b-c")

    missing = found(session, cycle)["no-grades", False]
    deploy(written(id=('"grade-bands"', '"s-a-b-c"'), best=("优秀", "S")))
    names = ("S", "良好", "合格", "待改进")
    scale(grade_decision="s-a-b-c", levels=[{"id": f"l{number}", "name": name} for number, name in enumerate(names)])

    assert "No table called s-a-b-c grades the totals" in missing
    assert not {"no-grades", "unknown-level"} & {code for code, _ in found(session, cycle)}
