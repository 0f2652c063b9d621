"""A calibration in a browser: HR convenes it, a superior proposes, the chair accepts, locks and is done."""

from __future__ import annotations

import re

import pytest
from browsing import Company, Visitor
from playwright.sync_api import expect

from engine import db

PROPOSE = "section[aria-labelledby=propose-title]"


pytestmark = pytest.mark.browser


def test_a_session_is_convened_argued_and_locked(company: Company) -> None:
    demonstration = company.demonstration
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate()

    with company.at("zhao.min") as hr:
        address = convene(hr, company)
    with company.at("li.na") as superior:
        propose(superior, address)
    with company.at("wang.qiang") as chair:
        chair.goes_to(address)
        findings = chair.findings()
        chair.page.get_by_role("button", name="采纳", exact=True).click()
        expect(chair.page.get_by_text("已采纳")).to_be_visible()
        chair.page.set_viewport_size({"width": 390, "height": 844})
        chair.goes_to(address)
        narrow = chair.page.evaluate("document.documentElement.scrollWidth")
        findings += chair.findings()

    assert findings == []
    assert narrow == 390


def convene(hr: Visitor, company: Company) -> str:
    """Convene the session of the sales department, and return its address."""
    with db.reading() as session:
        cycle = company.demonstration.cycle(session).key
    hr.goes_to(f"/cycles/{cycle}/calibrations/new")
    assert hr.findings() == []
    hr.page.get_by_label("销售部").check()
    hr.page.select_option("#chair", label="王强 (S001)")
    hr.page.fill("#guideline", "优秀 20\n良好 70\n待改进 10")
    hr.page.fill("#embargo", "2025-10-20T09:00")
    hr.page.get_by_role("button", name="召集", exact=True).click()
    hr.page.wait_for_url(re.compile(r"/calibrations/\d+$"))
    return hr.page.url.removeprefix(hr.address)


def propose(superior: Visitor, address: str) -> None:
    """Propose to raise the one result."""
    superior.goes_to(address)
    superior.page.select_option(f"{PROPOSE} select[name=review]", label="张伟")
    superior.page.fill(f"{PROPOSE} [name=total]", "90")
    superior.page.fill(f"{PROPOSE} [name=reason]", "两家战略客户的难度高于目标设定时")
    superior.page.locator(f"{PROPOSE} button").click()
    expect(superior.page.locator(".notice--good")).to_be_visible()
