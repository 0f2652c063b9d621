"""Tests of engine.reviews.scores.scoring against the worked examples, to the digit."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from engine import feel
from engine.errors import Invalid
from engine.reviews.rulebook.indicators import Direction, Indicator
from engine.reviews.rulebook.rules import Absent, Model, RaterGroup, Scale
from engine.reviews.scores.blends import blend
from engine.reviews.scores.completions import Measure, completion
from engine.reviews.scores.figures import Figure, entered
from engine.reviews.scores.gaps import NOT_APPLICABLE
from engine.reviews.scores.quantities import Notation, rounded
from engine.reviews.scores.scoring import score


def codes(refused):
    return {(problem.where, problem.code) for problem in refused.value.problems}


@pytest.fixture
def sheet(document_004, measures, ratings):
    return score(document_004, measures, ratings).figure


@pytest.mark.parametrize(
    ("indicator", "reached", "points"),
    [
        ("sales_revenue", "96.0000", "28.800000"),
        ("new_customers", "90.0000", "18.000000"),
        ("renewal_rate", "103.5294", "15.529412"),
        ("timely_payment", "96.8421", "14.526316"),
        ("marketing_roi", "84.0000", "8.400000"),
    ],
)
def test_w01_rows_of_the_quantitative_table(sheet, indicator, reached, points):
    row = sheet.find("total_exact", "quantitative", "points", indicator)

    assert rounded(row.find("completion").exact * 100, 4) == Decimal(reached)
    assert rounded(row.exact, 6) == Decimal(points)


def test_w01_the_exact_sum_of_the_rows(sheet):
    assert rounded(sheet.find("total_exact", "quantitative", "points").exact, 6) == Decimal("85.255728")


@pytest.mark.parametrize(
    ("indicator", "rating", "points"),
    [
        ("customer_satisfaction", "4", "8"),
        ("collaboration", "4.5", "9"),
        ("strategy_execution", "4.5", "4.5"),
        ("innovation_adopted", "3", "3"),
    ],
)
def test_w03_and_w06_raters_blend_inside_the_items(sheet, indicator, rating, points):
    row = sheet.find("total_exact", "qualitative", "points", indicator)

    assert row.find("rating").value == Decimal(rating)
    assert row.value == Decimal(points)


def test_w03_the_qualitative_total_is_24_point_5_where_the_superior_alone_would_give_26_point_5(
    document_004, measures, ratings
):
    alone = {
        name: {**dict.fromkeys(groups, NOT_APPLICABLE), "superior": groups["superior"]}
        for name, groups in ratings.items()
    }

    together = score(document_004, measures, ratings).figure.find("total_exact", "qualitative")
    superior = score(document_004, measures, alone).figure.find("total_exact", "qualitative")

    assert together.value == Decimal("24.5")
    assert superior.value == Decimal("26.5")


def test_w04_exact_rows_rounded_once(document_004, measures, ratings):
    assert score(document_004, measures, ratings).total == Decimal("84.18")


def test_w04_x23_rows_capped_at_full_completion(document_004, measures, ratings):
    quantitative, qualitative = document_004.sections
    capped = replace(quantitative, indicators=tuple(replace(row, cap=Fraction(1)) for row in quantitative.indicators))

    result = score(replace(document_004, sections=(capped, qualitative)), measures, ratings)

    assert result.total == Decimal("83.81")
    assert rounded(result.figure.find("total_exact", "quantitative", "points").exact, 6) == Decimal("84.726316")


@pytest.mark.parametrize(("cap", "total"), [(None, "90.81"), (Fraction(1), "90.40")])
def test_w04_renormalising_the_90_points_would_change_the_grade_which_is_why_nothing_does_it_silently(
    document_004, measures, ratings, cap, total
):
    quantitative, qualitative = document_004.sections
    rescaled = tuple(replace(row, weight=row.weight * 100 / 90, cap=cap) for row in quantitative.indicators)

    result = score(
        replace(document_004, sections=(replace(quantitative, indicators=rescaled), qualitative)), measures, ratings
    )

    assert str(result.total) == total


@pytest.mark.parametrize(
    ("reached", "total"),
    [("0", "84.18"), ("50", "87.68"), ("83.08", "89.99"), ("83.09", "90.00"), ("84", "90.06"), ("100", "91.18")],
)
def test_w04_the_sixth_indicator_decides_the_grade(mended, measures, ratings, reached, total):
    with_sixth = {**measures, "lead_conversion": Measure("100", reached)}

    assert score(mended, with_sixth, ratings).total == Decimal(total)


@pytest.fixture
def groups(document_004):
    return document_004.rater_groups


def blended(groups, **totals):
    figures = {
        name: total if total is NOT_APPLICABLE else entered(name, Fraction(total)) for name, total in totals.items()
    }
    return blend("total_exact", groups, figures, Absent.TO_OTHERS)


@pytest.mark.parametrize(
    ("own", "superior", "cross", "result"),
    [
        ("92", "85", "88", "87.00"),
        ("92", "85", NOT_APPLICABLE, "86.75"),
        ("92", "85", "0", "69.40"),
        (NOT_APPLICABLE, "85", "88", "85.75"),
        ("80", "85.5", NOT_APPLICABLE, "84.13"),
        ("89.98", "90", NOT_APPLICABLE, "90.00"),
    ],
)
def test_w05_l004_15_totals_of_the_groups_are_blended(groups, own, superior, cross, result):
    figure = blended(groups, self=own, superior=superior, cross=cross)

    assert str(rounded(figure.exact, 2)) == result


def test_w05_an_absent_group_leaves_its_share_to_the_others_and_the_figure_says_so(groups):
    figure = blended(groups, self="92", superior="85", cross=NOT_APPLICABLE)

    assert figure.absent == ("cross",)
    assert figure.shares == (("self", 25), ("superior", 75))
    assert figure.formula == "(self * self_weight + superior * superior_weight) / (self_weight + superior_weight)"


def test_w05_e25_the_superiors_share_passes_to_nobody(groups):
    with pytest.raises(Invalid) as refused:
        blended(groups, self="100", superior=NOT_APPLICABLE, cross="100")

    assert codes(refused) == {("total_exact/superior", "mandatory")}


def test_model_a_makes_a_total_per_group_and_blends_them(mended, measures, ratings):
    model_a = replace(mended, model=Model.BLEND_OF_TOTALS)
    with_sixth = {**measures, "lead_conversion": Measure("100", "50")}

    result = score(model_a, with_sixth, ratings)

    totals = [result.figure.find("total_exact", group, "qualitative").value for group in ("self", "superior", "cross")]
    assert totals == [Decimal("21.5"), Decimal("26.5"), Decimal(18)]
    assert result.total == Decimal("86.98")


@pytest.mark.parametrize(
    ("direction", "actual", "percent"),
    [
        (Direction.LOWER_RATIO, "180", "111.11"),
        (Direction.LOWER_LINEAR, "180", "110.00"),
        (Direction.LOWER_RATIO, "250", "80.00"),
        (Direction.LOWER_LINEAR, "250", "75.00"),
        (Direction.LOWER_LINEAR, "400", "0.00"),
        (Direction.LOWER_LINEAR, "500", "0.00"),
        (Direction.HIGHER, "-10", "0.00"),
    ],
)
def test_w10_x22_less_is_better_in_two_forms_and_never_below_the_floor(direction, actual, percent):
    indicator = Indicator(id="cac", name="获客成本", weight=Fraction(10), direction=direction)

    figure = completion(indicator, Measure("200", actual))

    assert str(rounded(figure.exact * 100, 2)) == percent


def test_w10_a_ratio_of_one_to_n_is_read_exactly():
    indicator = Indicator(id="roi", name="ROI", weight=Fraction(10), notation=Notation.RATIO)

    assert completion(indicator, Measure("1:5", "1:4.2")).value == Decimal("0.84")


@pytest.mark.parametrize(
    ("direction", "measure"),
    [(Direction.HIGHER, Measure("0", "5")), (Direction.LOWER_RATIO, Measure("200", "0"))],
)
def test_e26_an_undefined_completion_is_refused_by_name(mended, measures, ratings, direction, measure):
    quantitative, qualitative = mended.sections
    first, *others = quantitative.indicators
    changed = replace(quantitative, indicators=(replace(first, direction=direction), *others))
    values = {**measures, "sales_revenue": measure, "lead_conversion": Measure("100", "50")}

    with pytest.raises(Invalid) as refused:
        score(replace(mended, sections=(changed, qualitative)), values, ratings)

    assert codes(refused) == {("sales_revenue", "undefined-completion")}


def test_e25_what_is_missing_blocks_and_is_named(mended, measures, ratings):
    del ratings["collaboration"]["cross"]

    with pytest.raises(Invalid) as refused:
        score(mended, measures, ratings)

    assert codes(refused) == {("lead_conversion", "missing-actual"), ("collaboration/cross", "missing")}


def test_ratings_off_the_scale_are_refused(mended, measures, ratings):
    ratings["strategy_execution"]["superior"] = [Fraction("4.3")]

    with pytest.raises(Invalid, match=r"4\.3 is no step of the scale"):
        score(mended, {**measures, "lead_conversion": NOT_APPLICABLE}, ratings)


def test_an_indicator_that_does_not_apply_leaves_its_weight_inside_its_section(mended, measures, ratings):
    result = score(mended, {**measures, "lead_conversion": NOT_APPLICABLE}, ratings)

    points = result.figure.find("total_exact", "quantitative", "points")
    assert result.total == Decimal("90.81")
    assert points.absent == ("lead_conversion",)
    assert dict(points.shares)["sales_revenue"] == Fraction(100, 3)


def test_a_section_that_does_not_apply_leaves_its_weight_to_the_other(mended, measures, ratings):
    nothing = dict.fromkeys([indicator.id for indicator in mended.measured], NOT_APPLICABLE)

    result = score(mended, nothing, ratings)

    assert result.total == Decimal("81.67")
    assert result.figure.find("total_exact").absent == ("quantitative",)


@pytest.mark.parametrize(("model", "total"), [(Model.BLEND_OF_TOTALS, "86.98"), (Model.RATERS_IN_ITEMS, "87.68")])
def test_x05_one_set_of_ratings_has_two_totals_by_the_two_models(mended, measures, ratings, model, total):
    values = {**measures, "lead_conversion": Measure("100", "50")}

    assert str(score(replace(mended, model=model), values, ratings).total) == total


def test_x09_what_is_printed_with_one_place_is_computed_exactly_and_rounded_once(document_004, measures, ratings):
    printed = {places: score(replace(document_004, scale=Scale(places=places)), measures, ratings) for places in (1, 2)}

    assert [str(printed[places].total) for places in (1, 2)] == ["84.2", "84.18"]
    assert {one.figure.find("total_exact").exact for one in printed.values()} == {
        printed[2].figure.find("total_exact").exact
    }


def test_x21_half_points_are_given_only_where_the_scale_has_them(document_004, measures, ratings):
    whole_points = replace(document_004, scale=replace(document_004.scale, half_points=False))

    with pytest.raises(Invalid, match=r"4\.5 is no step of the scale"):
        score(whole_points, measures, ratings)


def test_x23_a_total_may_be_capped(mended, measures, ratings):
    generous = {**measures, "sales_revenue": Measure("500", "1000"), "lead_conversion": Measure("100", "100")}

    assert score(replace(mended, total_cap=Fraction(100)), generous, ratings).total == Decimal("100.00")
    assert score(mended, generous, ratings).total > 100


@pytest.mark.parametrize(
    ("exact", "total"),
    [("89.99", "89.99"), ("90", "90.00"), ("79.995", "80.00"), ("69.994", "69.99"), ("-0.004", "0.00")],
)
def test_w17_totals_are_rounded_half_up_to_two_places(exact, total):
    assert str(rounded(Fraction(exact), 2)) == total


def test_thirds_stay_exact_where_34_digits_would_miss_the_edge():
    three = [RaterGroup(id=name, name=name, weight=Fraction(100, 3)) for name in ("a", "b", "c")]

    figure = blended(three, a="89.985", b="90", c="90")

    assert rounded(figure.exact, 2) == Decimal("90.00")
    assert figure.exact == Fraction("89.995")


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize("sixth", [Measure("100", "50"), Measure("100", "-5"), NOT_APPLICABLE])
def test_every_figure_of_the_sheet_recomputes_from_its_inputs_by_its_formula(mended, measures, ratings, model, sixth):
    sections = tuple(
        replace(section, indicators=tuple(replace(row, cap=Fraction(1)) for row in section.indicators))
        for section in mended.sections
    )
    template = replace(mended, model=model, sections=sections, total_cap=Fraction(80))

    result = score(template, {**measures, "lead_conversion": sixth}, ratings)

    for figure in every(result.figure):
        if figure.inputs:
            inputs = {part.name: part.value for part in figure.inputs}
            recomputed = feel.compile(figure.formula).evaluate(inputs)
            assert abs(Fraction(recomputed) - figure.exact) < Fraction(1, 10**30)
        else:
            assert figure.text


def test_figures_are_written_as_json_with_their_exact_value_where_decimals_cannot_hold_it(sheet):
    row = sheet.find("total_exact", "quantitative", "points", "renewal_rate").to_json()

    assert row["exact"] == "264/17"
    assert row["formula"] == "weight * completion"
    assert row["inputs"][1]["inputs"][1] == {"name": "actual", "value": "0.88", "text": "88%"}


def every(figure: Figure):
    yield figure
    for part in figure.inputs:
        yield from every(part)
