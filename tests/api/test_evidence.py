"""Evidence: whoever may know of the case reads its documents, nobody else."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

At = Callable[[str], Callable[[str], FlaskClient]]

OUTSIDERS = ("he.ping", "liu.yang", "sun.lei")


def upload(client: FlaskClient, name: str = "letter.txt", content: bytes = b"letter") -> str:
    answer = client.post("/v2/documents", data={"file": (BytesIO(content), name)})
    return str(answer.json["documentId"])


def lodge(client: FlaskClient, *documents: str) -> Any:
    review = client.get("/api/reviews").json["items"][0]["key"]
    appeal = {"grounds": "g", "items": ["collaboration"], "remedy": "r", "documentIds": list(documents)}
    return client.post(f"/api/reviews/{review}/appeals", json=appeal)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("zhang.wei", 200),
        ("li.na", 200),
        ("zhao.min", 200),
        ("root", 200),
        *((who, 404) for who in OUTSIDERS),
    ],
)
def test_both_sides_hr_and_nobody_from_outside_read_the_evidence(at: At, who: str, status: int) -> None:
    client = at("voting")
    key = client("zhang.wei").get("/api/appeals").json["items"][0]["key"]
    document = client("zhang.wei").get(f"/api/appeals/{key}").json["documents"][0]

    answer = client(who).get(f"/v2/documents/{document['documentId']}")

    assert document["metadata"]["fileName"] == "投诉撤回函.txt"
    assert answer.status_code == status


def test_every_member_of_the_panel_reads_the_evidence(at: At) -> None:
    client = at("voting")
    key = client("zhang.wei").get("/api/appeals").json["items"][0]["key"]
    appeal = client("zhang.wei").get(f"/api/appeals/{key}").json
    address = f"/v2/documents/{appeal['documents'][0]['documentId']}"

    statuses = {seat["member"]: client(seat["member"]).get(address).status_code for seat in appeal["panel"]}

    assert len(statuses) >= 3
    assert set(statuses.values()) == {200}


def test_an_appeal_takes_only_own_documents_that_are_nowhere_else(at: At) -> None:
    client = at("signed")
    theirs, mine = upload(client("li.na")), upload(client("zhang.wei"))

    refused = [lodge(client("zhang.wei"), mine, other) for other in (theirs, "12345", mine)]
    lodged = lodge(client("zhang.wei"), mine)

    assert [answer.status_code for answer in refused] == [422, 422, 422]
    assert refused[0].json["problems"][0]["code"] == "unknown-file"
    assert lodged.status_code == 201
    assert [one["documentId"] for one in lodged.json["documents"]] == [mine]


def test_what_was_lodged_cannot_be_taken_back(at: At) -> None:
    client = at("signed")
    mine = upload(client("zhang.wei"))
    lodge(client("zhang.wei"), mine)

    assert client("zhang.wei").delete(f"/v2/documents/{mine}").status_code == 403
