"""E-80 line by line: no correction lowers a line, whoever makes it, and no appeal takes away a calibrated grade."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.errors import Invalid
from engine.identity import SYSTEM
from engine.reviews.cases import appeals, corrections, decisions, offers, panels, reevaluations, votes
from engine.reviews.models import AppealStatement, StatementKind, Verdict
from engine.reviews.organisation import people
from engine.reviews.rating import ratings
from engine.reviews.release import results
from engine.reviews.rulebook.rules import Level

GROUNDS = {"grounds": "创新评分偏低", "items": ["innovation_adopted"], "remedy": "更正"}
TRADED = {"innovation_adopted": "5", "strategy_execution": "4"}
"""A point and more for one line, a point less for another of the same weight: the total rises."""


@pytest.fixture
def appeal(session, released, act):
    """Ann's appeal, admitted."""
    lodged = appeals.lodge(session, released, **GROUNDS, by=act("ann"))
    appeals.admit(lodged, by=act("hui"))
    return lodged


@pytest.fixture
def chair(session, appeal, seat, act):
    """Who chairs the panel that hears the appeal, which has voted to correct the result."""
    seat(appeal)
    judges = [act(people.by_key(session, one.person_key).username) for one in panels.of_appeal(session, appeal)]
    for by in judges:
        votes.cast(session, appeal, Verdict.CORRECTED, reasons="记录", by=by)
    return judges[0]


def given_by_superior(session, review):
    found = ratings.of_superiors(session, review)
    return {name: theirs[0][1].rating for name, theirs in found.items()}


def test_a_panel_lowers_no_line_whatever_it_gives_elsewhere(session, appeal, chair, released):
    with pytest.raises(Invalid) as refused:
        decisions.decide(session, appeal, reasons="一升一降", given=TRADED, by=chair)

    decisions.decide(session, appeal, reasons="只升", given={"innovation_adopted": "5"}, by=chair)

    assert {(one.where, one.code) for one in refused.value.problems} == {("strategy_execution", "worse-line")}
    assert given_by_superior(session, released)["strategy_execution"] == "5"


def test_a_panel_lowers_no_value_of_a_line_that_it_does_not_raise(session, appeal, chair, released):
    mixed = {"innovation_adopted": "5", "sales_revenue": "479"}

    with pytest.raises(Invalid) as refused:
        decisions.decide(session, appeal, reasons="评分升,数值降", given=mixed, by=chair)

    assert {(one.where, one.code) for one in refused.value.problems} == {("sales_revenue", "worse-line")}


def test_a_settlement_trades_no_line_for_another(session, appeal, act):
    with pytest.raises(Invalid) as refused:
        offers.make(session, appeal, "各让一步", TRADED, by=act("sun"))

    assert {(one.where, one.code) for one in refused.value.problems} == {("strategy_execution", "worse-line")}


def test_of_what_is_rated_again_only_what_raises_its_line_takes_effect_and_all_is_on_record(
    session, released, seat, company, act
):
    both = {**GROUNDS, "items": ["innovation_adopted", "strategy_execution"]}
    appeal = appeals.lodge(session, released, **both, by=act("ann"))
    appeals.admit(appeal, by=act("hui"))
    judges = [act(name) for name in seat(appeal)]
    for by in judges:
        votes.cast(session, appeal, Verdict.REEVALUATED, reasons="记录", by=by)
    decisions.decide(session, appeal, reasons="由他人重评", by=judges[0])
    reevaluations.name(session, appeal, company["fan"], by=act("hui"))

    changes = reevaluations.rate(session, appeal, TRADED, text="按记录", by=act("fan"))

    now = given_by_superior(session, released)
    kept = session.scalars(select(AppealStatement).where(AppealStatement.kind == StatementKind.REEVALUATION)).one()
    assert changes
    assert (now["innovation_adopted"], now["strategy_execution"]) == ("5", "5")
    assert {line["indicator"]: line["rating"] for line in kept.lines} == TRADED


class TestWhereACalibrationGaveAGrade:
    """Grades from the best down, as a rule book has them."""

    @pytest.fixture
    def mended(self, mended):
        return replace(
            mended, levels=(Level(id="a", name="优秀"), Level(id="b", name="良好"), Level(id="c", name="合格"))
        )

    def test_the_better_of_two_grades_stays(self, session, appeal, chair, released):
        results.expected(session, released).grade = "优秀"
        decisions.decide(session, appeal, reasons="只升", given={"innovation_adopted": "3"}, by=chair)
        results.compute(session, released, by=SYSTEM)

        kept = [corrections.kept_grade(session, released, found) for found in ("良好", "优秀", "不认识")]

        assert kept == ["优秀", "优秀", "不认识"]
