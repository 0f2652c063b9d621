"""The mentor's check-in in a real browser: what is due, what was promised, a note that the others read."""

from __future__ import annotations

import pytest
from browsing import Company
from playwright.sync_api import expect

from engine import db, identity
from engine.reviews import demo
from engine.reviews.plans import plans

pytestmark = pytest.mark.browser


@pytest.mark.long
def test_a_mentor_writes_the_weeks_note_and_the_appraisee_reads_it(company: Company) -> None:
    play = company.demonstration
    play.launch()
    play.agree_on_targets()
    play.import_actuals()
    play.rate()
    play.release()
    play.interview()
    with db.transaction() as session:
        by = identity.identity_of(session, demo.OFFICER)
        key = plans.propose(session, play.review(session), grounds="连续两个月未达标", by=by).key
    play.do(demo.OFFICER, "confirm_plan", decision="open", reason="目标合理", targetsReasonable=True)
    objective = {"objective": "高管陪同谈判", "measure": "谈判记录", "support": "总监陪同", "count": 5}
    play.do("li.na", "write_plan", objectives=[objective], training="谈判训练", months="3", mentor="song.qi")
    play.do("li.na", "hold_plan_talk", heldOn="2025-09-22", minutes="逐项说明")
    play.do("zhang.wei", "sign_plan", accepted=True)

    with company.at("song.qi", "en-GB") as mentor:
        mentor.goes_to(f"/plans/{key}")
        assert not mentor.findings()
        mentor.page.get_by_role("link", name="Write what is due now").click()
        expect(mentor.page.get_by_text("高管陪同谈判").first).to_be_visible()
        mentor.fills("This week's note", "陪同谈判一次")
        mentor.page.reload()
        expect(mentor.page.get_by_text("was restored")).to_be_visible()
        assert not mentor.findings()
        mentor.submits()
        mentor.goes_to(f"/plans/{key}")
        expect(mentor.page.get_by_text("陪同谈判一次")).to_be_visible()
        expect(mentor.page.get_by_role("link", name="Write what is due now")).to_have_count(0)

    with company.at("zhang.wei") as appraisee:
        appraisee.goes_to(f"/plans/{key}")
        expect(appraisee.page.get_by_text("陪同谈判一次")).to_be_visible()
        assert not appraisee.findings()

    with company.at(demo.OFFICER) as officer:
        officer.goes_to(f"/plans/{key}")
        officer.page.locator("#outcome").select_option("abolished")
        officer.page.locator("#closing-reason").fill("岗位撤销")
        officer.page.get_by_role("button", name="关闭").click()
        expect(officer.page.get_by_text("岗位撤销").first).to_be_visible()
        assert not officer.findings()
