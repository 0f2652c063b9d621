"""HR's page of people: the organisation looked at, imported and exported; what has changed since a launch."""

from __future__ import annotations

import base64
import io
import re

import openpyxl

LINES = "工号,类型,上级工号,开始日期\nS003,直接上级,{superior},2025-09-01\n"


def sent(visitor, text, **fields):
    return visitor.sends("/people/import", file=(io.BytesIO(text.encode()), "汇报关系.csv"), **fields)


def test_a_file_is_shown_before_it_is_imported_as_it_was_shown(at):
    hr = at("zhao.min", "zh_CN")

    shown = sent(hr, LINES.format(superior="P002")).get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]+)"', shown)[1]
    other = sent(hr, LINES.format(superior="C002"), enter="all", seen=seen)
    entered = sent(hr, LINES.format(superior="P002"), enter="all", seen=seen)

    assert "直接上级 · P002 · 2025-09-01" in shown
    assert [other.status_code, entered.headers["HX-Redirect"]] == [409, "/people"]
    assert "张伟 S003 zhang.wei 销售部 客户经理 吴芳" in hr.reads("/people")


def test_wrong_rows_are_named_in_the_readers_language_with_a_file_to_mend(at):
    shown = sent(at("zhao.min", "zh_CN"), LINES.format(superior="S999")).get_data(as_text=True)

    assert "“人员”表中没有 S999" in shown
    assert "汇报关系!C2" in shown
    assert 'download="待修正.xlsx"' in shown
    mending = openpyxl.load_workbook(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)\"", shown)[1])))
    assert mending["汇报关系"]["F2"].value == "汇报关系!C2：“人员”表中没有 S999"
    assert "导入全部" not in shown


def test_the_organisation_is_exported_in_the_readers_language(at):
    hr = at("zhao.min")

    book = openpyxl.load_workbook(io.BytesIO(hr.client.get("/people/export?form=xlsx&sensitive=true").data))

    assert book["lines"]["A1"].value == "employee_id"
    assert "protections" in book.sheetnames
    assert hr.client.get("/people/export?form=csv").data.startswith(b"PK")
    assert at("li.na").client.get("/people/export").status_code == 403


def test_hr_sees_what_has_changed_since_the_launch(at, company):
    company.launch()
    hr = at("zhao.min")
    cycle = re.search(r'href="(/cycles/\d+)"', hr.client.get("/cycles").get_data(as_text=True))[1]
    assert "Nothing has changed" in hr.reads(f"{cycle}/differences")

    content = LINES.format(superior="P002")
    seen = re.search(r'name="seen" value="([^"]+)"', sent(hr, content).get_data(as_text=True))[1]
    sent(hr, content, enter="all", seen=seen)

    assert "S003 Another superior Li Na Wu Fang" in hr.reads(f"{cycle}/differences")
    assert "What has changed since the launch" in hr.reads(cycle)
    at("zhang.wei").reads(f"{cycle}/differences", status=404)
