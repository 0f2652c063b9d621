"""Tests of engine.reviews.release.distributions: the guideline 2:7:1, beside what was given."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import select

from engine.errors import Forbidden
from engine.reviews.cycle import reviews
from engine.reviews.models import Spell
from engine.reviews.release import distributions
from engine.reviews.release.distributions import quotas
from engine.reviews.rulebook.publishing import publishing_problems
from engine.reviews.rulebook.rules import Level

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


LEVELS = (
    Level(id="excellent", name="优秀", guideline=Fraction(20)),
    Level(id="good", name="良好", guideline=Fraction(70)),
    Level(id="to_improve", name="待改进", guideline=Fraction(10)),
)


class TestOfACycle:
    """Grades with a guideline, which at least five people have."""

    @pytest.fixture
    def mended(self, mended):
        return replace(mended, levels=LEVELS)

    @pytest.mark.usefixtures("review")
    def test_hr_sees_what_was_given_beside_what_the_guideline_would_give(self, session, cycle, graded, act):
        graded("sales", 优秀=3, 良好=4, 待改进=3)

        sales, whole = distributions.of_cycle(session, cycle, by=act("hui"))

        told = [("excellent", 3, 2), ("good", 4, 7), ("to_improve", 3, 1)]
        assert [(one.level, one.count, one.guideline) for one in sales.shares] == told
        assert [(one.level, one.count, one.guideline) for one in whole.shares] == told
        assert (whole.department_key, sales.graded, whole.graded) == (None, 10, 10)
        with pytest.raises(Forbidden):
            distributions.of_cycle(session, cycle, by=act("sun"))

    @pytest.mark.usefixtures("scored")
    def test_l003_24_a_pilot_enters_no_distribution(self, session, cycle, act):
        cycle.pilot = True

        assert distributions.of_cycle(session, cycle, by=act("hui")) == []

    @pytest.mark.usefixtures("review")
    def test_w16_below_the_smallest_group_there_is_no_guideline(self, session, cycle, graded, act):
        graded("sales", 良好=4)

        sales, _ = distributions.of_cycle(session, cycle, by=act("hui"))

        assert [(one.count, one.guideline) for one in sales.shares] == [(0, None), (4, None), (0, None)]

    @pytest.mark.usefixtures("review")
    def test_e93_nothing_is_told_of_a_team_of_two_nor_of_what_it_could_be_taken_from(self, session, cycle, graded, act):
        graded("sales", 优秀=4, 良好=8, 待改进=3)
        graded("service", 优秀=5, 良好=6, 待改进=4)
        graded("product", 优秀=1, 良好=1)

        units = distributions.of_cycle(session, cycle, by=act("hui"))

        hidden = [[*(one.count is None for one in unit.shares), unit.graded is None] for unit in units]
        assert hidden[1][:2] + hidden[1][3:] == [True, True, True]
        assert all(sum(column) != 1 for column in zip(*hidden, strict=True))
        assert [one.guideline for one in units[1].shares] == [None, None, None]

    @pytest.mark.usefixtures("review")
    def test_e15_whoever_left_before_the_release_counts_nowhere(self, session, cycle, graded, act):
        graded("sales", 良好=5)
        leaver, other = graded("sales", 优秀=2)
        reviews.close(session, leaver, reason="离职", by=act("hui"))
        spell = session.scalars(select(Spell).where(Spell.person_key == other.appraisee_key)).one()
        spell.valid_until = date(2025, 6, 30)
        session.flush()

        _, whole = distributions.of_cycle(session, cycle, by=act("hui"))

        assert [one.count for one in whole.shares] == [0, 5, 0]

    def test_guidelines_total_100_or_are_not_given(self, mended):
        first, *others = mended.levels

        wrong = replace(mended, levels=(replace(first, guideline=Fraction(30)), *others))

        assert publishing_problems(mended) == []
        assert [(problem.where, problem.code) for problem in publishing_problems(wrong)] == [
            ("levels", "weights-total")
        ]
