"""Tests of engine.reviews.rating.pairs (E-23)."""

from datetime import date
from decimal import Decimal

import pytest

from engine.errors import Forbidden
from engine.reviews.cycle import cycles
from engine.reviews.organisation import lines
from engine.reviews.rating import pairs, raters, ratings
from engine.reviews.rating.ratings import Given


@pytest.fixture
def rate(session, company, cycle, act):
    """Launch the cycle with Ann and Pan, who rate one another, and Shi, who rates both; then give the ratings."""
    lines.assign(session, company["pan"], company["sun"], valid_from=date(2024, 1, 1), by=act("hui"))
    other = cycles.enrol(session, cycle, company["pan"], by=act("hui"))
    for username in ("ann", "shi"):
        raters.nominate(session, other, company[username], group_id="cross", by=act("hui"))
    launched = {review.appraisee_key: review for review in cycles.launch(session, cycle, by=act("hui"))}

    def give(rater, appraisee, rating):
        review = launched[company[appraisee].key]
        ratings.submit(session, review, "cross", {"collaboration": Given(rating)}, by=act(rater))
        session.flush()

    return give


def test_e23_two_who_rate_one_another_far_above_the_others_are_flagged_with_the_figures(session, cycle, rate, act):
    for rater, appraisee, rating in (
        ("ann", "pan", "5"),
        ("pan", "ann", "5"),
        ("shi", "ann", "3"),
        ("shi", "pan", "4"),
    ):
        rate(rater, appraisee, rating)

    (pair,) = pairs.of_cycle(session, cycle, by=act("hui"))

    assert pair.is_flagged
    assert [(side.rater.username, side.mean, side.others) for side in pair.sides] == [
        ("ann", Decimal("5.00"), Decimal("4.00")),
        ("pan", Decimal("5.00"), Decimal("3.00")),
    ]


def test_e23_one_who_is_generous_alone_makes_no_flag(session, cycle, rate, act):
    for rater, appraisee, rating in (
        ("ann", "pan", "5"),
        ("pan", "ann", "3"),
        ("shi", "ann", "3"),
        ("shi", "pan", "4"),
    ):
        rate(rater, appraisee, rating)

    assert [pair.is_flagged for pair in pairs.of_cycle(session, cycle, by=act("hui"))] == [False]


def test_e23_where_nobody_else_rates_only_the_highest_ratings_are_flagged(session, cycle, rate, act):
    rate("ann", "pan", "5")
    rate("pan", "ann", "4.5")

    (pair,) = pairs.of_cycle(session, cycle, by=act("hui"))

    assert [(side.others, side.is_far) for side in pair.sides] == [(None, True), (None, False)]


def test_who_rated_whom_is_for_hr(session, cycle, rate, act):
    rate("ann", "pan", "5")

    assert pairs.of_cycle(session, cycle, by=act("hui")) == []
    with pytest.raises(Forbidden):
        pairs.of_cycle(session, cycle, by=act("sun"))
