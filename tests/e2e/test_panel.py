"""A panel's page in a browser: the case with its figures, ratings opened on record, a note, and the vote."""

from __future__ import annotations

import pytest
from browsing import Company
from playwright.sync_api import expect
from sqlalchemy import select

from engine import db, identity
from engine.reviews import demo
from engine.reviews.cases import appeals
from engine.reviews.models import Appeal, Rater

pytestmark = pytest.mark.browser


def test_a_member_declares_reads_the_case_notes_and_votes(company: Company) -> None:
    address, panel = lodged(company)
    with company.at(panel[0]) as member:
        member.opens("声明", "张伟")
        expect(member.page.get_by_text("创新评分偏低")).to_have_count(0)
        findings = member.findings()
        member.chooses("没有，可以公正评议")
        member.submits()
    others_declare(company, panel)

    with company.at(panel[0]) as member:
        member.goes_to(address)
        findings += member.findings()
        expect(member.page.get_by_text("创新评分偏低")).to_be_visible()
        expect(member.page.get_by_text("陈静")).to_have_count(0)
        member.page.fill("[name=reason]", "两位同事的评分相差一分")
        member.page.get_by_role("button", name="打开并留下记录").click()
        expect(member.page.get_by_role("rowheader", name="陈静")).to_be_visible()
        member.page.fill("[name=text]", "会议纪要支持申诉人")
        member.page.get_by_role("button", name="保存笔记").click()
        expect(member.page.get_by_text("会议纪要支持申诉人")).to_be_visible()
        member.page.select_option("[name=verdict]", "corrected")
        member.page.fill("[name=reasons]", "按纪要更正")
        member.page.set_viewport_size({"width": 390, "height": 844})
        narrow = member.page.evaluate("document.documentElement.scrollWidth")
        member.page.get_by_role("button", name="投票", exact=True).click()
        expect(member.page.get_by_text("您的表决已提交")).to_be_visible()
        findings += member.findings()
    with company.at(panel[1]) as other:
        other.goes_to(address)
        expect(other.page.get_by_text("会议纪要支持申诉人")).to_have_count(0)
        expect(other.page.get_by_text("按纪要更正")).to_have_count(0)

    assert findings == []
    assert narrow == 390


def lodged(company: Company) -> tuple[str, list[str]]:
    """Lodge and admit an appeal; return the page's address, and who is drawn."""
    demonstration = company.demonstration
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate()
    demonstration.release()
    with db.transaction() as session:
        for rater in session.scalars(select(Rater).where(Rater.group_id == "cross")):
            rater.anonymous = True
        said = {"grounds": "创新评分偏低", "items": ["innovation_adopted"], "remedy": "更正为 4 分"}
        review = demonstration.review(session)
        appeals.lodge(session, review, **said, by=identity.identity_of(session, "zhang.wei"))
    demonstration.do(demo.OFFICER, "admit_appeal", admission="admitted")
    with db.reading() as session:
        return f"/appeals/{session.scalars(select(Appeal.key)).one()}/panel", demonstration.called(session)


def others_declare(company: Company, panel: list[str]) -> None:
    """Let the others declare, and the parties not object."""
    for name in panel[1:]:
        company.demonstration.do(name, "declare_conflict", conflict="no")
    for party in ("zhang.wei", "li.na"):
        company.demonstration.do(party, "challenge_panel", members={})
    company.demonstration.exchange(panel[0], "innovation_adopted")
