"""Streaks that a corrected result reaches: by its place in the cycle, and by grades of another scale (E-73, X-02)."""

from dataclasses import replace
from datetime import date

import pytest

from engine.reviews.cycle import cycles
from engine.reviews.models import Became, Result, Review, ReviewState
from engine.reviews.release import results
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.rulebook.rules import Level
from engine.reviews.settlements import schemes

PROMOTION = {"id": "promotion", "name": "晋升", "n": 1, "unit": "quarter"}


@pytest.fixture
def promoted(session, cycle, released, act):
    """Agree on what promotes, beside the released result of 87.68."""

    def agree(**rule):
        schemes.agree(session, cycle, {"streaks": [{**PROMOTION, **rule}]}, reason="第三季度", by=act("fan"))
        return released

    return agree


@pytest.fixture
def before(session, company, mended, released, act):
    """Let ann have been graded a in the quarter before, on a scale of letters."""
    rules = replace(mended, levels=tuple(Level(id=one, name=one) for one in "abc"))
    letters = templates.draft(session, "letters", rulebooks.write(rules), title="字母等级", by=act("hui"))
    templates.publish(session, letters.key, by=act("hui"))
    days = {"starts_on": date(2025, 4, 1), "ends_on": date(2025, 6, 30)}
    quarter = cycles.draft(session, label="2025 Q2", template_key=letters.key, by=act("hui"), **days)
    review = Review(cycle_key=quarter.key, appraisee_key=company["ann"].key, state=ReviewState.SIGNED)
    session.add(review)
    session.flush()
    now = results.expected(session, released)
    about = {"total": "95.00", "figures": {}, "computed_by": "hui", "computed_at": now.computed_at}
    row = Result(review_key=review.key, version=1, template_key=letters.key, grade="a", **about)
    row.released_at = now.released_at
    session.add(row)
    session.flush()


def test_e73_who_comes_among_the_first_of_the_cycle_by_an_appeal_is_proposed(session, promoted, graded, corrected):
    review = promoted(share="10", ties="all")
    for other in graded("sales", 良好=9):
        result = results.expected(session, other)
        result.total, result.released_at = "88.00", result.computed_at

    streak = corrected(review, "92.00", "优秀")["streak", "2025 Q3: promotion"]

    assert (streak.became, streak.told) == (Became.PROPOSED, "0 → 1 / 1")


def test_x02_a_grade_of_a_scale_that_is_not_mapped_is_hrs_to_look_at_and_holds_up_no_decision(
    before, promoted, corrected
):
    streak = corrected(promoted(n=2, levels=["优秀"]), "92.00", "优秀")["streak", "2025 Q3: promotion"]

    assert streak.became is Became.FOR_HR
    assert "no mapping says for which it stands" in streak.told
