"""Recordings over HTTP: with an own review or appeal, and never without what must be said of them (E-96)."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from rehearsed import Places

At = Callable[[str], Callable[[str], FlaskClient]]

SAID = {"purpose": "证明承认漏算", "heard": "李娜", "notice": "开始时当面告知", "keptUntil": "2026-06-30"}


def uploaded(client: FlaskClient) -> str:
    """Upload a recording; return its id."""
    answer = client.post("/v2/documents", data={"file": (io.BytesIO(b"ID3voice"), "谈话.mp3")})
    assert answer.status_code == 201
    identifier: str = answer.json["documentId"]
    return identifier


def test_e96_a_recording_is_handed_in_with_a_review_by_its_appraisee_with_what_must_be_said(
    at: At, places: Places
) -> None:
    client = at("released")
    appraisee, address = client("zhang.wei"), f"/api/reviews/{places.review}/recordings"
    named = {"documentId": uploaded(appraisee)}

    silent = appraisee.post(address, json={**SAID, **named, "notice": " "})
    foreign = client("li.na").post(address, json={**SAID, **named})
    handed_in = appraisee.post(address, json={**SAID, **named})
    again = appraisee.post(address, json={**SAID, **named})

    assert [one.status_code for one in (silent, foreign, handed_in, again)] == [422, 404, 201, 404]
    assert handed_in.json["metadata"]["fileName"] == "谈话.mp3"
    assert handed_in.json["metadata"]["expiresAt"] is None


def test_a_recording_of_an_appeal_is_the_appellants(at: At, places: Places) -> None:
    client = at("released")
    appraisee, officer = client("zhang.wei"), client("zhao.min")
    lodged = appraisee.post(
        f"/api/reviews/{places.review}/appeals",
        json={"grounds": "漏算", "items": ["collaboration"], "remedy": "更正"},
    )
    address = f"/api/appeals/{lodged.json['key']}/recordings"

    by_officer = officer.post(address, json={**SAID, "documentId": uploaded(officer)})
    by_appellant = appraisee.post(address, json={**SAID, "documentId": uploaded(appraisee)})

    assert [by_officer.status_code, by_appellant.status_code] == [403, 201]
    found = appraisee.get(f"/api/appeals/{lodged.json['key']}").json
    assert [one["metadata"]["fileName"] for one in found["documents"]] == ["谈话.mp3"]
