"""Appeals of the demo company on the shipped processes and forms."""

from datetime import timedelta
from decimal import Decimal

import pytest
from demonstration import column
from sqlalchemy import select

from engine import db, exact_json, identity
from engine.bpmn import instances
from engine.bpmn.models import HistoryRow, InstanceState, Message, ProcessInstance
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.reviews import access, demo, notices
from engine.reviews.cases import appeals, votes, windows
from engine.reviews.models import Appeal, PanelDraw, Rating, Vote
from engine.reviews.organisation import people
from engine.reviews.panels import recusals
from engine.reviews.reports import progress, sheets

REASONS = "延期由产品部造成,有会议记录"
"""Words that no vote may leak."""


@pytest.fixture
def signed(demonstration):
    """Zhang Wei's result, signed with objection: the window is open."""
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate()
    demonstration.release()
    demonstration.interview()
    return demonstration


@pytest.fixture
def lodged(signed):
    lodge(signed)
    return signed


@pytest.fixture
def panel(lodged):
    """The accounts of those who sit, the chair's first."""
    lodged.do(demo.OFFICER, "admit_appeal", admission="admitted")
    return lodged.seat_panel()


@pytest.fixture
def heard(lodged, panel):
    """The appeal before its panel."""
    assert len(panel) == 3
    lodged.exchange(panel[0], "innovation_adopted")
    return lodged


def lodge(demonstration, by="zhang.wei", **changed):
    said = {"grounds": "创新评分缺少事实", "items": ["innovation_adopted"], "remedy": "重新评分", **changed}
    with db.transaction() as session:
        return appeals.lodge(session, demonstration.review(session), **said, by=identity.identity_of(session, by))


def vote(demonstration, by, verdict):
    demonstration.do(by, "cast_vote", verdict=verdict, reasons=REASONS)


def codes(refused):
    return {(problem.where, problem.code) for problem in refused.value.problems}


def test_only_the_appraisee_appeals_once_and_with_grounds(signed):
    with pytest.raises(Forbidden):
        lodge(signed, by="li.na")
    with pytest.raises(Invalid) as refused:
        lodge(signed, grounds=" ", items=["luck"])
    appeal = lodge(signed)

    with pytest.raises(Conflict, match="already"):
        lodge(signed)

    assert codes(refused) == {("grounds", "empty"), ("luck", "unknown-indicator")}
    with db.reading() as session:
        instance = session.get_one(ProcessInstance, appeal.instance_key)
        assert (instance.process_id, instance.business_id) == ("appeal-arbitration", str(appeal.review_key))


def test_e40_after_the_window_the_refusal_says_when_it_closed(signed):
    with db.reading() as session:
        closing = windows.closes_at(session, signed.review(session))
    signed.pass_time(timedelta(days=30))

    with pytest.raises(Conflict, match="the window closed at 20"):
        lodge(signed)

    assert closing is not None
    with db.reading() as session:
        assert not windows.is_open(session, signed.review(session))


def test_an_appeal_is_possible_from_the_release_on_and_not_before(demonstration):
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate()
    with pytest.raises(Conflict, match="running"):
        lodge(demonstration)
    demonstration.release()

    appeal = lodge(demonstration)

    with db.reading() as session:
        assert session.get_one(ProcessInstance, appeal.instance_key).process_id == "appeal-arbitration"
        assert demonstration.task(session, "hold_interview", "li.na").state == "CREATED"


def test_whoever_had_a_part_is_recused_and_the_others_are_drawn(lodged):
    lodged.do(demo.OFFICER, "admit_appeal", admission="admitted")

    with db.reading() as session:
        appeal = session.scalars(select(Appeal)).one()
        reasons = recusals.of_appeal(session, appeal)
        lots = session.scalars(select(PanelDraw)).one()
        names = {people.by_key(session, key).name for key in reasons}
        drawn = {people.by_employee_id(session, one).username for one in lots.order}

    assert drawn == {"wu.fang", "zheng.hao", "lin.tao", "zhou.jie"}
    assert {"张伟", "李娜", "王强", "高远", "陈静", "刘洋"} <= names
    assert max(len(whys) for whys in reasons.values()) == 3


