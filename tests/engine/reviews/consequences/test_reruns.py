"""What hangs on a result, and what becomes of it when another version takes its place (E-73)."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.identity import SYSTEM
from engine.reviews.consequences import reruns
from engine.reviews.models import Answer, Became, Notice
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


@pytest.fixture
def corrected(session):
    """Give the result of a review another version with another total and grade, and rerun what hung on it."""

    def correct(review, total, grade, *, annulled=False):
        before = results.expected(session, review)
        after = results.compute(session, review, by=SYSTEM, reason="申诉更正")
        after.total, after.grade, after.released_at = total, grade, before.released_at
        after.annulled = annulled
        session.flush()
        return {(one.what, one.name): one for one in reruns.rerun(session, review, before, after, by=SYSTEM)}

    return correct


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
