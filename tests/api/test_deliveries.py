"""Deliveries, closed steps, letters and terms over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from rehearsed import Places

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]


def result_of(client: FlaskClient, review: int) -> dict[str, Any]:
    listed = client.get(f"/api/reviews/{review}/deliveries").json
    assert listed is not None
    found: dict[str, Any] = next(item for item in listed["items"] if item["resultVersion"])
    return found


def test_reading_the_own_result_opens_it_and_reading_anothers_does_not(at: At, places: Places) -> None:
    client = at("released")
    client("li.na").get(f"/api/reviews/{places.review}/result")
    client("zhao.min").get(f"/api/reviews/{places.review}/result")
    before = result_of(client("zhao.min"), places.review)
    client("zhang.wei").get("/api/notices")
    arrived = result_of(client("zhao.min"), places.review)

    client("zhang.wei").get(f"/api/reviews/{places.review}/result")

    after = result_of(client("zhang.wei"), places.review)
    assert [found["state"] for found in (before, arrived, after)] == ["sent", "delivered", "opened"]
    assert (before["provenAt"], before["appealUntil"]) == (None, None)
    assert (after["provenAt"], after["appealUntil"]) == (after["openedAt"], "2025-09-28T16:00:00Z")


def test_a_second_service_is_recorded_by_hr_with_its_proof(at: At, places: Places) -> None:
    client = at("released")
    key = result_of(client("zhao.min"), places.review)["key"]
    proof = {"means": "witness", "servedOn": "2025-09-22", "reference": "一号会议室"}

    answers = [
        client("chen.jing").post(f"/api/deliveries/{key}/service", json={**proof, "witness": "wu.fang"}),
        client("li.na").post(f"/api/deliveries/{key}/service", json={**proof, "witness": "wu.fang"}),
        client("zhao.min").post(f"/api/deliveries/{key}/service", json=proof),
        client("zhao.min").post(f"/api/deliveries/{key}/service", json={**proof, "witness": "zhang.wei"}),
        client("zhao.min").post(f"/api/deliveries/{key}/service", json={**proof, "witness": "wu.fang"}),
        client("zhao.min").post(f"/api/deliveries/{key}/service", json={**proof, "witness": "wu.fang"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 403, 422, 422, 204, 409]
    assert result_of(client("zhang.wei"), places.review)["means"] == "witness"


def test_e59_a_step_is_closed_by_hr_and_told_to_those_concerned(at: At, places: Places) -> None:
    client = at("released")
    address = f"/api/reviews/{places.review}/closings"

    answers = [client(name).post(address, json={"reason": "上级离职"}) for name in ("li.na", "zhang.wei", "zhao.min")]

    assert [answer.status_code for answer in answers] == [403, 403, 201]
    listed = client("zhang.wei").get(address).json
    assert listed is not None
    assert [(one["elementId"], one["closedBy"], one["reason"]) for one in listed["items"]] == [
        ("hold_interview", "zhao.min", "上级离职")
    ]
    assert client("chen.jing").get(address).json == {"items": []}


def test_the_commitment_letter_is_served_with_its_digest(at: At, places: Places) -> None:
    client = at("released")

    letter = client("zhang.wei").get(f"/api/reviews/{places.review}/letter").json

    assert letter is not None
    assert (letter["content"]["outcome"], letter["intact"], len(letter["digest"])) == ("signed", True, 64)
    assert client("chen.jing").get(f"/api/reviews/{places.review}/letter").status_code == 404


def test_terms_are_read_by_those_in_the_cycle_and_frozen_by_the_launch(at: At, places: Places) -> None:
    client = at("launched")
    address = f"/api/cycles/{places.cycle}/terms"
    found = client("zhang.wei").get(address).json
    assert found is not None

    changed = client("zhao.min").put(address, json={**found, "appealDays": 3})

    assert found == {"proof": "opened", "serviceDays": 5, "appealDays": 5, "returns": 3, "settlementDays": 5}
    assert changed.status_code == 409
