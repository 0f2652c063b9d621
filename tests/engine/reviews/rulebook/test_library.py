"""Tests of engine.reviews.rulebook.library: indicators that templates take over by name."""

import pytest

from engine.errors import Invalid
from engine.reviews.rulebook import library, rulebooks, templates
from engine.reviews.rulebook.publishing import publishing_problems

CAC = {
    "name": "获客成本",
    "name_en": "Acquisition cost",
    "direction": "lower-linear",
    "unit": "元",
    "target": "200",
    "source": "财务报表",
    "cap": "1.2",
}


@pytest.fixture
def hui(company, act):
    """HR."""
    return act("hui")


def with_line(mended, line):
    rules = rulebooks.write(mended)
    rules["sections"][0]["indicators"][-1] = line
    return rules


def test_a_template_takes_an_indicator_over_by_name_and_says_only_its_weight(session, mended, hui):
    library.define(session, "cac", CAC, by=hui)

    row = templates.draft(session, "sales", with_line(mended, {"library": "cac", "weight": 10}), title="销售", by=hui)

    taken = row.rules["sections"][0]["indicators"][-1]
    assert taken == {"id": "cac", **CAC, "weight": "10", "library": "cac/1"}
    assert publishing_problems(rulebooks.read(row.rules)) == []


def test_l003_03_a_later_version_of_the_library_changes_no_template_until_hr_takes_it(session, mended, hui):
    library.define(session, "cac", CAC, by=hui)
    line = {"library": "cac", "weight": 10}
    row = templates.draft(session, "sales", with_line(mended, line), title="销售", by=hui)
    library.define(session, "cac", {**CAC, "target": "180"}, by=hui)

    kept = templates.amend(session, row.key, row.rules, by=hui)
    taken = templates.draft(session, "sales", with_line(mended, line), title="销售", by=hui)

    assert kept.rules["sections"][0]["indicators"][-1]["target"] == "200"
    assert taken.rules["sections"][0]["indicators"][-1]["library"] == "cac/2"
    assert [entry.version for entry in library.entries(session)] == [2]


@pytest.mark.parametrize("name", ["roi", "cac/7", "cac/x"])
def test_what_the_library_does_not_have_is_named(session, mended, hui, name):
    library.define(session, "cac", CAC, by=hui)

    with pytest.raises(Invalid, match=f"The library has no {name}"):
        templates.draft(session, "sales", with_line(mended, {"library": name, "weight": 10}), title="销售", by=hui)


@pytest.mark.parametrize("wrong", [{"direction": "steps"}, {"colour": "red"}, {"cap": "much"}])
def test_an_indicator_that_cannot_be_measured_does_not_enter_the_library(session, hui, wrong):
    with pytest.raises(Invalid):
        library.define(session, "cac", {**CAC, **wrong}, by=hui)


def test_w09_hr_may_scale_a_section_to_its_whole_and_the_weights_are_exact_fractions(session, document_004, hui):
    row = templates.draft(session, "sales", rulebooks.write(document_004), title="销售", by=hui)

    rescaled = templates.rescale(session, row.key, "quantitative", by=hui)

    weights = [line["weight"] for line in rescaled.rules["sections"][0]["indicators"]]
    assert weights == ["100/3", "200/9", "50/3", "50/3", "100/9"]
    assert publishing_problems(rulebooks.read(rescaled.rules)) == []
