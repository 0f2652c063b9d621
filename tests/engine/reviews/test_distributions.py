"""Tests of engine.reviews.distributions: the guideline 2:7:1, beside what was given."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from engine.errors import Forbidden
from engine.reviews import distributions
from engine.reviews.distributions import quotas
from engine.reviews.publishing import publishing_problems
from engine.reviews.rules import Level

TWO_SEVEN_ONE = (Fraction(20), Fraction(70), Fraction(10))


@pytest.mark.parametrize(
    ("group", "counts"), [(3, [1, 2, 0]), (5, [1, 4, 0]), (10, [2, 7, 1]), (0, [0, 0, 0]), (15, [3, 11, 1])]
)
def test_w16_e34_largest_remainder_with_ties_to_the_higher_level(group, counts):
    assert quotas(group, TWO_SEVEN_ONE) == counts


@drawn(st.integers(0, 500), st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_quotas_share_out_everybody_and_no_level_is_off_by_one_or_more(group, weights):
    counts = quotas(group, [Fraction(weight) for weight in weights])

    assert sum(counts) == group
    exact = [Fraction(group * weight, sum(weights)) for weight in weights]
    assert all(abs(count - part) < 1 for count, part in zip(counts, exact, strict=True))


@pytest.mark.parametrize("group", range(6))
def test_w16_groups_of_five_or_fewer_never_owe_a_lowest_grade(group):
    assert quotas(group, TWO_SEVEN_ONE)[-1] == 0


class TestOfASmallGroup:
    """Five people at least, and one is graded."""

    @pytest.fixture
    def mended(self, mended):
        return replace(mended, levels=(Level(id="good", name="良好", guideline=Fraction(100)),))

    @pytest.mark.usefixtures("scored")
    def test_below_the_smallest_group_there_is_no_guideline(self, session, cycle, act):
        (sales,) = distributions.of_cycle(session, cycle, by=act("hui"))

        assert [(one.count, one.guideline) for one in sales.shares] == [(1, None)]


class TestOfACycle:
    """Grades with a guideline."""

    @pytest.fixture
    def mended(self, mended):
        levels = (
            Level(id="excellent", name="优秀", guideline=Fraction(20)),
            Level(id="good", name="良好", guideline=Fraction(70)),
            Level(id="to_improve", name="待改进", guideline=Fraction(10)),
        )
        return replace(mended, levels=levels, smallest_group=1)

    @pytest.mark.usefixtures("scored")
    def test_hr_sees_what_was_given_beside_what_the_guideline_would_give(self, session, cycle, act):
        (sales,) = distributions.of_cycle(session, cycle, by=act("hui"))

        assert [(one.level, one.count, one.guideline) for one in sales.shares] == [
            ("excellent", 0, 0),
            ("good", 1, 1),
            ("to_improve", 0, 0),
        ]
        with pytest.raises(Forbidden):
            distributions.of_cycle(session, cycle, by=act("sun"))

    @pytest.mark.usefixtures("scored")
    def test_l003_24_a_pilot_enters_no_distribution(self, session, cycle, act):
        cycle.pilot = True

        assert distributions.of_cycle(session, cycle, by=act("hui")) == []

    def test_guidelines_total_100_or_are_not_given(self, mended):
        first, *others = mended.levels

        wrong = replace(mended, levels=(replace(first, guideline=Fraction(30)), *others))

        assert publishing_problems(mended) == []
        assert [(problem.where, problem.code) for problem in publishing_problems(wrong)] == [
            ("levels", "weights-total")
        ]
