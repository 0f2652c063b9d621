"""Tests of what two superiors gave who led one after the other: each is told by name, and corrected together."""

from datetime import date
from fractions import Fraction

import pytest

from engine import clock
from engine.bpmn.operations import Call
from engine.identity import SYSTEM
from engine.reviews.cycle import reviews
from engine.reviews.operations import appeals
from engine.reviews.papers import signatures
from engine.reviews.rating import leanings, raters, ratings
from engine.reviews.release import results
from engine.reviews.scores import scorecards


@pytest.fixture
def shared(session, measured, given, company, act):
    """Ann's review, rated by sun for 62 days and by dai for 30."""
    group = next(one for one in raters.groups(session, measured) if one.id == raters.SUPERIOR)
    first = raters.found(session, measured, company["sun"], raters.SUPERIOR)
    second = raters.add(session, measured, company["dai"].key, group)
    first.covers_from, first.covers_until = date(2025, 7, 1), date(2025, 8, 31)
    second.covers_from, second.covers_until = date(2025, 9, 1), date(2025, 9, 30)
    for username, (group_id, answers) in {**given, "dai": ("superior", given["ann"][1])}.items():
        ratings.submit(session, measured, group_id, answers, by=act(username))
    return measured


def counted(session, review):
    found = scorecards.rated(session, review, reviews.template(session, review), {})
    return tuple(found["collaboration"][raters.SUPERIOR])


def test_a_correction_of_what_two_superiors_rated_is_what_counts(session, shared, act):
    before = counted(session, shared)

    ratings.correct(session, shared, {"collaboration": "5"}, reason="项目验收记录", by=act("hui"))

    assert before == (Fraction(5), Fraction(9, 2))
    assert counted(session, shared) == (Fraction(5), Fraction(5))
    told = [
        (one.rating, one.version, one.given_by) for _, one in ratings.of_superiors(session, shared)["collaboration"]
    ]
    assert told == [("5", 1, "sun"), ("5", 2, "hui")]


def test_the_form_says_that_a_correction_holds_for_each_of_two_superiors(session, shared):
    review = {"review": str(shared.key)}
    call = Call(session, 0, None, "write_decision", review, {}, clock.now(session), "hui")

    rows = {row["indicator"]: row["name"] for row in appeals.rating_rows(call)}

    assert rows["collaboration"].endswith("(现评 now 5 / 4.5" + appeals.EACH + ")")


def test_each_superiors_leaning_is_told_from_what_that_one_gave(session, shared):
    told = {one.rater.username: one.reviews for one in leanings.of_reviews(session, [shared])}

    assert told == {"sun": 1, "dai": 1}


def test_the_paper_names_both_superiors_who_rated(session, shared, act):
    results.compute(session, shared, by=SYSTEM)

    signed = [one.username for one in signatures.of_result(session, shared, None, by=act("hui"))]

    assert signed == ["sun", "dai"]
