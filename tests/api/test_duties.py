"""Recurring duties over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

At = Callable[[str], Callable[[str], FlaskClient]]

RULES = {
    "id": "monthly-advance",
    "name": "每月预发提成",
    "each": "month",
    "on": "last",
    "count": 3,
    "done_by": {"role": "finance"},
}


def test_hr_plans_lists_and_ends_a_duty(at: At) -> None:
    call = at("launched")

    refused = call("li.na").post("/api/duties", json={"rules": RULES})
    planned = call("zhao.min").post("/api/duties", json={"rules": RULES})
    again = call("zhao.min").post("/api/duties", json={"rules": RULES})
    wrong = call("zhao.min").post("/api/duties", json={"rules": {**RULES, "id": "other", "each": "day"}})
    assert planned.json
    key = planned.json["key"]
    occasions = call("zhao.min").get(f"/api/duties/{key}/occasions")
    listed = call("zhao.min").get("/api/duties")
    ended = call("zhao.min").post(f"/api/duties/{key}/ending")

    statuses = [answer.status_code for answer in (refused, planned, again, wrong, occasions, listed, ended)]
    assert statuses == [403, 201, 409, 422, 200, 200, 200]
    assert listed.json
    assert [one["dutyId"] for one in listed.json["items"]] == ["monthly-advance"]
    assert call("li.na").get("/api/duties").status_code == 403
    assert call("zhao.min").get("/api/duties").json == {"items": []}
