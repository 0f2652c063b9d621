from __future__ import annotations

import re

import pytest
from browsing import Company
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TARGET = re.compile("Target(?!s)")


def test_e55_what_was_typed_outlives_a_refusal_and_a_reload_and_is_forgotten_at_logout(company: Company) -> None:
    company.demonstration.launch()
    with company.at("zhang.wei", "en-GB") as appraisee:
        appraisee.opens("Draft targets")
        appraisee.fills(TARGET, "many", "20", "85%", "95%", "1:5", "100")
        appraisee.page.locator("rf-form button[type=submit]").click()
        expect(appraisee.page.get_by_text("'many' is not written like 480").first).to_be_visible()
        expect(appraisee.field(TARGET).first).to_have_value("many")

        appraisee.page.reload()

        expect(appraisee.page.get_by_text("was restored")).to_be_visible()
        expect(appraisee.field(TARGET).first).to_have_value("many")
        assert appraisee.page.evaluate("Object.keys(localStorage).length") == 1
        appraisee.page.get_by_role("button", name="Log out").click()
        expect(appraisee.page.get_by_label("Password")).to_be_visible()
        assert appraisee.page.evaluate("Object.keys(localStorage).length") == 0
