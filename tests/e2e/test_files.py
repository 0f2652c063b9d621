"""Files in a real browser: picked, uploaded, kept in a draft, handed in, downloaded by who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from browsing import Company
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PDF = {"name": "延期通知.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 postponed"}
PAGE = {"name": "page.html", "mimeType": "text/html", "buffer": b"<script>alert(1)</script>"}
EMPTY = {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
LETTER = {"name": "撤回函.txt", "mimeType": "text/plain", "buffer": "客户已撤回投诉".encode()}


@pytest.mark.long
def test_files_are_handed_in_with_an_objection_and_with_an_appeal(company: Company) -> None:
    play = company.demonstration
    play.launch()
    play.agree_on_targets()
    play.import_actuals()
    play.pass_time(timedelta(days=14))
    play.rate()
    play.release()
    play.do("li.na", "hold_interview", heldOn="2025-10-06", strengths="a", gaps="b", evidence="c", plan="d")
    play.do("zhang.wei", "confirm_minutes", confirmed=True)

    with company.at("zhang.wei", "en-GB") as appraisee:
        appraisee.opens("Sign result")
        appraisee.chooses("Received with objection")
        appraisee.fills("Objection", "协作评分偏低")
        picker = appraisee.page.locator("rf-form input[type=file]")
        picker.set_input_files([PDF, PAGE, EMPTY])
        expect(appraisee.page.get_by_role("link", name="延期通知.pdf")).to_be_visible()
        expect(appraisee.page.get_by_text("empty.txt is empty.")).to_be_visible()
        expect(appraisee.page.get_by_role("link", name="page.html")).to_be_visible()
        assert not appraisee.findings()

        appraisee.page.reload()
        expect(appraisee.page.get_by_text("was restored")).to_be_visible()
        expect(appraisee.page.get_by_role("link", name="延期通知.pdf")).to_be_visible()

        appraisee.page.locator("rf-form button[type=submit]").click()
        expect(appraisee.page.get_by_text("does not take the file page.html").first).to_be_visible()
        appraisee.page.get_by_role("button", name="Remove page.html").click()
        appraisee.submits()

        appraisee.goes_to("/reviews")
        appraisee.page.get_by_role("link", name="87.68").click()
        result = appraisee.page.url
        with appraisee.page.expect_download() as downloading:
            appraisee.page.get_by_role("link", name="延期通知.pdf").click()
        assert downloading.value.suggested_filename == "延期通知.pdf"
        appraisee.page.get_by_role("link", name="Lodge an appeal").click()
        appraisee.page.get_by_label("Grounds").fill("投诉已撤回")
        appraisee.page.get_by_label("What you ask for").fill("更正")
        appraisee.page.get_by_label("Evidence").set_input_files([LETTER])
        appraisee.page.get_by_role("button", name="Lodge the appeal").click()
        link = appraisee.page.get_by_role("link", name="撤回函.txt")
        expect(link).to_be_visible()
        letter = link.get_attribute("href")

    with company.at("zhao.min") as officer:
        officer.opens("受理")
        expect(officer.page.locator("rf-form").get_by_role("link", name="撤回函.txt")).to_be_visible()
        assert officer.page.request.get(f"{company.address}{letter}").text() == "客户已撤回投诉"
        officer.page.goto(result)
        expect(officer.page.get_by_role("link", name="延期通知.pdf")).to_be_visible()

    with company.at("chen.jing") as stranger:
        assert stranger.page.request.get(f"{company.address}{letter}").status == 404
