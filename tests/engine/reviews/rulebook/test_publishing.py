"""Tests of engine.reviews.rulebook.publishing: what forbids publishing a template."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.reviews.rulebook.indicators import Collection, Horizon, RubricLevel
from engine.reviews.rulebook.publishing import publishing_problems
from engine.reviews.rulebook.rules import Constraint, Dimension, Level, Scale


def codes(template):
    return {(problem.where, problem.code) for problem in publishing_problems(template)}


def test_w02_x08_document_004_is_refused_with_the_ten_points_it_misses(document_004):
    problems = publishing_problems(document_004)

    assert [str(problem) for problem in problems] == [
        "sections/quantitative: The weights total 90, but must total 100: 10 points are missing"
    ]
    assert problems[0].message.values == {"total": "90", "whole": "100", "points": "10"}


def test_the_mended_template_may_be_published(mended):
    assert publishing_problems(mended) == []


@pytest.mark.parametrize(("weights", "accepted"), [(("33.33",) * 3, False), (("100/3",) * 3, True)])
def test_e24_three_thirds_are_accepted_only_as_thirds(mended, weights, accepted):
    groups = [replace(group, weight=Fraction(w)) for group, w in zip(mended.rater_groups, weights, strict=True)]

    found = codes(replace(mended, rater_groups=tuple(groups)))

    assert (("rater_groups", "weights-total") not in found) is accepted


def test_w09_e24_rounded_percentages_that_total_99_99_are_refused(mended):
    quantitative, qualitative = mended.sections
    weights = ("30.77", "38.46", "15.38", "15.38")
    lines = tuple(
        replace(line, weight=Fraction(weight))
        for line, weight in zip(quantitative.indicators[:4], weights, strict=True)
    )

    (problem,) = publishing_problems(replace(mended, sections=(replace(quantitative, indicators=lines), qualitative)))

    assert problem.message.values == {"total": "99.99", "whole": "100", "points": "0.01"}


@pytest.mark.parametrize("choice", ["absent_raters", "absent_indicators"])
def test_x24_what_the_documents_leave_open_must_be_chosen(mended, choice):
    assert codes(replace(mended, **{choice: None})) == {(choice, "choice-missing")}


def test_x04_each_axis_of_weights_totals_100_by_its_own_scope(mended):
    dimensions = (
        Dimension(id="performance", name="业绩", weight=Fraction(70)),
        Dimension(id="behaviour", name="行为", weight=Fraction(20)),
    )
    quantitative, qualitative = mended.sections
    sections = (replace(quantitative, dimension="performance"), replace(qualitative, dimension="conduct"))

    found = codes(replace(mended, dimensions=dimensions, sections=sections))

    assert found == {
        ("dimensions", "weights-total"),
        ("dimensions/performance", "weights-total"),
        ("dimensions/behaviour", "weights-total"),
        ("sections/qualitative/dimension", "unknown-dimension"),
    }


@pytest.mark.parametrize(
    ("minimum", "maximum", "found"), [(10, 30, set()), (22, 30, {("constraints/long", "outside-constraint")})]
)
def test_x11_the_weight_of_the_long_term_is_bounded(mended, minimum, maximum, found):
    quantitative, qualitative = mended.sections
    first, *others = quantitative.indicators  # 30 of 100, in a section of 70: 21 points of the total
    lines = (replace(first, horizon=Horizon.LONG), *others)
    bound = Constraint(of="long", minimum=Fraction(minimum), maximum=Fraction(maximum))

    sections = (replace(quantitative, indicators=lines), qualitative)

    assert codes(replace(mended, sections=sections, constraints=(bound,))) == found


@pytest.mark.parametrize(
    ("ratings", "found"),
    [
        ((1, 2, 3, 4, 5), set()),
        ((5, 3, 1), {"rubric-incomplete"}),
        ((1, 2, 3, 4, 5, 5), {"rubric-incomplete"}),
        ((1, 2, 3, 4, 5, 6), {"off-scale"}),
    ],
)
def test_x21_a_rubric_leaves_no_point_open_and_says_none_twice(mended, ratings, found):
    quantitative, qualitative = mended.sections
    first, *others = qualitative.indicators
    rubric = tuple(RubricLevel(rating=Fraction(rating), text="…") for rating in ratings)

    sections = (quantitative, replace(qualitative, indicators=(replace(first, rubric_levels=rubric), *others)))

    assert {code for _, code in codes(replace(mended, sections=sections))} == found


def test_ids_raters_and_bounds_that_cannot_work_are_named(mended):
    quantitative, qualitative = mended.sections
    first, second, *others = quantitative.indicators
    broken = replace(
        quantitative,
        indicators=(
            replace(first, id="in", cap=Fraction(-1)),
            replace(second, rated_by=("peers",)),
            *(replace(indicator, weight=Fraction(0)) for indicator in others),
        ),
    )

    found = codes(replace(mended, sections=(broken, replace(qualitative, indicators=qualitative.indicators[:1] * 2))))

    assert {
        ("in", "bad-id"),
        ("sections/quantitative/indicators/in/cap", "cap-below-floor"),
        ("sections/quantitative/indicators/new_customers/rated_by", "unknown-rater-group"),
        ("sections/quantitative/indicators/renewal_rate/weight", "weight-not-positive"),
        ("customer_satisfaction", "duplicate-id"),
        ("rater_groups/cross", "idle-rater-group"),
    } <= found


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"target": "95"}, "target", "bad-quantity"),  # a rate without its %
        ({"target": "0%"}, "target", "zero"),
        ({"cap": Fraction(0)}, "cap", "cap-below-floor"),
        ({"collected": Collection.SUM}, "cadence", "cadence-missing"),
        ({"evidence_at": Fraction(2)}, "evidence_at", "says-nothing"),
    ],
)
def test_a_measured_indicator_by_which_nothing_could_be_measured_is_named(mended, change, place, code):
    quantitative, qualitative = mended.sections
    lines = [replace(one, **change) if one.id == "renewal_rate" else one for one in quantitative.indicators]

    found = codes(replace(mended, sections=(replace(quantitative, indicators=tuple(lines)), qualitative)))

    assert found == {(f"sections/quantitative/indicators/renewal_rate/{place}", code)}


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"target": "5"}, "target", "says-nothing"),
        ({"evidence_at": Fraction(9)}, "evidence_at", "off-scale"),
    ],
)
def test_a_rated_indicator_that_says_what_only_a_measured_one_can_is_named(mended, change, place, code):
    quantitative, qualitative = mended.sections
    first, *others = qualitative.indicators

    found = codes(
        replace(mended, sections=(quantitative, replace(qualitative, indicators=(replace(first, **change), *others))))
    )

    assert found == {(f"sections/qualitative/indicators/customer_satisfaction/{place}", code)}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"scale": Scale(minimum=5, maximum=5)}, ("scale", "scale-backwards")),
        ({"scale": Scale(places=40)}, ("scale/places", "too-many-places")),
        ({"total_cap": Fraction(0)}, ("total_cap", "not-positive")),
        ({"outlier_at": Fraction(0)}, ("outlier_at", "not-positive")),
        ({"constraints": (Constraint(of="lnog", maximum=Fraction(20)),)}, ("constraints/lnog", "unknown-group")),
        ({"levels": (Level(id="good", name=" "),)}, ("good", "no-name")),
    ],
)
def test_what_no_scale_and_no_bound_can_be_is_named(mended, change, found):
    assert codes(replace(mended, **change)) == {found}
