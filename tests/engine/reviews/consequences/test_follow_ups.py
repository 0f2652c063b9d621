"""What follows a result: proposed by rules, decided by people, withdrawn when the result changes."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from engine.bpmn import instances
from engine.bpmn.models import InstanceState
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.consequences import closings, follow_ups, reruns
from engine.reviews.models import CycleKind, FollowUpState
from engine.reviews.release import results
from engine.reviews.scores.rankings import Ties
from engine.reviews.settlements import schemes
from engine.reviews.settlements.streaks import Period, StreakRule, running

TWO = [{"id": "commission", "name": "提高提成"}, {"id": "study", "name": "带薪进修"}]
CHOICE = {"id": "reward", "name": "奖励选择", "kind": "choice", "levels": ["良好"], "options": TWO}
OFFER = {"id": "rotation", "name": "能力跃迁计划", "kind": "offer", "levels": ["良好"]}
DUTY = {
    "id": "ability",
    "name": "能力提升计划",
    "kind": "duty",
    "levels": ["良好"],
    "months": 2,
    "exercises": [{"id": "negotiation", "name": "谈判模拟", "count": 5}],
}
TRAINING = {"id": "training", "name": "薄弱项培训", "kind": "grant", "below": 70}
TOP = {"id": "top", "name": "高管辅导", "kind": "choice", "first": 3, "ties": "all", "options": TWO}


@pytest.fixture
def proposed(session, cycle, released, act):
    """Propose what rules say follows the result of the released review, 87.68 良好."""

    def propose(*rules, **others):
        schemes.agree(session, cycle, {"follow_ups": list(rules), **others}, reason="第三季度", by=act("hui"))
        return {row.rule_id: row for row in follow_ups.propose(session, cycle, by=act("hui"))}

    return propose


@pytest.fixture
def opened(session, proposed, act):
    """Propose what one rule says, and confirm it."""

    def confirm(rule):
        (row,) = proposed(rule).values()
        follow_ups.decide(session, row, confirmed=True, reason="规则适用", by=act("hui"))
        return row

    return confirm


def test_x20_one_grade_may_apply_for_one_thing_and_must_make_another(proposed):
    rows = proposed(OFFER, DUTY)

    assert {name: row.kind for name, row in rows.items()} == {"rotation": "offer", "ability": "duty"}
    assert {row.grounds for row in rows.values()} == {"2025 Q3: 良好"}


def test_l001_30_the_appraisee_chooses_one_of_two_and_nobody_else(session, opened, act):
    row = opened(CHOICE)

    with pytest.raises(Forbidden):
        follow_ups.choose(session, row, "study", by=act("sun"))
    with pytest.raises(Invalid, match="not offered"):
        follow_ups.choose(session, row, "car", by=act("ann"))
    follow_ups.choose(session, row, "study", by=act("ann"))

    assert (row.state, row.choice) == (FollowUpState.SETTLED, "study")
    with pytest.raises(Conflict):
        follow_ups.choose(session, row, "commission", by=act("ann"))


def test_l001_20_an_application_is_decided_by_hr(session, opened, act):
    row = opened(OFFER)
    follow_ups.apply(session, row, motive="希望轮岗", by=act("ann"))

    with pytest.raises(Forbidden):
        follow_ups.judge(session, row, approved=True, reason="同意", by=act("sun"))
    follow_ups.judge(session, row, approved=False, reason="暂无名额", by=act("hui"))

    assert (row.state, row.reason) == (FollowUpState.REFUSED, "暂无名额")


def test_l003_20_l000_34_a_training_names_the_weak_areas(proposed):
    (row,) = proposed(TRAINING).values()

    assert row.grounds == "线索转化数 50%、创新建议采纳 60%"


def test_l001_19_the_first_three_by_total_are_proposed(proposed):
    (row,) = proposed(TOP).values()

    assert row.grounds == "2025 Q3：前 3 名 Among the first 3 of 2025 Q3"


def test_l000_23_l001_25_l002_22_a_streak_is_followed(proposed):
    streak = {"id": "row", "name": "连续", "n": 1, "unit": "quarter", "levels": ["良好"]}

    (row,) = proposed(
        {"id": "promotion", "name": "优先晋升", "kind": "grant", "streak": "row"}, streaks=[streak]
    ).values()

    assert row.grounds == "连续：连续 1 期 1 in a row"


def test_nothing_follows_before_hr_confirms_and_hr_says_why(session, proposed, act):
    (row,) = proposed(CHOICE).values()

    with pytest.raises(Conflict):
        follow_ups.choose(session, row, "study", by=act("ann"))
    with pytest.raises(Invalid):
        follow_ups.decide(session, row, confirmed=False, reason=" ", by=act("hui"))
    with pytest.raises(Forbidden):
        follow_ups.decide(session, row, confirmed=True, reason="同意", by=act("sun"))


def test_e95_nobody_from_hr_decides_about_the_own_result(session, company, proposed, released, act):
    (row,) = proposed(CHOICE).values()
    released.appraisee_key = company["hui"].key

    with pytest.raises(Forbidden, match="own result"):
        follow_ups.decide(session, row, confirmed=True, reason="同意", by=act("hui"))


def test_what_is_proposed_is_proposed_once(session, cycle, proposed, act):
    proposed(CHOICE)

    assert follow_ups.propose(session, cycle, by=act("hui")) == []


def test_e73_what_no_longer_follows_is_withdrawn_and_what_follows_now_is_proposed(
    session, cycle, released, opened, act
):
    better = {**OFFER, "id": "study", "levels": ["优秀"]}
    row = opened(CHOICE)
    schemes.agree(
        session,
        cycle,
        {"follow_ups": [CHOICE, better]},
        reason="补充",
        by=act("hui"),
    )
    before = results.expected(session, released)
    after = results.compute(session, released, by=SYSTEM, reason="申诉更正")
    after.total, after.grade, after.released_at = "92.00", "优秀", before.released_at
    session.flush()

    found = reruns.rerun(session, released, before, after, by=act("ann"))  # who has accepted an offer

    assert [(one.name, one.became) for one in found] == [("reward", "withdrawn"), ("study", "proposed")]
    assert (row.state, row.decided_by) == (FollowUpState.WITHDRAWN, SYSTEM.username)
    assert instances.get(session, row.instance_key).state is InstanceState.COMPLETED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"levels": ["良好"], "first": 3, "ties": "all"}, "trigger"),
        ({"levels": []}, "trigger"),
        ({"levels": [], "first": 3}, "ties"),
        ({"levels": [], "streak": "none"}, "unknown-streak"),
        ({"options": TWO[:1]}, "options"),
        ({"kind": "duty", "options": []}, "exercises"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_with_its_place(change, code):
    with pytest.raises(Invalid) as refused:
        schemes.read({"follow_ups": [{**CHOICE, **change}]})

    assert code in {problem.code for problem in refused.value.problems}


def first(above, *, size=20, tied=1, ties=Ties.ALL):
    rule = StreakRule(id="top", name="前 10%", n=3, unit=CycleKind.QUARTER, share=Fraction(10), ties=ties)
    quarters = [
        Period(
            key=number,
            kind=CycleKind.QUARTER,
            starts_on=date(2025, 3 * number + 1, 1),
            ends_on=date(2025, 3 * number + 4, 1) - timedelta(days=1),
            grade="B",
            above=above,
            tied=tied,
            size=size,
        )
        for number in range(3)
    ]
    return len(running(rule, quarters))


def test_l003_18_e39_three_quarters_among_the_first_tenth_ties_as_the_rule_says():
    assert first(1) == 3
    assert first(2) == 0
    assert first(1, tied=2) == 3
    assert first(1, tied=2, ties=Ties.NONE) == 0
    assert first(0, size=9) == 0  # a tenth of nine is nobody


def test_e59_hr_closes_what_somebody_leaves_undone_and_it_is_nobodys_answer(session, cycle, opened, act):
    duty = opened(DUTY)

    with pytest.raises(Forbidden):
        closings.close(session, duty, reason="没有时间", by=act("sun"))
    with pytest.raises(Invalid):
        closings.close(session, duty, reason=" ", by=act("hui"))
    closings.close(session, duty, reason="上级离职,无人确认", by=act("hui"))
    with pytest.raises(Conflict):
        closings.close(session, duty, reason="再关一次", by=act("hui"))

    assert (duty.state, duty.reason, duty.answered_at) == (FollowUpState.LAPSED, "上级离职,无人确认", None)
    assert instances.get(session, duty.instance_key).state is not InstanceState.ACTIVE
    assert follow_ups.propose(session, cycle, by=act("hui")) == []
