"""The case file of a decided appeal over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from rehearsed import Places

from engine import exact_json

At = Callable[[str], Callable[[str], FlaskClient]]


def test_a_decided_appeal_is_told_from_targets_to_verdict(at: At) -> None:
    people = at("decided")
    (appeal,) = people("zhao.min").get("/api/appeals").get_json()["items"]

    answer = people("zhao.min").post(f"/api/appeals/{appeal['key']}/case-files", json={})

    told = exact_json.loads(answer.data)
    assert {"appeal", "panel-member", "result", "transition"} <= {one["kind"] for one in told["entries"]}
    assert [one["record"]["verdict"] for one in told["entries"] if one["kind"] == "appeal"] == ["corrected"]


def test_the_file_of_a_review_is_for_those_who_see_its_scorecard(at: At, places: Places) -> None:
    people = at("decided")
    address = f"/api/reviews/{places.review}/case-files"

    statuses = {name: people(name).post(address, json={"form": "pdf"}).status_code for name in ("zhang.wei", "he.ping")}

    assert statuses == {"zhang.wei": 200, "he.ping": 404}


def test_every_taking_is_on_record_for_whom_it_is_about(at: At, places: Places) -> None:
    people = at("decided")
    people("zhao.min").post(f"/api/reviews/{places.review}/case-files", json={})

    (one,) = people("zhang.wei").get("/api/disclosures").get_json()["items"]

    assert (one["kind"], one["madeBy"], one["about"]) == ("case-file", "zhao.min", f"review {places.review}")
