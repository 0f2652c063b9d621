"""Properties of the arithmetic over random templates, values and ratings."""

import json
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.reviews.rulebook.indicators import Direction, Indicator
from engine.reviews.rulebook.publishing import publishing_problems
from engine.reviews.rulebook.rules import Absent, Dimension, Model, RaterGroup, Scale, Section, Template
from engine.reviews.scores.completions import Measure
from engine.reviews.scores.gaps import NOT_APPLICABLE
from engine.reviews.scores.recomputations import differences
from engine.reviews.scores.scoring import score

GROUPS = ("own", "boss", "cross")
STEPS = st.integers(2, 10).map(lambda halves: Fraction(halves, 2))
HUNDRED = st.integers(1, 5).flatmap(
    lambda parts: st.lists(st.integers(1, 40), min_size=parts, max_size=parts).map(
        lambda sizes: [Fraction(100 * size, sum(sizes)) for size in sizes]
    )
)


@st.composite
def templates(draw):
    """Draw a template that may be published: weights with thirds and sevenths included."""
    measured = tuple(
        Indicator(
            id=f"figure_{number}",
            name="量",
            weight=weight,
            direction=draw(st.sampled_from([Direction.HIGHER, Direction.LOWER_RATIO, Direction.LOWER_LINEAR])),
            cap=draw(st.sampled_from([None, Fraction(1), Fraction("1.2")])),
        )
        for number, weight in enumerate(draw(HUNDRED))
    )
    rated = tuple(
        Indicator(id=f"rating_{number}", name="质", weight=weight, rated_by=GROUPS)
        for number, weight in enumerate(draw(HUNDRED))
    )
    dimensions = draw(st.booleans())
    split = [Fraction(100), Fraction(100)] if dimensions else [Fraction(70), Fraction(30)]
    sections = (
        Section(id="amount", name="定量", weight=split[0], indicators=measured, dimension="hard" if dimensions else ""),
        Section(id="quality", name="定性", weight=split[1], indicators=rated, dimension="soft" if dimensions else ""),
    )
    return Template(
        model=draw(st.sampled_from(list(Model))),
        scale=Scale(),
        rater_groups=tuple(
            RaterGroup(id=name, name=name, weight=Fraction(weight), mandatory=name == "boss")
            for name, weight in zip(GROUPS, (20, 60, 20), strict=True)
        ),
        sections=sections,
        dimensions=(
            Dimension(id="hard", name="业绩", weight=Fraction(200, 3)),
            Dimension(id="soft", name="行为", weight=Fraction(100, 3)),
        )
        if dimensions
        else (),
        absent_raters=Absent.TO_OTHERS,
        absent_indicators=Absent.TO_OTHERS,
    )


AMOUNTS = st.decimals(min_value=1, max_value=1000, places=2).map(str)


@st.composite
def scorecards(draw):
    """Draw a template with values and ratings, some not applicable."""
    template = draw(templates())
    measures = {
        one.id: draw(st.builds(Measure, AMOUNTS, AMOUNTS) | st.just(NOT_APPLICABLE)) for one in template.measured
    }
    crossing = draw(st.booleans())
    given_ratings = {
        one.id: {
            "own": draw(st.lists(STEPS, min_size=1, max_size=1)),
            "boss": draw(st.lists(STEPS, min_size=1, max_size=1)),
            "cross": draw(st.lists(STEPS, min_size=1, max_size=4)) if crossing else NOT_APPLICABLE,
        }
        for one in template.indicators
        if one.is_rated
    }
    return template, measures, given_ratings


@given(scorecards())
@settings(max_examples=40, deadline=None)
def test_every_total_recomputes_from_what_is_stored_of_it(drawn):
    template, measures, given_ratings = drawn

    result = score(template, measures, given_ratings)

    assert publishing_problems(template) == []
    stored = json.loads(json.dumps(result.figure.to_json()))
    assert differences(stored) == []
    assert Decimal(stored["value"]) == result.total


@given(scorecards(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_higher_completion_never_lowers_the_total(drawn, data):
    template, measures, given_ratings = drawn
    chosen = data.draw(st.sampled_from(template.measured))
    if measures[chosen.id] is NOT_APPLICABLE:
        measures[chosen.id] = Measure("100", "50")
    target, actual = Decimal(measures[chosen.id].target), Decimal(measures[chosen.id].actual)
    step = data.draw(st.decimals(min_value=0, max_value=500, places=2))
    better = actual + step if chosen.direction is Direction.HIGHER else max(actual - step, Decimal("0.01"))

    before = score(template, measures, given_ratings).total
    after = score(template, {**measures, chosen.id: Measure(str(target), str(better))}, given_ratings).total

    assert after >= before


@given(scorecards())
@settings(max_examples=60, deadline=None)
def test_capped_totals_lie_between_the_lowest_ratings_share_and_100(drawn):
    template, measures, given_ratings = drawn
    capped = tuple(
        replace(section, indicators=tuple(replace(one, cap=Fraction(1)) for one in section.indicators))
        for section in template.sections
    )

    total = score(replace(template, sections=capped), measures, given_ratings).total

    assert 0 <= total <= 100


@given(scorecards(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_in_which_raters_and_values_came_is_irrelevant(drawn, chance):
    template, measures, given_ratings = drawn
    shuffled = {
        name: {g: _shuffled(values, chance) for g, values in groups.items()} for name, groups in given_ratings.items()
    }
    names = random.Random(chance.random()).sample(list(measures), len(measures))  # noqa: S311 - no secret

    assert (
        score(template, {name: measures[name] for name in names}, shuffled).total
        == score(template, measures, given_ratings).total
    )


def _shuffled(values, chance):
    return values if values is NOT_APPLICABLE else chance.sample(values, len(values))


@pytest.mark.parametrize("policy", [Absent.BLOCK, None])
@given(drawn=scorecards())
@settings(max_examples=20, deadline=None)
def test_nothing_passes_on_its_weight_unless_the_rules_say_so(policy, drawn):
    template, measures, given_ratings = drawn
    strict = replace(template, absent_raters=policy, absent_indicators=policy)
    absent = [*measures.values(), *(one for groups in given_ratings.values() for one in groups.values())]

    if NOT_APPLICABLE in absent:
        with pytest.raises(Invalid) as refused:
            score(strict, measures, given_ratings)
        assert {problem.code for problem in refused.value.problems} == {"blocked"}
    else:
        assert score(strict, measures, given_ratings).total == score(template, measures, given_ratings).total
