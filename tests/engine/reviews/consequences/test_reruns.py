"""What hangs on a result, and what becomes of it when another version takes its place (E-73)."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.reviews.consequences import reruns
from engine.reviews.models import Answer, Became, Notice
from engine.reviews.organisation import people
from engine.reviews.plans import plans
from engine.reviews.release import results
from engine.reviews.settlements import amounts, schemes, sheets
from engine.reviews.signing import interviews
from engine.reviews.signing.interviews import Minutes

ENTERED = """工号,项目,金额,来源
E001,bonus,10000,工资表
"""
RULES = {
    "lines": [
        {
            "id": "bonus",
            "name": "奖金",
            "layer": "base",
            "kind": "grade",
            "on": "bonus",
            "grades": [{"id": "优秀", "coefficient": "1.5"}, {"id": "良好", "coefficient": "1"}],
        }
    ],
    "streaks": [{"id": "promotion", "name": "晋升", "n": 1, "unit": "quarter", "levels": ["优秀"]}],
    "follow_ups": [
        {
            "id": "reward",
            "name": "奖励",
            "kind": "choice",
            "levels": ["优秀"],
            "options": [{"id": "commission", "name": "提成"}, {"id": "study", "name": "进修"}],
        },
        {"id": "rotation", "name": "轮岗", "kind": "offer", "levels": ["良好"]},
    ],
}


@pytest.fixture
def settled(session, cycle, released, act):
    schemes.agree(session, cycle, RULES, reason="第三季度", by=act("fan"))
    amounts.import_csv(session, cycle, ENTERED.encode(), by=act("fan"))
    sheets.settle(session, cycle, by=act("fan"))
    return released


def test_e73_what_was_paid_is_corrected_by_the_difference(session, cycle, settled, corrected, act):
    sheets.hand_over(session, cycle, by=act("fan"))

    found = corrected(settled, "92.00", "优秀")

    line = found["settlement", "bonus"]
    assert (line.became, line.told) == (Became.CORRECTED, "10000.00 → 15000.00")
    assert [str(one.difference) for one in sheets.payable(session, cycle)] == ["5000.00"]


def test_e73_what_was_not_paid_is_computed_anew(settled, corrected):
    assert corrected(settled, "92.00", "优秀")["settlement", "bonus"].became is Became.RECOMPUTED


def test_e73_a_streak_that_is_reached_now_is_proposed(settled, corrected):
    streak = corrected(settled, "92.00", "优秀")["streak", "2025 Q3: promotion"]

    assert (streak.became, streak.told) == (Became.PROPOSED, "0 → 1 / 1")


def test_e73_a_streak_that_is_no_longer_reached_is_for_hr(session, settled, corrected):
    results.expected(session, settled).grade = "优秀"

    assert corrected(settled, "87.00", "良好")["streak", "2025 Q3: promotion"].became is Became.FOR_HR


def test_e73_the_answer_stays_with_the_version_that_was_answered(session, settled, corrected, act):
    minutes = Minutes(strengths="客户续约", gaps="协作", evidence="续约率 88%", plan="每周例会")
    interviews.record(session, settled, minutes, held_on=date(2025, 7, 1), by=act("sun"))
    interviews.sign(session, settled, Answer.OBJECTED, by=act("ann"), comment="偏低")

    assert corrected(settled, "92.00", "优秀")["answer", "objected"].became is Became.STANDS


def test_e73_a_plan_that_a_person_founded_goes_on_and_is_void_where_the_result_is_annulled(
    session, settled, corrected, act
):
    plan = plans.propose(session, settled, grounds="等级", by=act("hui"))

    kept = corrected(settled, "92.00", "优秀")["plan", str(plan.key)]
    void = corrected(settled, "93.00", "优秀", annulled=True)["plan", str(plan.key)]

    assert (kept.became, void.became) == (Became.STANDS, Became.WITHDRAWN)


def test_hr_is_told_how_much_is_theirs_to_decide(session, settled, corrected):
    corrected(settled, "92.00", "优秀")

    (notice,) = session.scalars(select(Notice).where(Notice.kind == reruns.NOTICE))
    assert notice.details == {"review": str(settled.key), "number": 2, "for_hr": 0}


TIERS = {
    "base": "1.2",
    "tiers": [{"reached": "1.2", "value": "1.8"}],
    "spread": "marginal",
    "rise": "rate",
    "edge": "at-least",
}
BY_HAND = {
    "lines": [
        {**RULES["lines"][0]},
        {
            "id": "award",
            "name": "基础奖",
            "layer": "base",
            "kind": "threshold",
            "on": "salary",
            "reached": "0.9",
            "share": "10",
        },
        {
            "id": "commission",
            "name": "超额提成",
            "layer": "excess",
            "kind": "tiers",
            "on": "sales",
            "target": "goal",
            "table": TIERS,
        },
    ]
}
AMOUNTS = """工号,项目,金额,来源
E001,bonus,10000,工资表
E001,salary,8765.43,工资表
E001,sales,1300000,CRM
E001,goal,1000000,CRM
"""


def test_e73_each_line_is_corrected_to_the_fen_as_it_comes_out_by_hand(session, cycle, released, corrected, act):
    schemes.agree(session, cycle, BY_HAND, reason="第三季度", by=act("fan"))
    amounts.import_csv(session, cycle, AMOUNTS.encode(), by=act("fan"))
    sheets.settle(session, cycle, by=act("fan"))
    before = {one.settlement.line_id: str(one.difference) for one in sheets.payable(session, cycle)}
    sheets.hand_over(session, cycle, by=act("fan"))

    found = corrected(released, "90.00", "优秀")

    # 10,000 × 1; 87.68 % is less than 90 %; 1,200,000 × 1.2 % + 100,000 × 1.8 %
    assert before == {"bonus": "10000.00", "award": "0.00", "commission": "16200.00"}
    # 10,000 × 1.5 - 10,000; 8,765.43 × 10 % = 876.543; what finance's amounts decide alone stays
    assert {one.settlement.line_id: str(one.difference) for one in sheets.payable(session, cycle)} == {
        "bonus": "5000.00",
        "award": "876.54",
    }
    became = {name: one.became for (what, name), one in found.items() if what == "settlement"}
    assert became == {"bonus": Became.CORRECTED, "award": Became.CORRECTED, "commission": Became.STANDS}


def test_e72_a_first_team_that_was_paid_keeps_its_bonus_where_another_team_overtakes_it(
    session, cycle, released, graded, act
):
    team = {"part": "collaboration", "share": "50", "ties": "none", "more": "5"}
    pool = {"id": "pool", "name": "奖金池", "layer": "innovation", "kind": "pool", "on": "profit", "share": "10"}
    rules = {"lines": [{**pool, "own_share": "own", "team": team}]}
    (other,) = graded("product", 良好=1)
    theirs = results.expected(session, other)
    theirs.released_at, theirs.figures = theirs.computed_at, {"name": "collaboration", "value": "1"}
    schemes.agree(session, cycle, rules, reason="第三季度", by=act("fan"))
    number = people.by_key(session, other.appraisee_key).employee_id
    rows = [f"{who},{name},{amount},CRM" for who in ("E001", number) for name, amount in SHARES.items()]
    amounts.import_csv(session, cycle, "\n".join(["工号,项目,金额,来源", *rows]).encode(), by=act("fan"))

    sheets.settle(session, cycle, by=act("fan"))
    paid = owed(session, cycle)
    sheets.hand_over(session, cycle, by=act("fan"))
    theirs.figures = {"name": "collaboration", "value": "100"}
    sheets.settle(session, cycle, by=act("fan"))

    assert paid == {"E001": "2100.00", number: "2000.00"}  # 200,000 × 10 % × 10 %, and 5 % more
    assert owed(session, cycle) == {number: "100.00"}


SHARES = {"profit": "200000", "own": "10"}


def owed(session, cycle):
    return {one.person.employee_id: str(one.difference) for one in sheets.payable(session, cycle)}
