"""Key results: imported from where objectives are kept, aligned with the goals of a cycle."""

from fractions import Fraction

import pytest

from engine.errors import Forbidden, Invalid
from engine.identity import Identity
from engine.reviews.models import GoalLevel
from engine.reviews.rulebook import goals, key_results
from engine.reviews.rulebook.goals import Given

HUI = Identity("hui", frozenset({"hr"}))
HEAD = "编号,目标,关键结果,工号,对齐指标,目标值,单位,进度,开始日期,截止日期,来源\n"
Q3 = (
    HEAD
    + """KR-1,Q3 新增2000名潜在客户,线上活动带来客户,E001,线索转化数,1200,条,480,2025-07-01,2025-08-15,飞书OKR
KR-2,Q3 新增2000名潜在客户,沙龙带来客户,,lead_conversion,800,条,,2025/08/16,2025-09-30,飞书OKR
"""
)


@pytest.fixture
def goal(session, cycle, act):
    """The company's goal of 2000 leads."""
    given = Given(level=GoalLevel.COMPANY, indicator_id="lead_conversion", target="2000", unit="条")
    return goals.hand_down(session, cycle, given, by=act("hui"))


@pytest.fixture
def bring(session, cycle, act):
    """Import a file as HR."""
    return lambda text: key_results.import_csv(session, cycle, text.encode(), by=act("hui"))


def test_l000_15_key_results_are_aligned_with_the_goal_that_they_serve(session, cycle, goal, bring, company):
    first, second = bring(Q3)

    assert [one.goal_key for one in (first, second)] == [goal.key, goal.key]
    assert first.person_key == company["ann"].key
    assert key_results.progress(first) == Fraction(2, 5)
    assert key_results.progress(second) is None
    (aligned,) = key_results.alignments(session, cycle)
    assert (aligned.goal, aligned.total) == (goal, 2000)
    assert list(key_results.gaps(session, cycle)) == []


def test_a_persons_own_goal_comes_before_the_companys(session, cycle, goal, bring, company):
    own = Given(
        level=GoalLevel.PERSON,
        indicator_id="lead_conversion",
        target="1000",
        unit="条",
        owner=company["ann"].key,
        parent_key=goal.key,
        share="50",
    )
    ann = goals.hand_down(session, cycle, own, by=HUI)

    first, second = bring(Q3)

    assert (first.goal_key, second.goal_key) == (ann.key, goal.key)
    (problem,) = key_results.gaps(session, cycle)
    assert str(problem.message) == "The key results of lead_conversion total 800 of 2000"


def test_a_file_brought_again_brings_progress_up_to_date_and_adds_nothing(session, cycle, goal, bring):
    bring(Q3)

    bring(Q3.replace(",480,", ",900,"))

    assert [one.reached for one in key_results.of_cycle(session, cycle)] == ["900", ""]


def test_l002_05_stages_of_a_project_come_with_their_days(session, cycle, bring):
    (stage,) = bring(HEAD + "T-1,九月促销,预售,,,100%,,35%,2025-09-01,2025-09-10,飞书多维表格\n")

    assert (stage.starts_on.isoformat(), stage.due_on.isoformat()) == ("2025-09-01", "2025-09-10")
    assert key_results.progress(stage) == Fraction(35, 100)
    assert [problem.code for problem in key_results.gaps(session, cycle)] == ["unaligned"]


def test_wrong_rows_are_named_and_nothing_is_imported(session, cycle, goal, bring):
    rows = """KR-1,,少一个目标,E001,lead_conversion,很多,条,,2025-07-01,2025-06-01,飞书OKR
KR-2,客户,没有这个人,E999,lead_conversion,10,条,,,,飞书OKR
KR-2,客户,没有这个目标,,sales_revenue,10,条,,明天,,飞书OKR
KR-3,客户,来源不对,,,10,条,,,,Salesforce
"""

    with pytest.raises(Invalid) as refused:
        bring(HEAD + rows)

    assert {(problem.where, problem.code) for problem in refused.value.problems} == {
        ("B2", "empty"),
        ("F2", "bad-quantity"),
        ("J2", "backwards"),
        ("D3", "unknown-employee"),
        ("I4", "no-day"),
        ("E4", "no-goal"),
        ("A4", "repeated-row"),
        ("K5", "other-system"),
    }
    assert key_results.of_cycle(session, cycle) == []


def test_only_hr_imports_key_results(session, cycle, act):
    with pytest.raises(Forbidden):
        key_results.import_csv(session, cycle, Q3.encode(), by=act("ann"))
