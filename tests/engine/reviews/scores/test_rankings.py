"""Tests of engine.reviews.scores.rankings: Top 3 and the first tenth, with the policy for ties stated (E-39)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reviews.scores.rankings import Ties, places, top

TOTALS = {"安": ("95", "3"), "白": ("90", "2"), "陈": ("88", "1"), "邓": ("88", "5"), "方": ("80", "9")}


def chosen(count, ties):
    return top(
        list(TOTALS),
        count,
        score=lambda name: Fraction(TOTALS[name][0]),
        ties=ties,
        second=lambda name: Fraction(TOTALS[name][1]),
    )


@pytest.mark.parametrize(("ties", "names"), [(Ties.ALL, "安白陈邓"), (Ties.NONE, "安白"), (Ties.SECOND_KEY, "安白邓")])
def test_e39_who_ties_for_the_third_place_is_in_or_out_as_the_policy_says(ties, names):
    assert "".join(chosen(3, ties)) == names


@pytest.mark.parametrize("ties", Ties)
def test_e39_where_nobody_ties_every_policy_agrees(ties):
    assert chosen(2, ties) == ["安", "白"]
    assert chosen(4, ties) == ["安", "白", "陈", "邓"]
    assert chosen(9, ties) == list(TOTALS)


def test_e39_no_policy_is_assumed_and_a_second_key_is_due_where_it_decides():
    with pytest.raises(ValueError, match="second key"):
        top([1, 2], 1, score=Fraction, ties=Ties.SECOND_KEY)
    with pytest.raises(TypeError, match="ties"):
        top([1, 2], 1, score=Fraction)


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 10))
def test_e39_all_is_at_least_what_was_asked_for_and_none_at_most(totals, count):
    every, none = (top(totals, count, score=Fraction, ties=ties) for ties in (Ties.ALL, Ties.NONE))

    assert len(none) <= min(count, len(totals)) <= len(every) or count == 0
    assert every[: len(none)] == none
    assert not every or {total for total in totals if total >= every[-1]} == set(every)


def test_l003_18_the_first_tenth_of_25_are_two():
    assert (places(Fraction(1, 10), 25), places(Fraction(1, 10), 9)) == (2, 0)
