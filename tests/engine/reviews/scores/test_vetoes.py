"""Vetoes: what forbidden conduct lies behind counts as nothing, and stays on record beside what was entered."""

from fractions import Fraction

import pytest
from sqlalchemy import select

from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.models import Notice
from engine.reviews.rating import ratings
from engine.reviews.release import results
from engine.reviews.scores import breakdowns, vetoes

BOUGHT = "9 月 28 日买存款 200 万元,10 月 2 日转出"


@pytest.fixture
def rated(session, measured, given, act):
    """The review with its values confirmed and all ratings given."""
    for username, (group, answers) in given.items():
        ratings.submit(session, measured, group, answers, by=act(username))
    return measured


def test_l000_27_an_indicator_behind_which_forbidden_conduct_is_found_counts_as_nothing(session, rated, act):
    before = results.compute(session, rated, by=SYSTEM)
    vetoes.lay(session, rated, "sales_revenue", BOUGHT, by=act("fan"))

    after = results.compute(session, rated, by=SYSTEM)

    # 30 points of 100 at 96 % are 28.8, of which the section of 70 % gives 20.16
    assert Fraction(before.total) - Fraction(after.total) == Fraction("20.16")
    found = breakdowns._nodes(after.figures, {"sales_revenue"})["sales_revenue"]
    (completion,) = (one for one in found["inputs"] if one["name"] == "completion")
    assert (completion["formula"], completion["value"]) == ("forbidden_conduct", "0")
    assert {one["name"]: Fraction(one["value"]) for one in completion["inputs"]} == {
        "target": 500,
        "actual": 480,
        "forbidden_conduct": 0,
    }


def test_l000_27_the_appraisee_is_told_and_a_lifted_veto_stays_on_record(session, rated, act):
    veto = vetoes.lay(session, rated, "sales_revenue", BOUGHT, by=act("fan"))

    vetoes.lift(session, veto, reason="流水核对无误", by=act("fan"))

    assert vetoes.vetoed(session, rated) == frozenset()
    assert [one.lifting_reason for one in vetoes.of_review(session, rated, by=act("ann"))] == ["流水核对无误"]
    told = session.scalars(select(Notice.kind).where(Notice.person_key == rated.appraisee_key)).all()
    assert "indicator-vetoed" in told


def test_only_finance_and_audit_veto_and_never_without_saying_what_was_found(session, rated, act):
    with pytest.raises(Forbidden):
        vetoes.lay(session, rated, "sales_revenue", BOUGHT, by=act("sun"))
    for name, conduct in (("sales_revenue", " "), ("collaboration", BOUGHT)):
        with pytest.raises(Invalid):
            vetoes.lay(session, rated, name, conduct, by=act("fan"))
    vetoes.lay(session, rated, "sales_revenue", BOUGHT, by=act("fan"))
    with pytest.raises(Conflict):
        vetoes.lay(session, rated, "sales_revenue", BOUGHT, by=act("fan"))
