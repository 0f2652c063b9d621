"""A calibration over HTTP: convened, argued and decided by those who sit in it, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from rehearsed import Places

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

SESSION = {
    "departments": ["sales"],
    "chair": "wang.qiang",
    "approver": "zhou.jie",
    "guideline": [{"level": "优秀", "perCent": "20"}, {"level": "良好", "perCent": "80"}],
    "embargo": "2025-10-20T01:00:00Z",
}


@pytest.fixture
def client(at: At) -> Client:
    return at("evaluated")


@pytest.fixture
def held(client: Client, places: Places) -> dict[str, Any]:
    answer = client("zhao.min").post(f"/api/cycles/{places.cycle}/calibrations", json=SESSION)
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json
    return found


def test_a_session_shows_its_list_to_those_who_sit_in_it(client: Client, held: dict[str, Any]) -> None:
    seen = client("wang.qiang").get(f"/api/calibrations/{held['key']}").json

    assert seen is not None
    assert [(one["member"], one["seat"]) for one in seen["members"]] == [
        ("wang.qiang", "chair"),
        ("li.na", "superior"),
        ("zhao.min", "clerk"),
    ]
    assert [(one["appraisee"], one["rank"], one["total"], one["grade"]) for one in seen["lines"]] == [
        ("zhang.wei", 1, "87.68", "良好")
    ]
    assert [(one["level"], one["count"], one["advised"]) for one in seen["shares"]] == [
        ("优秀", 0, None),
        ("良好", 1, None),
    ]
    assert seen["leanings"][0] == {
        "rater": "li.na",
        "reviews": 1,
        "mean": None,
        "difference": None,
        "spread": None,
        "lenient": False,
    }


def test_who_does_not_sit_in_a_session_knows_of_none(client: Client, held: dict[str, Any], places: Places) -> None:
    change = {"reviewKey": str(places.review), "total": "95", "reason": "x"}

    for username in ("zhang.wei", "chen.jing", "sun.lei", "wu.fang"):
        asking = client(username)
        assert asking.get(f"/api/calibrations/{held['key']}").status_code == 404
        assert asking.post(f"/api/calibrations/{held['key']}/adjustments", json=change).status_code == 404
        assert asking.get("/api/calibrations").json == {"items": [], "next": None}


def test_a_member_proposes_and_the_chair_decides(client: Client, held: dict[str, Any], places: Places) -> None:
    change = {"reviewKey": str(places.review), "total": "90", "reason": "项目难度"}

    proposed = client("li.na").post(f"/api/calibrations/{held['key']}/adjustments", json=change).json
    assert proposed is not None
    address = f"/api/adjustments/{proposed['key']}/decision"
    refused = client("li.na").put(address, json={"accepted": True})
    decided = client("wang.qiang").put(address, json={"accepted": True}).json
    unseen = client("zhang.wei").put(address, json={"accepted": True})

    assert decided is not None
    assert (proposed["total"], proposed["grade"], proposed["state"]) == ("90.00", "优秀", "proposed")
    assert (refused.status_code, unseen.status_code, decided["state"]) == (403, 404, "accepted")
    shares = client("wang.qiang").get(f"/api/calibrations/{held['key']}").json["shares"]
    assert [(one["level"], one["then"]) for one in shares] == [("优秀", 1), ("良好", 0)]


def test_only_hr_convenes_and_moves_the_embargo(client: Client, held: dict[str, Any], places: Places) -> None:
    later = {"until": "2025-10-21T01:00:00Z"}

    statuses = [
        client("wang.qiang").post(f"/api/cycles/{places.cycle}/calibrations", json=SESSION).status_code,
        client("li.na").put(f"/api/cycles/{places.cycle}/embargo", json=later).status_code,
        client("zhao.min").put(f"/api/cycles/{places.cycle}/embargo", json=later).status_code,
        client("zhao.min").post(f"/api/cycles/{places.cycle}/release", json={}).status_code,
    ]

    assert statuses == [403, 403, 204, 409]
