"""What nobody may do, over every address of the API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rehearsed import Places

from api.auth import TOKEN, TOKEN_HEADER, USERNAME

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

OPEN = {
    "/health",
    "/api/docs/start.js",
    "/api/docs/<any('swagger-ui.css', 'swagger-ui-bundle.js'):name>",
    "/v2/license",
    "/v2/status",
}
"""Addresses that tell nothing of anybody; Camunda serves the last two to all."""

BODIES = {
    "not JSON": b"{",
    "no object": b"[1, 2]",
    "a bare number": b"7",
    "NUL in a text": b'{"label": "\\u0000"}',
    "a lone surrogate": b'{"label": "\\ud800"}',
    "no UTF-8": b'{"label": "\xff"}',
    "NaN": b'{"label": NaN}',
    "a huge number": b'{"label": ' + b"9" * 10_000 + b"}",
    "a huge exponent": b'{"label": 1e999999999}',
    "a name twice too many": b'{"label": "a", "nothing-of-ours": 1}',
    "too deep": b"[" * 100_000,
}


def addresses(app: Flask, *, methods: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield each method and address with made-up keys in place of its parts."""
    for rule in app.url_map.iter_rules():
        if rule.rule not in OPEN and rule.rule.startswith(("/api/", "/v2/")):
            for method in sorted((rule.methods or set()) & methods):
                yield method, re.sub(r"<[^>]+>", "7", rule.rule)


def test_no_address_is_served_without_an_identity(app: Flask, nobody: FlaskClient) -> None:
    asked = list(addresses(app, methods=frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})))

    answers = {(method, address): nobody.open(address, method=method).status_code for method, address in asked}

    assert len(answers) > 60
    assert {address: status for address, status in answers.items() if status != 401} == {}


def test_no_address_acts_for_a_page_that_does_not_send_its_token(app: Flask) -> None:
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie[USERNAME], cookie[TOKEN] = "root", "the token"
    unsafe = list(addresses(app, methods=frozenset({"POST", "PUT", "PATCH", "DELETE"})))

    statuses = {
        browser.open(address, method=method, headers={TOKEN_HEADER: sent}, json={}).status_code
        for method, address in unsafe
        for sent in ("", "another")
    }

    assert statuses == {403}


