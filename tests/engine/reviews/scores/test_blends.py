"""Tests of engine.reviews.scores.blends: dimensions by post, team and person, periods, splits by days."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from engine.errors import Invalid
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Absent, Dimension, PeriodShare, Section
from engine.reviews.scores.blends import Others, by_days, over_periods, with_team
from engine.reviews.scores.completions import Measure
from engine.reviews.scores.figures import entered
from engine.reviews.scores.gaps import NOT_APPLICABLE
from engine.reviews.scores.quantities import rounded
from engine.reviews.scores.recomputations import differences
from engine.reviews.scores.scoring import score

MONTHS = (80, 82, 85, 78, 90, 88, 84, 86, 91, 79, 83, 94)
QUARTERS = (82, 86, 88, 90)
SHARES = (
    PeriodShare(id="month", name="月度", weight=Fraction(30)),
    PeriodShare(id="quarter", name="季度", weight=Fraction(40)),
    PeriodShare(id="year", name="年度", weight=Fraction(30)),
)


def totals(kind, values):
    return [entered(f"{kind}_{number}", Fraction(value)) for number, value in enumerate(values, start=1)]


def line(name, weight=100):
    return Indicator(id=name, name=name, weight=Fraction(weight))


@pytest.fixture
def by_post(document_004):
    """One measured indicator in each of the three dimensions of document 000."""
    sections = [
        Section(
            id=f"{name}_section", name=name, weight=Fraction(100), indicators=(line(f"{name}_line"),), dimension=name
        )
        for name in ("performance", "behaviour", "collaboration")
    ]

    def weighed(*weights):
        dimensions = [
            Dimension(id=section.dimension, name=section.dimension, weight=Fraction(weight))
            for section, weight in zip(sections, weights, strict=True)
        ]
        return replace(document_004, sections=tuple(sections), dimensions=tuple(dimensions))

    return weighed


@pytest.mark.parametrize(
    ("weights", "total"), [((70, 20, 10), "86.00"), ((30, 50, 20), "81.00"), ((20, 60, 20), "80.00")]
)
def test_w07_the_three_posts_of_document_000_weigh_the_dimensions_differently(by_post, weights, total):
    measures = {
        "performance_line": Measure("100", "90"),
        "behaviour_line": Measure("100", "80"),
        "collaboration_line": Measure("100", "70"),
    }

    result = score(by_post(*weights), measures, {})

    assert str(result.total) == total
    assert result.figure.find("total_exact", "behaviour", "dimension_weight").exact == weights[1]
    assert differences(result.figure.to_json()) == []


def test_a_dimension_that_does_not_apply_leaves_its_weight_to_the_others_and_the_figure_says_so(by_post):
    measures = {
        "performance_line": Measure("100", "90"),
        "behaviour_line": Measure("100", "80"),
        "collaboration_line": NOT_APPLICABLE,
    }

    result = score(by_post(70, 20, 10), measures, {})

    assert str(result.total) == "87.78"
    assert result.figure.find("total_exact").absent == ("collaboration",)
    assert dict(result.figure.find("total_exact").shares)["performance"] == Fraction(700, 9)


def composed(document_004, months, quarters, year, absent=Absent.TO_OTHERS):
    template = replace(document_004, periods=SHARES, absent_periods=absent)
    periods = {"month": totals("month", months), "quarter": totals("quarter", quarters)}
    return over_periods(template, ("year", entered("total_exact", Fraction(year))), periods)


def test_w08_a_year_is_composed_of_months_quarters_and_the_year_itself(document_004):
    figure = composed(document_004, MONTHS, QUARTERS, 85)

    assert str(rounded(figure.exact, 2)) == "85.60"
    assert [rounded(figure.find(kind).exact, 4) for kind in ("month", "quarter")] == [Decimal(85), Decimal("86.5")]
    assert differences(figure.to_json()) == []


def test_w08_who_joined_in_april_is_averaged_over_the_periods_that_exist(document_004):
    figure = composed(document_004, MONTHS[3:], QUARTERS[1:], 85)

    assert str(rounded(figure.exact, 2)) == "86.47"
    assert str(rounded(figure.find("month").exact, 4)) == "85.8889"
    assert len(figure.find("month").inputs) == 9


def test_x24_a_kind_of_period_without_any_result_passes_its_weight_on_or_blocks_as_the_rules_say(document_004):
    passed = composed(document_004, (), QUARTERS, 85)

    assert passed.absent == ("month",)
    assert passed.exact == (Fraction("86.5") * 40 + 85 * 30) / 70
    with pytest.raises(Invalid, match="by the rules its weight passes to nobody"):
        composed(document_004, (), QUARTERS, 85, Absent.BLOCK)


@pytest.mark.parametrize(
    ("completions", "cap", "total"),
    [
        (("1.20", "0.95", "0.90", "0.80", "0.90"), None, "101.50"),
        (("1.20", "0.95", "0.90", "0.80", "0.90"), 1, "93.50"),
    ],
)
def test_w08_the_template_of_document_002_may_exceed_100_unless_rows_are_capped(document_004, completions, cap, total):
    lines = [
        replace(line(f"line_{n}", weight), cap=cap and Fraction(cap)) for n, weight in enumerate((40, 20, 10, 15, 15))
    ]
    template = replace(
        document_004, sections=(Section(id="whole_sheet", name="全部", weight=Fraction(100), indicators=tuple(lines)),)
    )
    measures = {one.id: Measure("1", reached) for one, reached in zip(lines, completions, strict=True)}

    assert str(score(template, measures, {}).total) == total


def test_l001_29_the_team_counts_70_and_the_person_30_and_without_the_team_there_is_no_total(document_004):
    template = replace(document_004, team_weight=Fraction(70))
    personal, team = entered("total_exact", Fraction(90)), entered("team", Fraction(80))

    figure = with_team(template, personal, team)

    assert figure.exact == 83
    assert figure.formula == "(team * team_weight + personal * personal_weight) / (team_weight + personal_weight)"
    with pytest.raises(Invalid, match="团队"):
        with_team(template, personal, None)


def test_e09_a_split_period_is_weighed_by_the_days_of_each_part():
    parts = [(entered("before", Fraction(90)), 31), (entered("after", Fraction(80)), 61)]

    figure = by_days("quarter_3", parts, "2025 Q3")

    assert figure.exact == Fraction(90 * 31 + 80 * 61, 92)
    assert figure.formula == "(split_1 * days_1 + split_2 * days_2) / (days_1 + days_2)"
    assert differences(figure.to_json()) == []


def test_team_and_periods_compose_in_one_sheet_that_recomputes(mended, measures, ratings):
    template = replace(mended, team_weight=Fraction(70), periods=SHARES, absent_periods=Absent.TO_OTHERS)
    others = Others(
        team=entered("team", Fraction(80), label="2025 team v1"),
        periods={"month": totals("month", MONTHS), "quarter": totals("quarter", QUARTERS)},
    )

    result = score(template, {**measures, "lead_conversion": Measure("100", "50")}, ratings, kind="year", others=others)

    own = (80 * 70 + result.figure.find("total_exact", "year", "personal").exact * 30) / 100
    assert result.figure.find("total_exact", "year").exact == own
    assert result.total == rounded(Fraction("25.5") + Fraction("34.6") + own * Fraction(3, 10), 2)
    assert differences(result.figure.to_json()) == []
