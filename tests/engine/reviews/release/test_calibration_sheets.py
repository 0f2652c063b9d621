"""What lies before a session: ranks, grades beside their guideline, and how superiors rate."""

from decimal import Decimal

import pytest

from engine.reviews.rating import ratings
from engine.reviews.release import adjustments, calibration_sheets


@pytest.fixture
def read(held):
    """Read the session's sheet as somebody."""
    return lambda username: calibration_sheets.of_session(held.session, held.held, by=held.act(username))


def test_equal_totals_share_a_rank_and_each_shows_what_would_become_of_it(held, read):
    held.decide(held.propose("sun", "bo", total="90"))

    lines = read("dai").lines

    assert {line.rank for line in lines} == {1}
    assert {line.appraisee.username: line.grade for line in lines if line.accepted} == {"bo": "优秀"}


def test_w16_e34_the_guideline_is_shown_beside_what_is_and_forces_nothing(held, read):
    held.decide(held.propose("sun", "bo", total="90"))
    held.lock()
    held.approve()

    shares = [(one.level, one.count, one.then, one.advised) for one in read("dai").shares]

    assert shares == [("优秀", 1, 1, 1), ("良好", 4, 4, 4), ("待改进", 0, 0, 0)]


def test_e34_below_the_smallest_group_nothing_is_advised_and_no_count_tells_of_a_hidden_result(read):
    sheet = read("tan")

    assert [line.appraisee.username for line in sheet.lines] == ["ann", "bo", "en"]
    assert [(one.count, one.advised) for one in sheet.shares] == [(0, None), (3, None), (0, None)]


def test_why_the_list_was_returned_is_told_to_those_alone_who_see_any_of_it(held, read):
    held.lock()

    adjustments.return_(held.session, held.held, reason="请说明难度", by=held.act("gao"))

    told = {name: read(name).remark for name in ("dai", "tan", "ou", "root")}
    assert told == {"dai": "请说明难度", "tan": "请说明难度", "ou": "", "root": ""}


def test_of_who_rated_fewer_than_three_nothing_is_said(read):
    leanings = {one.rater.username: (one.reviews, one.mean, one.spread) for one in read("dai").leanings}

    assert leanings == {"sun": (3, Decimal("4.25"), Decimal("0.00")), "dai": (1, None, None), "tan": (1, None, None)}


def test_e38_only_highest_ratings_are_flagged_with_their_number_and_change_nothing(held, read):
    highest = {name: "5" for name, _ in ratings.of_superiors(held.session, held.reviews["ann"]).items()}
    for name in ("ann", "bo", "tan"):
        ratings.correct(held.session, held.reviews[name], highest, reason="x", by=held.act("sun"))

    leanings = {one.rater.username: (one.reviews, one.mean, one.lenient) for one in read("dai").leanings}

    assert leanings["sun"] == (3, Decimal("5.00"), True)
    assert held.result("ann") == (1, "87.68", "良好")


def test_a_result_that_is_still_to_come_has_no_rank(held, read):
    held.send_back("bo")

    lines = {line.appraisee.username: line for line in read("dai").lines}

    assert (lines["bo"].rank, lines["bo"].result, lines["ann"].rank) == (None, None, 1)


def test_who_sits_outside_reads_an_empty_sheet(read):
    for outsider in ("ann", "ou", "root", "fan"):
        sheet = read(outsider)
        assert (sheet.lines, sheet.leanings, {one.count for one in sheet.shares}) == ((), (), {0})
