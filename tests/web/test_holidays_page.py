"""The page of the working calendar."""

from __future__ import annotations


def test_hr_publishes_days_and_sees_the_version(at):
    hr = at("zhao.min")

    hr.sends("/calendar", holidays="2025-10-09\n\n2025-10-10", workdays="2025-10-11", note="国办发明电")
    page = hr.reads("/calendar")

    assert "2025-10-09, 2025-10-10" in page
    assert "国办发明电" in page


def test_a_line_that_is_no_day_is_named_in_the_readers_language(at):
    refused = at("zhao.min", "zh_CN").sends("/calendar", holidays="2025-10-09\n国庆", workdays="", note="x")

    assert refused.status_code == 422
    assert "第 2 行：国庆 不是日期" in refused.get_data(as_text=True)


def test_the_page_is_hrs(at):
    at("zhang.wei").reads("/calendar", status=404)


def test_hr_publishes_quiet_times_and_the_next_version_keeps_them_before_her(at):
    hr = at("zhao.min")

    hr.sends(
        "/calendar", holidays="", workdays="", quiet="2026-02-09/2026-02-13 春节前", closed="2026-02-27 年会", note="x"
    )
    page = hr.reads("/calendar")

    assert "2026-02-09/2026-02-13 春节前" in page
    assert "2026-02-27/2026-02-27 年会" in page


def test_a_quiet_time_that_is_none_is_named(at):
    refused = at("zhao.min").sends("/calendar", holidays="", workdays="", quiet="soon", closed="", note="x")

    assert refused.status_code == 422
    assert "soon" in refused.get_data(as_text=True)
