"""The organisation in a real browser: a file is looked at, confirmed, and the people are as it says."""

from __future__ import annotations

import os

import pytest
from browsing import Company
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ROWS = "工号,类型,上级工号,开始日期\nS003,直接上级,P002,2025-09-01\nS004,直接上级,S999,2025-09-01\n"
FILE = {"name": "汇报关系.csv", "mimeType": "text/csv", "buffer": ROWS.encode("gb18030")}
GOOD = FILE | {"buffer": ROWS.rpartition("S004")[0].encode("gb18030")}


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 390])
def test_hr_looks_at_a_file_and_confirms_what_it_says(company: Company, width: int) -> None:
    with company.at("zhao.min") as hr:
        hr.page.set_viewport_size({"width": width, "height": 900})
        hr.goes_to("/people")
        hr.page.locator("#file").set_input_files([FILE])
        hr.page.get_by_role("button", name="查看将有哪些变化").click()
        expect(hr.page.get_by_text("“人员”表中没有 S999")).to_be_visible()
        with hr.page.expect_download() as downloading:
            hr.page.get_by_role("link", name="下载有误的行").click()
        assert downloading.value.suggested_filename == "待修正.xlsx"
        assert not hr.findings()
        if folder := os.environ.get("SHOTS"):
            hr.page.screenshot(path=f"{folder}/people-{width}.png", full_page=True)

        hr.page.locator("#file").set_input_files([GOOD])
        hr.page.get_by_role("button", name="查看将有哪些变化").click()
        hr.page.get_by_role("button", name="导入全部").click()

        expect(hr.page.get_by_text("已导入：2 处变化。")).to_be_visible()
        expect(hr.page.get_by_role("row", name="张伟")).to_contain_text("吴芳")
