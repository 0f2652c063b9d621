"""The panel's page of a case: read by who sits, with single ratings on record, notes of one's own, and the vote."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import clock, db, identity
from engine.reviews import demo
from engine.reviews.cases import appeals
from engine.reviews.models import Appeal, PanelMember, Person, Rater, RatingOpening, Vote


@pytest.fixture
def lodged(company):
    """The demo company with an appeal whose panel is drawn."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.release()
    with db.transaction() as session:
        said = {"grounds": "Two raters differ by a point", "items": ["collaboration"], "remedy": "Rate it again"}
        by = identity.identity_of(session, "zhang.wei")
        appeals.lodge(session, company.review(session), **said, by=by)
    company.do(demo.OFFICER, "admit_appeal", admission="admitted")
    return company


@pytest.fixture
def address(lodged):
    with db.reading() as session:
        return f"/appeals/{session.scalars(select(Appeal.key)).one()}/panel"


@pytest.fixture
def panel(lodged):
    """The accounts of those who sit, the chair's first."""
    names = lodged.seat_panel()
    lodged.exchange(names[0], "collaboration")
    return names


def test_nobody_reads_the_page_before_the_panel_sits_but_hr_sees_the_lots(lodged, address, at):
    for name in ("zhou.jie", "lin.tao", "wu.fang", "zheng.hao", "zhang.wei", "li.na"):
        at(name).reads(address, 404)

    hr = at("zhao.min").reads(address)

    assert "Drawn again: the same" in hr
    assert "Asked to declare" in hr
    assert "2025 Q3/S003/" in hr
    assert "Notes for the deliberation" not in hr


def test_the_panel_reads_case_scores_and_ratings_and_nobody_else_does(panel, address, at):
    page = at(panel[1]).reads(address)

    assert "Two raters differ by a point" in page
    assert "How the total came about" not in page
    assert "Cross-department" in page
    assert "Li Na" in page
    assert "Cast the vote" in page
    for name in ("zhang.wei", "li.na", "chen.jing"):
        at(name).reads(address, 404)
    assert "合议" in at(panel[1], "zh_CN").reads(address)
    assert "To the panel's page" in at(panel[1]).reads(address.removesuffix("/panel"))
    assert "To the panel's page" not in at("zhang.wei").reads(address.removesuffix("/panel"))


def test_e74_single_anonymous_ratings_are_opened_with_a_reason_and_on_record(panel, address, at):
    with db.transaction() as session:
        for rater in session.scalars(select(Rater).where(Rater.group_id == "cross")):
            rater.anonymous = True
    member = at(panel[0])

    before = member.reads(address)
    refused = member.sends(f"{address}/names", reason=" ")
    opened = member.sends(f"{address}/names", reason="They differ by a point")
    others = at("zhao.min").sends(f"{address}/names", reason="Curious")

    assert "Chen Jing" not in before
    assert (refused.status_code, opened.status_code, others.status_code) == (422, 200, 403)
    assert "Chen Jing" in opened.get_data(as_text=True)
    with db.reading() as session:
        (record,) = session.scalars(select(RatingOpening)).all()
    assert (record.opened_by, record.reason) == (panel[0], "They differ by a point")


def test_notes_and_votes_are_ones_own_until_every_vote_is_cast(panel, address, at):
    first, others = at(panel[0]), [at(name) for name in panel[1:]]
    first.sends(f"{address}/notes", text="The minutes speak for the appellant")
    empty = first.sends(f"{address}/votes", verdict="upheld", reasons="")
    first.sends(f"{address}/votes", verdict="corrected", reasons="As the minutes say")

    sealed = others[0].reads(address)
    again = first.sends(f"{address}/votes", verdict="upheld", reasons="Changed my mind")
    for other in others:
        other.sends(f"{address}/votes", verdict="upheld", reasons="It was rated by the book")
    opened = others[0].reads(address)

    assert (empty.status_code, again.status_code) == (422, 409)
    assert "The minutes speak" in first.reads(address)
    assert not [text for text in ("The minutes speak", "As the minutes say") if text in sealed]
    assert "The minutes speak" in opened
    assert "As the minutes say" in opened
    assert "The minutes speak" not in at("zhao.min").reads(address)
    with db.reading() as session:
        assert len(session.scalars(select(Vote)).all()) == 3


