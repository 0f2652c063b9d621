"""A superior's board as a page."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest

FIRST = date(2025, 7, 7)


def csv():
    rows = ["工号,周,层级,项目,数值,来源"]
    for number in range(9):
        monday = FIRST + timedelta(weeks=number)
        converted = 20 if number < 8 else 2
        rows += [f"S003,{monday},新客,线索,100,CRM", f"S003,{monday},新客,转化,{converted},CRM"]
        rows += [f"S003,{monday},,拜访,{10 if number < 8 else 4},CRM"]
    return "\n".join(rows).encode()


@pytest.fixture
def fallen(company, at):
    """The launched cycle with nine weeks of figures, the last of which fell off."""
    company.launch()
    answer = at("zhao.min").sends("/board/import", file=(io.BytesIO(csv()), "weeks.csv"))
    assert answer.headers["HX-Redirect"] == "/board"
    return f"/board/weeks/{FIRST + timedelta(weeks=8)}"


def test_l000_20_a_superior_sees_the_own_people_and_their_own_tasks_alone(fallen, at):
    page = at("li.na").reads("/board")

    assert "Zhang Wei 2025 Q3 Draft targets" in page
    assert "He Ping" in page
    assert "Lead conversion by week" in page
    assert "Nobody below you is in a cycle that runs" in at("chen.jing").reads("/board")
    assert "There are no weekly figures yet" in at("chen.jing").reads("/board")


def test_l001_11_l001_12_l003_14_a_week_that_fell_off_is_marked_taken_apart_and_explained(fallen, at):
    leader = at("li.na")
    board, week = leader.reads("/board"), leader.reads(fallen)

    empty = leader.sends(fallen, text=" ")
    leader.sends(fallen, text="展会取消")

    assert f"{FIRST + timedelta(weeks=8)} fell off 100 2.0% 20.0%" in board
    assert "2.0% of 100 leads converted; 20.0% in the eight weeks before." in week
    assert "新客 2.0% (2/100) 20.0% -18.00 +0.00" in week
    assert "拜访 4 10.0 -60.0%" in week
    assert empty.status_code == 422
    assert "展会取消" in leader.reads(fallen)
    at("chen.jing").reads(fallen, status=404)
    leader.reads("/board/weeks/gestern", status=404)


def test_a_wrong_file_is_refused_with_its_rows(fallen, at):
    answer = at("zhao.min").sends("/board/import", file=(io.BytesIO(csv() + b"\nX1,2025-07-07,,a,1,b"), "weeks.csv"))

    assert answer.status_code == 422
    assert "Nobody has the employee id X1" in answer.get_data(as_text=True)
    assert at("li.na").sends("/board/import", file=(io.BytesIO(csv()), "weeks.csv")).status_code == 403


def test_l001_06_deals_are_shown_by_source_days_and_value(company, at):
    company.launch()
    text = (
        "工号,订单号,线索来源,线索日期,成交日期,金额,数据来源\n"
        "S003,HT-1,老客户转介,2025-07-01,2025-07-11,30000,CRM\nS003,HT-2,公共线索,2025-07-01,2025-10-09,120000,CRM\n"
    )
    imported = at("sun.lei").sends("/board/deals/import", file=(io.BytesIO(text.encode()), "deals.csv"))

    page, narrowed = at("li.na").reads("/board/deals"), at("li.na").reads("/board/deals?last=2025-07-31&values=50000")

    assert imported.headers["HX-Redirect"] == "/board/deals"
    assert "公共线索 1 120000 80.0% 100.0 120000.00" in page
    assert "All 2 150000 100.0% 55.0 75000.00" in page
    assert "公共线索" not in narrowed
    assert "&lt; 50000 yuan" in narrowed or "< 50000 yuan" in narrowed
    assert "There are no deals here yet" in at("chen.jing").reads("/board/deals")
    assert "Import deals" not in page
