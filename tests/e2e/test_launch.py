"""The launch of a cycle in a browser: its regulation is discussed, agreed, published and read by all, then it runs."""

from __future__ import annotations

import re

import pytest
from browsing import Company, Visitor
from playwright.sync_api import expect
from sqlalchemy import select

from engine import db
from engine.reviews import demo
from engine.reviews.models import Person, Regulation

pytestmark = pytest.mark.browser


def test_a_cycle_is_launched_when_everybody_has_read_its_regulation(company: Company) -> None:
    company.demonstration.publish()
    with db.reading() as session:
        cycle = company.demonstration.cycle(session).key

    with company.at("zhao.min") as hr:
        regulation = draft(hr)
        arrange(hr, cycle)
        hr.goes_to(f"/cycles/{cycle}")
        hr.page.get_by_role("button", name="启动", exact=True).click()
        expect(hr.page.get_by_text("任务已在有关人员的待办里")).to_be_visible(timeout=15_000)
        for step in ("登记职工讨论", "与工会或职工代表协商"):
            record(hr, step)
        publish(hr)
    read_it(company, regulation)
    with company.at("zhao.min") as hr:
        hr.goes_to(f"/cycles/{cycle}")
        findings = [*launched(hr), *looks(hr, f"/cycles/{cycle}/arrangement", f"/cycles/{cycle}/goals", "/library")]
        findings += looks(hr, regulation, "/regulations", f"/people/{person('zhang.wei')}")

    assert findings == []


def draft(hr: Visitor) -> str:
    """Draft the regulation, and return its address."""
    hr.goes_to("/regulations")
    hr.page.get_by_label("短名").fill("handbook")
    hr.page.get_by_label("标题", exact=True).fill("绩效考核实施细则")
    hr.page.get_by_label("正文").fill("第一条 目标由本人起草,上级审核。")
    hr.page.get_by_role("button", name="起草").click()
    expect(hr.page.get_by_role("heading", level=1)).to_contain_text("绩效考核实施细则")
    with db.reading() as session:
        return f"/regulations/{session.scalars(select(Regulation.key)).one()}"


def arrange(hr: Visitor, cycle: int) -> None:
    """Let the regulation govern the cycle."""
    hr.goes_to(f"/cycles/{cycle}/arrangement")
    hr.page.get_by_label("适用的制度").select_option(label="绩效考核实施细则 v1")
    hr.page.get_by_role("button", name="保存安排").click()
    expect(hr.page.get_by_text("它的制度尚未发布")).to_be_visible(timeout=15_000)


def record(hr: Visitor, step: str) -> None:
    """Record a step of the democratic procedure."""
    hr.opens(step)
    hr.page.locator("rf-form").get_by_text(re.compile("^(登记这次讨论|协商一致)")).click()
    hr.fills(re.compile("(讨论|协商)日期"), "2025-09-19")
    hr.page.keyboard.press("Tab")
    for label, text in (("参加人", "职工代表 21 人"), ("纪要", "同意")):
        hr.page.locator("rf-form").get_by_role("textbox", name=label).fill(text)
    hr.submits()


def publish(hr: Visitor) -> None:
    """Publish the regulation."""
    hr.opens("公布制度")
    hr.page.locator("rf-form").get_by_text("公布，员工开始签收").click()
    hr.submits()


def read_it(company: Company, regulation: str) -> None:
    """Let everybody who is reviewed confirm to have read it."""
    for username in demo.APPRAISEES:
        with company.at(username) as employee:
            employee.goes_to("/notices")
            expect(employee.page.get_by_text("请阅读一项制度并确认已阅读")).to_be_visible()
            employee.goes_to(regulation)
            employee.page.get_by_role("button", name="我已阅读").click()
            expect(employee.page.get_by_text("您已确认阅读")).to_be_visible()


def launched(hr: Visitor) -> list[str]:
    """See that the reviews have begun."""
    expect(hr.page.get_by_role("heading", level=1)).to_contain_text("已启动")
    expect(hr.page.get_by_text("起草目标").first).to_be_visible()
    return hr.findings()


def looks(hr: Visitor, *paths: str) -> list[str]:
    """Look at pages on a wide screen and on a narrow one, and name what is wrong with them."""
    found = []
    for path in paths:
        for width in (1280, 390):
            hr.page.set_viewport_size({"width": width, "height": 900})
            hr.goes_to(path)
            found += hr.findings()
            if hr.page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path} is wider than {width}")
    return found


def person(username: str) -> int:
    """Find somebody's key."""
    with db.reading() as session:
        return session.scalars(select(Person.key).where(Person.username == username)).one()