def test_a_party_objects_on_the_case_page_to_a_member_who_sits(panel, address, at):
    case = address.removesuffix("/panel")
    page = at("zhang.wei").reads(case)
    with db.reading() as session:
        key = session.scalars(
            select(PanelMember.key)
            .join(Person, Person.key == PanelMember.person_key)
            .where(Person.username == panel[1])
        ).one()

    empty = at("zhang.wei").sends(f"{case}/objection", member=key, reason=" ")
    made = at("zhang.wei").sends(f"{case}/objection", member=key, reason="Met the superior before the vote")

    assert "Object to a member of the panel" in page
    assert "Object to a member of the panel" not in at(panel[2]).reads(case)
    assert (empty.status_code, made.status_code < 400) == (422, True)
    assert "Met the superior before the vote" in at("zhao.min").reads(address)
    assert "See whether every member may still sit" in at("zhao.min").reads(case)
    assert at("zhao.min").sends(f"{case}/check").status_code < 400


def test_who_is_entered_as_away_loses_the_case_at_once_and_is_refused_in_chinese(panel, address, at):
    member = at(panel[1], "zh_CN")
    with db.reading() as session:
        key = session.scalars(select(Person.key).where(Person.username == panel[1])).one()
        today = clock.now(session).date().isoformat()

    entered = at("zhao.min").sends(f"/people/{key}/leaves", kind="sick", **{"from": today})
    vote = member.sends(f"{address}/votes", verdict="upheld", reasons="评分有据")
    note = member.sends(f"{address}/notes", text="会议纪要支持申诉人")

    assert entered.status_code < 400
    member.reads(address, 404)
    assert "合议组" in vote.get_data(as_text=True)
    assert (vote.status_code, note.status_code) == (404, 404)
    with db.reading() as session:
        assert session.scalars(select(Vote)).all() == []


def test_a_panel_of_two_is_refused_on_the_chinese_page_and_the_task_stays(lodged, at):
    with db.reading() as session:
        names = lodged.called(session)
    for name in names[:2]:
        lodged.do(name, "declare_conflict", conflict="yes", statement="与申诉人合伙投资")
    lodged.do(names[2], "declare_conflict", conflict="no")
    with db.reading() as session:
        key = lodged.task(session, "name_outsiders", "zhao.min").key
    said = {"decision": "named", "members": [], "reason": "两人也可以评议"}

    refused = at("zhao.min", "zh_CN").answers(f"/tasks/{key}/completion", said)

    assert refused.status_code == 422
    assert "合议组人数必须为单数" in str(refused.json)
    with db.reading() as session:
        assert lodged.task(session, "name_outsiders", "zhao.min").key == key


def test_hr_has_somebody_else_rate_again_on_the_chinese_case_page(lodged, panel, address, at):
    case, hr = address.removesuffix("/panel"), at("zhao.min", "zh_CN")
    for name in panel:
        at(name).sends(f"{address}/votes", verdict="reevaluated", reasons="由他人重评")
    lodged.do(panel[0], "deliberate", minutes="由他人重评")
    lodged.do(panel[0], "write_decision", reasons="评价人与申诉人有争议")
    early = hr.reads(case)
    lodged.do("zhao.min", "name_rater", rater="song.qi")

    page = hr.reads(case)
    involved = hr.sends(f"{case}/rater", rater="李娜")
    unknown = hr.sends(f"{case}/rater", rater="查无此人")
    other = at("zhang.wei").sends(f"{case}/rater", rater="shen.yi")
    named = hr.sends(f"{case}/rater", rater="沈毅")

    assert ("改由他人重新评价" in early, "改由他人重新评价" in page) == (False, True)
    assert "Expected" not in involved.get_data(as_text=True) + unknown.get_data(as_text=True)
    assert [one.status_code for one in (involved, unknown, other)] == [422, 404, 403]
    assert named.status_code < 400
    with db.reading() as session:
        assert lodged.task(session, "rate_again", "shen.yi").assignee == "shen.yi"