@pytest.mark.parametrize("username", ["ann", "root"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_no_body_makes_the_server_fail(app: Flask, client: Client, body: bytes, username: str) -> None:
    app.testing = False
    asking = client(username)

    for method, address in addresses(app, methods=frozenset({"POST", "PUT", "PATCH"})):
        answer = asking.open(address, method=method, data=body, content_type="application/json")
        assert answer.status_code < 500, f"{method} {address}: {answer.text}"


def test_an_unknown_field_is_named_and_refused(at: At, places: Places) -> None:
    hr = at("launched")("zhao.min")
    bodies: dict[str, dict[str, Any]] = {
        "/api/cycles": {"label": "x", "startsOn": "2025-10-01", "endsOn": "2025-12-31", "templateKey": "1"},
        f"/api/cycles/{places.cycle}/release": {},
        f"/api/cycles/{places.cycle}/reviews": {"appraisee": "zhang.wei"},
        f"/api/reviews/{places.review}/appeals": {"grounds": "x", "items": [], "remedy": "x"},
        f"/api/reviews/{places.review}/plans": {"grounds": "x"},
        "/api/departments": {"code": "x", "name": "x"},
    }

    for address, body in bodies.items():
        answer = hr.post(address, json=body | {"rating": 5})
        assert answer.status_code == 422, address
        assert [problem["where"] for problem in answer.json["problems"]] == ["rating"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/people?department=%00",
        "/api/people?limit=99999999999999999999",
        "/api/people?limit=0",
        "/api/people?after=-1",
        "/api/people?after=99999999999999999999",
        "/api/people?deparment=sales",
        "/api/notices?unread=maybe",
        "/api/reviews?cycleKey=1%27%20or%201=1",
        "/api/results?cycleKey=x",
    ],
)
def test_a_query_that_makes_no_sense_is_refused(at: At, address: str) -> None:
    answer = at("launched")("zhao.min").get(address)

    assert answer.status_code == 422


@pytest.mark.parametrize("key", ["0", "9223372036854775807", "9223372036854775808", "9999999999999999999"])
def test_a_key_of_nothing_finds_nothing(at: At, key: str) -> None:
    hr = at("launched")("zhao.min")

    for noun in ("people", "cycles", "templates", "reviews", "appeals", "plans"):
        assert hr.get(f"/api/{noun}/{key}").status_code == 404


def test_a_body_too_large_is_refused(at: At, places: Places) -> None:
    hr = at("launched")("zhao.min")
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    file = head + b"x" * 6_000_000 + b"\r\n--edge--\r\n"

    text = hr.post("/api/departments", json={"code": "x", "name": "x" * 20_000_000})
    spread = hr.post(
        f"/api/cycles/{places.cycle}/actuals", data=file, content_type="multipart/form-data; boundary=edge"
    )

    assert [text.status_code, spread.status_code] == [413, 422]


MATRIX = {
    "/api/templates": {"zhao.min": 200, "li.na": 403, "zhang.wei": 403, "sun.lei": 403, "chen.jing": 403},
    "/api/cycles/{cycle}": {"zhao.min": 200, "li.na": 200, "zhang.wei": 200, "chen.jing": 200, "zheng.hao": 404},
    "/api/cycles/{cycle}/findings": {"zhao.min": 200, "li.na": 403, "zhang.wei": 403, "sun.lei": 403},
    "/api/cycles/{cycle}/progress": {"zhao.min": 200, "li.na": 403, "zhang.wei": 403, "sun.lei": 403},
    "/api/reviews/{review}": {"zhao.min": 200, "li.na": 200, "zhang.wei": 200, "chen.jing": 200, "zheng.hao": 404},
    "/api/reviews/{review}/raters": {"zhao.min": 200, "li.na": 403, "zhang.wei": 403, "zheng.hao": 403},
    "/api/reviews/{review}/scorecard": {"zhao.min": 200, "li.na": 200, "zhang.wei": 200, "zheng.hao": 404},
    "/api/reviews/{review}/actuals": {"sun.lei": 200, "li.na": 200, "zhang.wei": 200, "zheng.hao": 404},
    "/api/reviews/{review}/result": {"zhao.min": 200, "li.na": 200, "zhang.wei": 404, "sun.lei": 404},
}


@pytest.mark.parametrize("address", MATRIX)
def test_who_may_see_what_before_the_release(at: At, places: Places, address: str) -> None:
    client = at("evaluated")

    found = {
        name: client(name).get(address.format(cycle=places.cycle, review=places.review)).status_code
        for name in MATRIX[address]
    }

    assert found == MATRIX[address]


CHANGES = {
    "/api/people": {
        "employeeId": "x",
        "username": "x",
        "name": "x",
        "department": "sales",
        "employedFrom": "2025-01-01",
    },
    "/api/cycles": {"label": "x", "startsOn": "2025-10-01", "endsOn": "2025-12-31", "templateKey": "1"},
    "/api/cycles/{cycle}/launch": {},
    "/api/cycles/{cycle}/starts": {},
    "/api/cycles/{cycle}/release": {},
    "/api/cycles/{cycle}/closing": {},
    "/api/cycles/{cycle}/reviews": {"appraisee": "li.na"},
    "/api/templates": {"templateId": "x", "title": "x", "rules": {}},
    "/api/reviews/{review}/raters": {"rater": "wu.fang", "group": "cross"},
    "/api/reviews/{review}/actuals": {"indicator": "sales_revenue", "value": "999", "source": "x"},
    "/api/reviews/{review}/plans": {"grounds": "x"},
    "/v2/clock/reset": {},
}


@pytest.mark.parametrize("address", CHANGES)
@pytest.mark.parametrize("username", ["zhang.wei", "li.na", "chen.jing"])
def test_what_is_hrs_nobody_else_does(at: At, places: Places, address: str, username: str) -> None:
    client = at("evaluated")(username)

    answer = client.post(address.format(cycle=places.cycle, review=places.review), json=CHANGES[address])

    assert answer.status_code == 403


def test_nobody_enters_the_own_values_or_sees_anothers_task(at: At, places: Places) -> None:
    client = at("voting")
    (task, *_) = client("wu.fang").post("/v2/user-tasks/search", json={"filter": {"state": "CREATED"}}).json["items"]

    for tail in ("", "/form"):
        assert client("zhang.wei").get(f"/v2/user-tasks/{task['userTaskKey']}{tail}").status_code == 404
    completed = client("zhang.wei").post(f"/v2/user-tasks/{task['userTaskKey']}/completion", json={})

    assert completed.status_code == 404
