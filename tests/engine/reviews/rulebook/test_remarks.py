"""Remarks: subjective wording, and targets looked at by the questions of SMART."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.reviews.rulebook import remarks
from engine.reviews.rulebook.indicators import RubricLevel
from engine.reviews.rulebook.publishing import publishing_problems

TARGETS = {
    "sales_revenue": "500",
    "new_customers": "20",
    "renewal_rate": "85%",
    "timely_payment": "95%",
    "marketing_roi": "1:5",
    "lead_conversion": "100",
}


def _with(template, section, **changes):
    """Change the first indicator of a section."""
    sections = list(template.sections)
    first, *others = sections[section].indicators
    sections[section] = replace(sections[section], indicators=(replace(first, **changes), *others))
    return replace(template, sections=tuple(sections))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("态度积极,主动协作", {"subjective"}),
        ("每季度两次以上主动发起跨部门协作,表现良好", set()),
        ("响应时间不超过 24 小时", set()),
        ("A good attitude towards others", {"subjective"}),
    ],
)
def test_l003_01_subjective_wording_is_named_before_publishing_and_forbids_nothing(mended, text, codes):
    template = _with(mended, 1, rubric_levels=(RubricLevel(rating=Fraction(5), text=text),))

    found = {one.code for one in remarks.remarks(template) if "customer_satisfaction" in one.where}

    assert found == codes
    assert not {"subjective", "no-rubric"} & {problem.code for problem in publishing_problems(template)}


def test_l003_01_a_rated_indicator_without_any_rubric_is_named(mended):
    found = [one for one in remarks.remarks(mended) if one.code == "no-rubric"]

    assert len(found) == 4  # each of the qualitative indicators of document 004 as it is printed


def test_l004_05_targets_are_looked_at_by_the_questions_of_smart(mended):
    template = _with(mended, 0, source="CRM")

    found = remarks.smart(template, TARGETS | {"new_customers": ""}, {"sales_revenue": "200", "renewal_rate": "80%"})

    assert {(one.where, one.code) for one in found if one.code != "smart-specific"} == {
        ("new_customers", "bad-quantity"),
        ("sales_revenue", "smart-attainable"),
    }
    assert "sales_revenue" not in {one.where for one in found if one.code == "smart-specific"}