def test_no_query_history_variable_or_count_tells_a_vote_before_all_are_cast(heard, panel):
    vote(heard, panel[0], "corrected")
    vote(heard, panel[1], "upheld")

    with db.reading() as session:
        appeal = session.scalars(select(Appeal)).one()
        told = [
            *(row.details.decode() for row in session.scalars(select(HistoryRow))),
            *(repr(instances.variables(session, key)) for key in session.scalars(select(ProcessInstance.key)).all()),
            *(exact_json.loads(m.variables).__repr__() for m in session.scalars(select(Message))),
            *(row.state_blob.decode("utf-8", "replace") for row in session.scalars(select(ProcessInstance)).all()),
        ]
        seen = {
            name: session.scalars(select(Vote).where(access.votes(session, identity.identity_of(session, name)))).all()
            for name in (demo.OFFICER, "zhang.wei", "li.na", panel[2], panel[0])
        }
        steps = progress.of_cycle(session, heard.cycle(session), by=identity.identity_of(session, demo.OFFICER)).steps
        with pytest.raises(Conflict, match="not all are cast"):
            votes.opened(session, appeal)
        with pytest.raises(Conflict, match="not all are cast"):
            votes.majority(session, appeal)
        assert (appeal.verdict, appeal.reasons) == (None, "")
    assert any(panel[0] in text for text in told)
    assert not [text for text in told if REASONS in text or "verdict" in text]
    assert {name: len(rows) for name, rows in seen.items()} == {
        demo.OFFICER: 0,
        "zhang.wei": 0,
        "li.na": 0,
        panel[2]: 0,
        panel[0]: 1,
    }
    assert "cast_vote" not in {step.element_id for step in steps}


def test_a_panel_corrects_the_rating_and_the_new_result_is_in_force(heard, panel):
    for by, verdict in zip(panel, ("corrected", "upheld", "corrected"), strict=True):
        vote(heard, by, verdict)
    heard.do(panel[0], "deliberate", minutes="多数同意更正")
    with pytest.raises(Invalid) as nothing:
        heard.do(panel[0], "write_decision", reasons=REASONS, corrections={})
    with pytest.raises(Invalid) as worse:
        heard.do(panel[0], "write_decision", reasons=REASONS, corrections=corrected("customer_satisfaction", "1"))
    with pytest.raises(Invalid) as unfit:
        heard.do(panel[0], "write_decision", reasons=REASONS, corrections=corrected("collaboration", "4.2"))

    heard.do(panel[0], "write_decision", reasons=REASONS, corrections=corrected("innovation_adopted", "3.5"))

    with db.reading() as session:
        sheet = sheets.of_review(session, heard.review(session), by=identity.identity_of(session, "zhang.wei"))
        told = [notice.kind for notice in notices.of_person(session, by=identity.identity_of(session, "zhang.wei"))]
        versions = session.scalars(
            select(Rating).where(Rating.indicator_id == "innovation_adopted").order_by(Rating.rater_key, Rating.version)
        ).all()
        running = session.scalars(select(ProcessInstance).where(ProcessInstance.process_id == "appeal-arbitration"))
        assert [instance.state for instance in running] == [InstanceState.COMPLETED]
    assert (sheet.version, sheet.total, sheet.grade) == (2, Decimal("88.43"), "良好")
    assert [version["total"] for version in sheet.versions] == [Decimal("88.43"), Decimal("87.68")]
    assert sheet.reason.startswith("appeal ")
    assert [(r.version, r.rating, r.given_by) for r in versions if r.version > 1 or r.given_by == "li.na"] == [
        (1, "2.5", "li.na"),
        (2, "3.5", panel[0]),
    ]
    assert told[:2] == ["result-released", "appeal-decided"]
    assert codes(nothing) == {("corrections", "no-corrections")}
    assert codes(worse) == {("corrections", "worse")}
    assert codes(unfit) == {("corrections[1].rating", "increment")}


def corrected(indicator, rating):
    return column("rating", {indicator: Decimal(rating)})


def test_an_upheld_result_stays_as_it_is(heard, panel):
    for by, verdict in zip(panel, ("upheld", "upheld", "corrected"), strict=True):
        vote(heard, by, verdict)
    heard.do(panel[0], "deliberate", minutes="多数同意维持")

    heard.do(panel[0], "write_decision", reasons="依据充分")

    with db.reading() as session:
        sheet = sheets.of_review(session, heard.review(session), by=identity.identity_of(session, "zhang.wei"))
        review = session.get_one(ProcessInstance, heard.review(session).instance_key)
    assert (sheet.version, review.state) == (1, InstanceState.COMPLETED)


def test_a_rejected_appeal_tells_the_appellant_why(lodged):
    lodged.do(demo.OFFICER, "admit_appeal", admission="rejected", reason="没有新的事实")

    with db.reading() as session:
        newest = notices.of_person(session, by=identity.identity_of(session, "zhang.wei"))[0]
    assert (newest.kind, newest.details["reasons"]) == ("appeal-rejected", "没有新的事实")


def test_notices_are_read_by_their_owner_alone(lodged):
    with db.transaction() as session:
        own = identity.identity_of(session, "zhang.wei")
        notice = notices.of_person(session, by=own, unread=True)[0]
        with pytest.raises(NotFound):
            notices.mark_read(session, notice.key, by=identity.identity_of(session, "li.na"))

        notices.mark_read(session, notice.key, by=own)

        assert notice.key not in {left.key for left in notices.of_person(session, by=own, unread=True)}
