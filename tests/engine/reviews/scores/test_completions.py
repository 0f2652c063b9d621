"""Tests of engine.reviews.scores.completions: every way from a target and an actual value to a completion."""

from fractions import Fraction

import pytest

from engine.reviews.rulebook.indicators import Cadence, Collection, Direction, Indicator, Step
from engine.reviews.scores.completions import Measure, UndefinedError, completion, step_problems, target_problem
from engine.reviews.scores.quantities import Notation, rounded
from engine.reviews.scores.recomputations import differences
from engine.reviews.sentences import UnreadableError

NPS = Indicator(
    id="nps",
    name="净推荐值",
    weight=Fraction(10),
    direction=Direction.STEPS,
    steps=(
        Step(completion=Fraction(0)),
        Step(at_least="-20", completion=Fraction(1, 2)),
        Step(at_least="30", completion=Fraction(4, 5)),
        Step(at_least="70", completion=Fraction(1)),
    ),
)


def indicator(**rules):
    return Indicator(**{"id": "line", "name": "指标", "weight": Fraction(10), **rules})


@pytest.mark.parametrize(
    ("actual", "reached"),
    [("-100", "0"), ("-20.01", "0"), ("-20", "0.5"), ("29.99", "0.5"), ("30", "0.8"), ("70", "1"), ("100", "1")],
)
def test_steps_hold_their_lower_bound_and_not_their_upper_one_and_a_negative_nps_is_legal(actual, reached):
    figure = completion(NPS, Measure("70", actual))

    assert figure.exact == Fraction(reached)
    assert differences(figure.to_json()) == []
    assert figure.formula == (
        "if actual < step_2 then reach_1 else if actual < step_3 then reach_2 "
        "else if actual < step_4 then reach_3 else reach_4"
    )


@pytest.mark.parametrize(("target", "actual", "reached"), [("是", "yes", 1), ("是", "否", 0), ("no", "否", 1)])
def test_yes_or_no_is_reached_or_not(target, actual, reached):
    rule = indicator(direction=Direction.MATCH, notation=Notation.YES_NO)

    assert completion(rule, Measure(target, actual)).exact == reached


@pytest.mark.parametrize("written", ["18.5", "-1", "18 家"])
def test_a_count_is_a_whole_number(written):
    with pytest.raises(UnreadableError, match="not written like 18"):
        completion(indicator(notation=Notation.COUNT), Measure("20", written))


@pytest.mark.parametrize(
    ("direction", "measure"),
    [
        (Direction.HIGHER, Measure("0", "5")),
        (Direction.HIGHER, Measure("-10", "-5")),
        (Direction.LOWER_RATIO, Measure("200", "0")),
        (Direction.LOWER_RATIO, Measure("200", "-3")),
        (Direction.LOWER_LINEAR, Measure("0", "0")),
    ],
)
def test_e26_a_zero_or_negative_divisor_counts_as_the_indicator_says_or_is_refused(direction, measure):
    declared = completion(indicator(direction=direction, undefined_as=Fraction(1)), measure)

    assert (declared.exact, declared.formula) == (1, "undefined_as")
    with pytest.raises(UndefinedError):
        completion(indicator(direction=direction), measure)


def test_e26_a_negative_actual_value_scores_the_floor_never_less_and_without_a_floor_what_the_formula_says():
    floored = completion(indicator(), Measure("70", "-10"))
    open_ended = completion(indicator(floor=None), Measure("70", "-10"))

    assert (floored.exact, floored.formula) == (0, "max(actual / target, floor)")
    assert open_ended.exact == Fraction(-1, 7)


@pytest.mark.parametrize(
    ("target", "code"), [("0", "zero"), ("-10", "negative"), ("many", "bad-quantity"), ("10", None)]
)
def test_e26_a_target_against_which_nothing_can_be_measured_is_named_before_anybody_signs_it(target, code):
    problem = target_problem(indicator(), target)

    assert (problem and problem.code) == code


def test_e26_a_negative_target_is_no_problem_where_steps_score_it():
    assert target_problem(NPS, "-10") is None


def test_e28_a_completion_of_350_per_cent_counts_as_it_is_unless_the_indicator_has_a_cap():
    assert completion(indicator(), Measure("500", "1750")).exact == Fraction("3.5")
    assert completion(indicator(cap=Fraction("1.2")), Measure("500", "1750")).exact == Fraction("1.2")


@pytest.mark.parametrize(
    ("collected", "value", "formula"),
    [
        (Collection.MEAN, Fraction(85), "mean(value_1, value_2)"),
        (Collection.SUM, Fraction(170), "value_1 + value_2"),
        (Collection.LAST, Fraction(90), "value_2"),
    ],
)
def test_e33_two_of_three_months_count_as_two_and_the_sheet_shows_which(collected, value, formula):
    rule = indicator(cadence=Cadence.MONTH, collected=collected)

    figure = completion(rule, Measure("100", "", series=(("2025-09", "90"), ("2025-07", "80"))))

    actual = figure.find("actual")
    assert (actual.exact, actual.formula) == (value, formula)
    assert [(part.label, part.text) for part in actual.inputs] == [("2025-07", "80"), ("2025-09", "90")]
    assert differences(figure.to_json()) == []


@pytest.mark.parametrize(
    ("actual", "percent"), [("1:4.2", "84.00"), ("1:5", "100.00"), ("2:10", "100.00"), ("1:0", "0.00")]
)
def test_w10_ratios_of_one_to_n(actual, percent):
    figure = completion(indicator(notation=Notation.RATIO), Measure("1:5", actual))

    assert str(rounded(figure.exact * 100, 2)) == percent


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        ({"direction": Direction.STEPS}, {"steps-missing"}),
        ({"steps": NPS.steps}, {"steps-missing"}),
        ({"direction": Direction.STEPS, "steps": NPS.steps[1:]}, {"steps-with-hole"}),
        ({"direction": Direction.STEPS, "steps": NPS.steps[:1] + NPS.steps[:0:-1]}, {"steps-not-rising"}),
        ({"direction": Direction.STEPS, "steps": (*NPS.steps, Step(completion=Fraction(2)))}, {"bad-quantity"}),
        ({"notation": Notation.YES_NO}, {"not-match"}),
        ({"direction": Direction.STEPS, "steps": NPS.steps}, set()),
    ],
)
def test_x21_steps_with_holes_or_overlaps_cannot_be_published(rules, codes):
    assert {problem.code for problem in step_problems(indicator(**rules), "line")} == codes
