"""One employee's whole cycle in a browser, by logging in as each role in turn."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from browsing import Company, Visitor
from demonstration import ACTUALS, RATINGS, TARGETS
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
APPRAISEE = "张伟"


def test_a_whole_cycle_ends_with_an_appeal_that_a_panel_decides(company: Company) -> None:
    hr_mends_the_template_and_launches(company)
    targets_are_agreed(company)
    actuals_are_imported_and_confirmed(company)
    everybody_rates(company)
    hr_releases(company)
    the_result_is_talked_over_and_signed_with_an_objection(company)
    an_appeal_is_lodged(company)
    a_panel_decides(company)
    with company.at("zhang.wei") as appraisee:
        appraisee.goes_to("/appeals")
        appraisee.page.get_by_role("link", name=APPRAISEE).click()
        expect(appraisee.page.get_by_text("维持原结果").first).to_be_visible()
        assert not appraisee.findings()
        expect(appraisee.page.locator(".bjs-powered-by")).to_be_visible()
        appraisee.page.get_by_role("link", name="成绩单").click()
        expect_the_result(appraisee)
    the_pages_speak_english_too(company)


def hr_mends_the_template_and_launches(company: Company) -> None:
    with company.at("zhao.min") as hr:
        hr.goes_to("/cycles")
        hr.page.get_by_role("link", name="2025 Q3").click()
        missing = "权重合计 90，应为 100：还差 10 分"
        expect(hr.page.get_by_text(missing)).to_be_visible()
        assert not hr.findings()
        hr.page.get_by_role("link", name="企业营销团队业绩考核", exact=False).first.click()
        hr.page.get_by_role("button", name="发布", exact=True).click()
        expect(hr.page.locator(".answer").get_by_text(missing)).to_be_visible()
        hr.page.get_by_label("中文名称").fill("线索转化数")
        hr.page.get_by_label("英文名称").fill("Lead conversion")
        hr.page.get_by_label("权重").fill("10")
        hr.page.get_by_label("单位").fill("条")
        hr.page.get_by_role("button", name="添加").click()
        expect(hr.page.get_by_text("100 / 100 分")).to_be_visible()
        hr.page.get_by_role("button", name="发布", exact=True).click()
        expect(hr.page.get_by_text("已发布：")).to_be_visible()
        hr.goes_to("/cycles")
        hr.page.get_by_role("link", name="2025 Q3").click()
        hr.page.get_by_role("button", name="启动").click()
        expect(hr.page.get_by_text("已启动：4 份考核已开始。")).to_be_visible()
        assert not hr.findings()


def targets_are_agreed(company: Company) -> None:
    with company.at("zhang.wei") as appraisee:
        assert not appraisee.findings()
        appraisee.opens("员工起草目标")
        appraisee.fills("目标值", "300", *list(TARGETS.values())[1:])
        assert not appraisee.findings()
        expect(appraisee.page.locator(".fjs-powered-by-link")).to_be_visible()
        appraisee.submits()
    with company.at("li.na") as superior:
        superior.opens("上级审核目标", APPRAISEE)
        superior.chooses("退回")
        superior.fills("退回理由", "销售额目标低于去年")
        superior.submits()
    with company.at("zhang.wei") as appraisee:
        appraisee.opens("员工起草目标")
        appraisee.fills("目标值", "500")
        appraisee.submits()
    with company.at("li.na") as superior:
        superior.opens("上级审核目标", APPRAISEE)
        superior.chooses("同意")
        superior.submits()
    with company.at("wang.qiang") as second:
        second.opens("第二级批准目标", APPRAISEE)
        second.chooses("同意")
        second.submits()
    with company.at("zhang.wei") as appraisee:
        appraisee.opens("员工签署承诺书")
        appraisee.chooses("签署")
        appraisee.chooses("本人已阅读")
        appraisee.submits()


def actuals_are_imported_and_confirmed(company: Company) -> None:
    with company.at("zhao.min") as hr:
        hr.goes_to("/cycles")
        hr.page.get_by_role("link", name="2025 Q3").click()
        file = {"name": "actuals.csv", "mimeType": "text/csv", "buffer": ACTUALS.replace(b"480", b"many", 1)}
        hr.page.set_input_files("#file", file)
        hr.page.get_by_role("button", name="导入", exact=True).click()
        expect(hr.page.locator(".answer").get_by_text("“many”的写法不对")).to_be_visible()
        hr.page.set_input_files("#file", {**file, "buffer": ACTUALS})
        hr.page.get_by_role("button", name="仅检查").click()
        expect(hr.page.get_by_text("检查无误，尚未导入")).to_be_visible()
        hr.page.get_by_role("button", name="导入", exact=True).click()
        expect(hr.page.get_by_text("已导入 24 个数值")).to_be_visible()
    with company.at("sun.lei") as finance:
        finance.opens("财务确认实际值", APPRAISEE)
        finance.chooses("确认")
        finance.submits()


def everybody_rates(company: Company) -> None:
    steps = {
        "zhang.wei": ("员工自我评价", RATINGS["self"]),
        "li.na": ("直接上级评价", RATINGS["superior"]),
        "chen.jing": ("同事评价", RATINGS["chen.jing"]),
        "liu.yang": ("同事评价", RATINGS["liu.yang"]),
    }
    for username, (step, ratings) in steps.items():
        with company.at(username) as rater:
            rater.opens(step, APPRAISEE)
            rater.fills(re.compile("评分(?!标准)"), *(str(rating) for rating in ratings.values()))
            rater.submits()


def hr_releases(company: Company) -> None:
    with company.at("zhao.min") as hr:
        hr.goes_to("/cycles")
        hr.page.get_by_role("link", name="2025 Q3").click()
        hr.page.get_by_role("link", name="发布结果").click()
        hr.page.get_by_role("button", name="立即发布").click()
        expect(hr.page.locator(".answer [role=alert]")).to_be_visible()
        for line in hr.page.locator(".release__line").filter(has_not_text=APPRAISEE).all():
            line.get_by_role("textbox").fill("评价未完成")
        hr.page.get_by_role("button", name="立即发布").click()
        expect(hr.page.get_by_text("已发布 1 份结果。")).to_be_visible()


def the_result_is_talked_over_and_signed_with_an_objection(company: Company) -> None:
    with company.at("li.na") as superior:
        superior.opens("面谈", APPRAISEE)
        superior.field("面谈日期").fill("2025-09-22")
        superior.page.keyboard.press("Escape")
        superior.fills("肯定之处", "客户续约")
        superior.fills("不足之处", "跨部门协作")
        superior.fills("数据与事例", "续约率 88%")
        superior.fills("下一步计划", "每周例会")
        superior.submits()
    with company.at("zhang.wei") as appraisee:
        appraisee.goes_to("/reviews")
        appraisee.page.get_by_role("link", name=re.compile("87.68")).click()
        expect_the_result(appraisee)
        assert not appraisee.findings()
        appraisee.page.locator(".sheet summary").first.click()
        expect(appraisee.page.locator(".sheet").get_by_text("权重 × 完成率").first).to_be_visible()
        if path := os.environ.get("REVIEWFLOW_SCREENSHOT"):
            appraisee.shoots(ROOT / path)
        appraisee.opens("确认")
        appraisee.chooses("纪要与面谈内容相符")
        appraisee.submits()
        appraisee.opens("签认")
        appraisee.chooses("有异议")
        appraisee.fills("异议内容", "协作评分偏低")
        appraisee.submits()


def an_appeal_is_lodged(company: Company) -> None:
    with company.at("zhang.wei") as appraisee:
        appraisee.goes_to("/reviews")
        appraisee.page.get_by_role("link", name=re.compile("87.68")).click()
        appraisee.page.get_by_role("link", name="提出申诉").click()
        appraisee.page.get_by_label("理由").fill("两位跨部门同事的评分相差一分")
        appraisee.page.get_by_label("跨部门协作效率").check()
        appraisee.page.get_by_label("您的请求").fill("重新评价协作一项")
        appraisee.page.get_by_role("button", name="提交申诉").click()
        expect(appraisee.page.get_by_text("您的申诉已提交。")).to_be_visible()


def a_panel_decides(company: Company) -> None:
    with company.at("zhao.min") as hr:
        hr.opens("受理", APPRAISEE)
        hr.chooses("受理")
        hr.submits()
    panel = company.demonstration.seat_panel()
    company.demonstration.exchange(panel[0], "collaboration")
    for username, verdict in zip(panel, ("维持", "更正", "维持"), strict=True):
        with company.at("zhao.min") as hr:
            expect_no_vote(hr)
        with company.at(username) as member:
            member.opens("表决", APPRAISEE)
            member.chooses(verdict)
            member.fills("理由", "评分有事例支持")
            member.submits()
    with company.at(panel[0]) as chair:
        chair.opens("合议", APPRAISEE)
        chair.fills("合议记录", "多数认为评分有事例支持")
        chair.submits()
        chair.opens("裁决", APPRAISEE)
        chair.fills("裁决理由", "两位同事的评分各有事例,维持原结果")
        chair.submits()


def the_pages_speak_english_too(company: Company) -> None:
    """Main pages in English, each without a serious finding of axe-core."""
    pages = {
        "zhao.min": ("/tasks", "/cycles", "/reviews", "/appeals", "/plans", "/people", "/processes", "/templates"),
        "zhang.wei": ("/tasks", "/reviews", "/appeals", "/notices"),
    }
    for username, addresses in pages.items():
        with company.at(username, "en-GB") as visitor:
            for address in addresses:
                visitor.goes_to(address)
                assert visitor.page.locator("html").get_attribute("lang") == "en"
                assert not visitor.findings()
            visitor.goes_to("/reviews")
            visitor.page.get_by_role("link", name=re.compile("87.68")).click()
            expect(visitor.page.get_by_text("Result of Zhang Wei").first).to_be_visible()
            assert not visitor.findings()


def expect_no_vote(hr: Visitor) -> None:
    hr.goes_to("/appeals")
    hr.page.get_by_role("link", name=APPRAISEE).click()
    expect(hr.page.get_by_text("全体成员投票之前，票面一律密封。")).to_be_visible()
    expect(hr.page.get_by_text("维持原结果")).to_have_count(0)


def expect_the_result(visitor: Visitor) -> None:
    expect(visitor.page.locator("[data-figure=total]")).to_have_text("87.68")
    expect(visitor.page.locator("[data-figure=band]")).to_have_text("良好")
