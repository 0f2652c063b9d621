"""Leave and protection over HTTP: entered by HR, seen by the person and HR alone (Labour Contract Law art. 42)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

HR, SUPERIOR = "zhao.min", "li.na"


@pytest.fixture
def client(at: At) -> Client:
    return at("launched")


@pytest.fixture
def zhang(client: Client) -> str:
    listed = client("zhang.wei").get("/api/people").json
    assert listed is not None
    key: str = listed["items"][0]["key"]
    return key


def sensitive(client: FlaskClient, key: str) -> Any:
    return client.get(f"/api/people/{key}/sensitive").json


def test_hr_enters_a_leave_and_a_protection_which_the_superior_does_not_see(client: Client, zhang: str) -> None:
    leave = {"kind": "sick", "validFrom": "2025-08-01"}
    protection = {"kind": "maternity", "validFrom": "2025-08-01", "validUntil": "2026-05-31"}

    entered = [
        client(HR).post(f"/api/people/{zhang}/leaves", json=leave),
        client(HR).post(f"/api/people/{zhang}/protections", json=protection),
    ]

    assert [(one.status_code, one.json) for one in entered] == [(201, leave | {"validUntil": None}), (201, protection)]
    told = sensitive(client("zhang.wei"), zhang)
    assert (told["leaves"][0]["kind"], told["protections"][0]["kind"]) == ("sick", "maternity")
    hidden = sensitive(client(SUPERIOR), zhang)
    assert (hidden.get("leaves", []), hidden.get("protections", [])) == ([], [])


@pytest.mark.parametrize("what", ["leaves", "protections"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (SUPERIOR, 403)),
        ({"validUntil": "2025-07-01"}, (HR, 422)),
        ({"kind": "holiday"}, (HR, 422)),
        ({"validFrom": None}, (HR, 422)),
        ({"diagnosis": "…"}, (HR, 422)),  # no health detail is ever taken in
    ],
)
def test_an_absence_that_does_not_fit_is_refused(
    client: Client, zhang: str, what: str, change: dict[str, Any], expected: tuple[str, int]
) -> None:
    who, status = expected
    fitting = {"kind": "sick" if what == "leaves" else "maternity", "validFrom": "2025-08-01"}

    refused = client(who).post(f"/api/people/{zhang}/{what}", json=fitting | change)

    assert refused.status_code == status
    told = sensitive(client(HR), zhang)
    assert told[what] == []


def test_an_absence_that_touches_another_is_refused_and_the_first_stays(client: Client, zhang: str) -> None:
    hr, address = client(HR), f"/api/people/{zhang}/leaves"
    assert hr.post(address, json={"kind": "sick", "validFrom": "2025-08-01"}).status_code == 201

    again = hr.post(address, json={"kind": "maternity", "validFrom": "2025-09-01", "validUntil": "2025-12-31"})

    assert (again.status_code, "another leave touches it" in again.text) == (409, True)
    assert [one["kind"] for one in sensitive(hr, zhang)["leaves"]] == ["sick"]
