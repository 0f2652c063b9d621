"""Boards, weekly figures and deals over HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

FINANCE, LEADER, APPRAISEE, STRANGER = "sun.lei", "li.na", "zhang.wei", "chen.jing"
WEEKS = """工号,周,层级,项目,数值,来源
S003,2025-07-07,新客,线索,100,CRM
S003,2025-07-07,新客,转化,20,CRM
S003,2025-07-07,,拜访,6,CRM
"""
DEALS = """工号,订单号,线索来源,线索日期,成交日期,金额,数据来源
S003,HT-1,老客户转介,2025-07-01,2025-07-11,30000,CRM
S003,HT-2,老客户转介,2025-07-01,2025-07-16,30001,CRM
"""


@pytest.fixture
def client(at: At) -> Client:
    return at("launched")


def sent(client: FlaskClient, path: str, text: str) -> Any:
    return client.post(path, data={"file": (io.BytesIO(text.encode()), "rows.csv")})


def test_l001_11_weekly_figures_are_imported_by_finance_and_read_by_whoever_leads(client: Client) -> None:
    entered = sent(client(FINANCE), "/api/weekly-figures/import", WEEKS)
    refused = sent(client(LEADER), "/api/weekly-figures/import", WEEKS)

    assert (entered.status_code, entered.json, refused.status_code) == (201, {"entered": 3}, 403)
    weeks = client(LEADER).get("/api/weekly-figures/weeks").json
    assert weeks is not None
    (week,) = weeks["items"]
    assert (week["monday"], week["rate"], week["usual"], week["hasFallen"]) == ("2025-07-07", "0.2", None, False)
    assert client(STRANGER).get("/api/weekly-figures").json == {"items": []}
    earlier = client(LEADER).get("/api/weekly-figures", query_string={"last": "2025-07-06"}).json
    assert earlier == {"items": []}


def test_l001_11_nobody_explains_a_week_that_did_not_fall_off(client: Client) -> None:
    sent(client(FINANCE), "/api/weekly-figures/import", WEEKS)

    refused = client(LEADER).post("/api/weekly-figures/explanations", json={"week": "2025-07-07", "text": "展会取消"})

    assert refused.status_code == 409


def test_l001_06_deals_are_read_in_cells_with_their_formulas(client: Client) -> None:
    sent(client(FINANCE), "/api/weekly-figures/import", WEEKS)
    entered = sent(client(FINANCE), "/api/deals/import", DEALS)

    cells = client(LEADER).get("/api/deals/cells", query_string={"days": "15", "values": "30001"}).json

    assert (entered.status_code, entered.json["items"][0]["version"]) == (201, 1)
    assert cells is not None
    assert cells["channels"][0]["rows"][0][0]["value"] == "30000"
    assert cells["channels"][0]["rows"][1][1]["value"] == "30001"
    assert (cells["whole"]["meanDays"], cells["whole"]["meanValue"]) == ("12.5", "30000.5")
    assert cells["formulas"]["mean_days"] == "sum(closed_on - lead_on) / deals"
    assert (cells["efforts"][0]["measure"], cells["efforts"][0]["perDeal"]) == ("拜访", "3")
    assert client(STRANGER).get("/api/deals/cells").json["whole"]["deals"] == 0
    assert client(LEADER).get("/api/deals/cells", query_string={"days": "90,30"}).status_code == 422


def test_l000_20_the_board_shows_the_own_line_alone(client: Client) -> None:
    board = client(LEADER).get("/api/board").json

    assert board is not None
    assert "zhang.wei" in {line["person"] for line in board["lines"]}
    assert client(APPRAISEE).get("/api/board").json["lines"] == []
