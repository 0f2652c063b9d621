"""Changes in the middle of a cycle over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

At = Callable[[str], Callable[[str], FlaskClient]]
EVENT = {
    "kind": "superior",
    "effectiveOn": "2025-09-01",
    "reason": "李娜调任北区",
    "people": ["zhang.wei"],
    "to": "he.ping",
}


def cycle_of(hr: FlaskClient) -> str:
    found: Any = hr.get("/api/cycles").json
    return str(found["items"][0]["key"])


def test_hr_enters_a_change_sees_its_effects_and_others_by_other_choices(at: At) -> None:
    client = at("launched")
    hr = client("zhao.min")

    entered: Any = hr.post(f"/api/cycles/{cycle_of(hr)}/changes", json=EVENT)
    change = entered.json
    item = change["preview"][0]
    other: Any = hr.post(f"/api/changes/{change['key']}/preview", json={"choices": {item["item"]: "keep"}}).json
    wrong = hr.post(f"/api/changes/{change['key']}/preview", json={"choices": {item["item"]: "extend"}})
    again: Any = hr.get(f"/api/changes/{change['key']}").json

    assert entered.status_code == 201
    assert (change["state"], item["choice"], item["effects"]["to"]) == ("entered", "hand-over", "he.ping")
    assert (other["items"][0]["choice"], other["items"][0]["effects"]["to"]) == ("keep", "li.na")
    assert other["digest"] != change["digest"]
    assert wrong.status_code == 422
    assert again["digest"] == change["digest"]


def test_others_enter_nothing_and_know_of_nothing(at: At) -> None:
    client = at("launched")
    hr, employee = client("zhao.min"), client("zhang.wei")
    address = f"/api/cycles/{cycle_of(hr)}/changes"

    refused = employee.post(address, json=EVENT)
    key = hr.post(address, json=EVENT).json["key"]  # type: ignore[index] # it was entered
    twice = client("qian.li").post(address, json=EVENT)

    assert [refused.status_code, twice.status_code] == [403, 409]
    assert employee.get(f"/api/changes/{key}").status_code == 404
    assert employee.get(address).json == {"items": []}


def test_what_does_not_fit_is_named(at: At) -> None:
    hr = at("launched")("zhao.min")
    address = f"/api/cycles/{cycle_of(hr)}/changes"

    early: Any = hr.post(address, json={**EVENT, "effectiveOn": "2024-01-01"})
    nobody = hr.post(address, json={**EVENT, "people": []})
    unknown = hr.post(address, json={**EVENT, "to": "nobody"})

    assert early.status_code == 422
    assert early.json["problems"][0]["where"] == "effective_on"
    assert [nobody.status_code, unknown.status_code] == [422, 404]


def test_hr_chooses_the_policy_of_a_cycle(at: At) -> None:
    hr = at("launched")("zhao.min")

    chosen = hr.put(f"/api/cycles/{cycle_of(hr)}/change-policy", json={"choice": "hand-over"})

    assert chosen.json == {"choice": "hand-over"}
