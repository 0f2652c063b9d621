"""What follows results over HTTP: follow-ups, awards, points."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from rehearsed import Places

At = Callable[[str], Callable[[str], FlaskClient]]
RULES = {
    "follow_ups": [{"id": "rotation", "name": "能力跃迁计划", "kind": "offer", "levels": ["良好"]}],
    "awards": [{"id": "star", "name": "全员营销之星", "monthly": True, "points": 50}],
}
NAMED = {
    "employeeId": "S003",
    "award": "star",
    "period": "2025-07",
    "citation": "把一个要流失的大客户留了下来,并把做法写成了全队的标准流程。",
    "case": {"project": "华东续约", "fact": "三周内重订条款", "figure": "续约率由 81% 升到 88%"},
}


def test_hr_proposes_what_follows_and_the_appraisee_knows_nothing_before_it_is_confirmed(
    at: At, places: Places
) -> None:
    people = at("released")
    address = f"/api/cycles/{places.cycle}/follow-ups"
    scheme = {"rules": RULES, "reason": "第三季度"}
    people("zhao.min").post(f"/api/cycles/{places.cycle}/settlement-scheme", json=scheme)

    refused = people("li.na").post(address)
    proposed = people("zhao.min").post(address)

    assert (refused.status_code, proposed.status_code) == (403, 201)
    assert [(one["rule"], one["state"]) for one in proposed.get_json()["items"]] == [("rotation", "proposed")]
    assert people("zhang.wei").get(address).get_json() == {"items": []}


def test_an_award_is_named_conferred_published_and_its_points_redeemed(at: At, places: Places) -> None:
    people = at("released")
    hr = people("zhao.min")
    hr.post(f"/api/cycles/{places.cycle}/settlement-scheme", json={"rules": RULES, "reason": "第三季度"})
    address = f"/api/cycles/{places.cycle}/awards"

    named = people("li.na").post(address, json=NAMED).get_json()
    before = people("chen.jing").get(address).get_json()
    hr.post(f"/api/awards/{named['key']}/decision", json={"conferred": True, "reason": "事例属实"})
    after = people("chen.jing").get(address).get_json()
    left = hr.post("/api/people/S003/redemptions", json={"points": 30, "reason": "调休半天"}).get_json()
    ledger = people("zhang.wei").get("/api/points").get_json()

    assert (before["items"], [one["name"] for one in after["items"]]) == ([], ["全员营销之星"])
    assert left == {"balance": 20}
    assert [one["points"] for one in ledger["items"]] == [-30, 50]
    assert hr.post(f"/api/cycles/{places.cycle}/follow-ups/exports").status_code == 200


def test_what_became_of_what_hung_on_a_result_is_for_hr(at: At, places: Places) -> None:
    people = at("released")

    answer = people("zhao.min").get(f"/api/reviews/{places.review}/consequences")

    assert answer.get_json() == {"items": []}
