"""Awards with a concrete case, the points that come with them, and what of all that is published."""

import pytest
from openpyxl import load_workbook

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.reviews.consequences import awards, exports, points
from engine.reviews.consequences.awards import Nomination
from engine.reviews.models import AwardState
from engine.reviews.settlements import schemes

RULES = [
    {"id": "star", "name": "全员营销之星", "monthly": True, "points": 50},
    {"id": "storm", "name": "季度攻坚之星"},
]
CASE = {"project": "华东续约", "fact": "三周内与法务、交付重订条款", "figure": "续约率由 81% 升到 88%"}
CITATION = "把一个要流失的大客户留了下来,并把做法写成了全队的标准流程。"
SAID = Nomination("star", "2025-07", CITATION, CASE)


@pytest.fixture
def awarding(session, cycle, review, act):
    """A launched cycle that has awards."""
    schemes.agree(session, cycle, {"awards": RULES}, reason="第三季度", by=act("hui"))
    return cycle


@pytest.fixture
def nominate(session, awarding, company, act):
    """Name Ann for an award."""
    return lambda said=SAID, by="sun": awards.nominate(session, awarding, company["ann"], said, by=act(by))


@pytest.fixture
def award(nominate):
    return nominate()


def test_l000_25_l002_24_a_monthly_award_is_named_by_the_superior_and_conferred_by_hr(session, award, act):
    awards.decide(session, award, conferred=True, reason="事例属实", by=act("hui"))

    assert [(one.name, one.period) for one in awards.published(session)] == [("全员营销之星", "2025-07")]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Nomination("star", "2025-07", "很好", CASE), "short-citation"),
        (Nomination("star", "2025-07", CITATION, {**CASE, "figure": " "}), "no-case"),
        (Nomination("star", "2025-12", CITATION, CASE), "wrong-month"),
        (Nomination("star", "", CITATION, CASE), "wrong-month"),
        (Nomination("storm", "2025-07", CITATION, CASE), "wrong-month"),
    ],
)
def test_l001_24_a_citation_names_a_concrete_case(nominate, said, code):
    with pytest.raises(Invalid) as refused:
        nominate(said)

    assert code in {problem.code for problem in refused.value.problems}


def test_an_award_that_the_cycle_does_not_have_cannot_be_given(nominate):
    with pytest.raises(NotFound):
        nominate(Nomination("x", "", CITATION, CASE))


def test_nobody_names_oneself_nor_decides_what_they_named(session, nominate, act):
    with pytest.raises(Forbidden):
        nominate(by="ann")
    named = nominate(by="hui")

    with pytest.raises(Forbidden, match="another decides"):
        awards.decide(session, named, conferred=True, reason="好", by=act("hui"))


def test_e94_only_conferred_awards_are_published_and_no_rank_grade_or_score(session, awarding, nominate, award, act):
    declined = nominate(Nomination("storm", "", CITATION, CASE))
    assert awards.published(session) == []
    assert awards.of_cycle(session, awarding, by=act("pan")) == []
    with pytest.raises(NotFound):
        awards.found(session, award.key, by=act("pan"))

    awards.decide(session, award, conferred=True, reason="事例属实", by=act("hui"))
    awards.decide(session, declined, conferred=False, reason="数据不符", by=act("hui"))

    assert declined.state is AwardState.DECLINED
    assert awards.published(session) == [award]
    shown = {column.name for column in award.__table__.columns}
    assert not shown & {"total", "grade", "rank", "result_key", "review_key"}


def test_l000_26_points_come_with_an_award_and_are_redeemed_for_leave(session, company, award, act):
    awards.decide(session, award, conferred=True, reason="事例属实", by=act("hui"))

    points.redeem(session, company["ann"], 30, reason="调休半天", by=act("hui"))

    assert points.balance(session, company["ann"]) == 20
    assert [one.points for one in points.entries(session, by=act("ann"))] == [50, -30]
    assert points.entries(session, by=act("sun")) == []
    with pytest.raises(Conflict, match="there are 20"):
        points.redeem(session, company["ann"], 21, reason="调休", by=act("hui"))
    with pytest.raises(Invalid):
        points.redeem(session, company["ann"], 0, reason="调休", by=act("hui"))
    with pytest.raises(Forbidden):
        points.redeem(session, company["ann"], 1, reason="调休", by=act("sun"))


def test_what_follows_is_exported_for_hr_as_a_workbook(session, awarding, award, act, tmp_path):
    awards.decide(session, award, conferred=True, reason="事例属实", by=act("hui"))

    file = tmp_path / "follow.xlsx"
    file.write_bytes(exports.of_cycle(session, awarding, by=act("hui")))

    sheets = load_workbook(file)
    assert sheets.sheetnames == ["结果应用", "奖项", "积分"]
    assert [cell.value for cell in sheets["积分"][2]][:4] == ["E001", "安然", 50, "全员营销之星"]
    with pytest.raises(Forbidden):
        exports.of_cycle(session, awarding, by=act("sun"))
