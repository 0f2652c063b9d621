"""People over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

NEWCOMER = {
    "employeeId": "S099",
    "username": "hu.xin",
    "name": "胡昕",
    "nameEn": "Hu Xin",
    "department": "sales",
    "employedFrom": "2025-09-01",
}


def usernames(client: FlaskClient, **query: str) -> set[str]:
    answer = client.get("/api/people", query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return {person["username"] for person in answer.json["items"]}


def test_everybody_sees_oneself_and_those_below_and_hr_sees_all(at: At) -> None:
    client = at("launched")

    assert usernames(client("zhang.wei")) == {"zhang.wei"}
    assert {"zhang.wei", "li.na"} <= usernames(client("wang.qiang"))
    assert "zhao.min" not in usernames(client("wang.qiang"))
    assert {"zhang.wei", "li.na", "zhao.min", "sun.lei"} <= usernames(client("zhao.min"))


def test_people_are_told_with_department_and_superior(at: At) -> None:
    answer = at("launched")("zhang.wei").get("/api/people").json

    assert answer is not None
    (person,) = answer["items"]
    assert (person["name"], person["department"], person["superior"]) == ("张伟", "sales", "li.na")
    assert person["employeeId"] == "S003"


def test_a_list_goes_on_page_by_page(at: At) -> None:
    hr, seen, after = at("launched")("zhao.min"), [], None
    everybody = usernames(hr)

    while True:
        page = hr.get("/api/people", query_string={"limit": 3, **({"after": after} if after else {})}).json
        assert page is not None
        seen += [person["username"] for person in page["items"]]
        if (after := page["next"]) is None:
            break

    assert len(seen) == len(everybody)
    assert set(seen) == everybody


def test_hr_adds_a_person_and_names_the_superior(at: At) -> None:
    hr = at("launched")("zhao.min")

    added = hr.post("/api/people", json=NEWCOMER)
    assert added.status_code == 201, added.text
    line = hr.put(f"/api/people/{added.json['key']}/superior", json={"superior": "li.na", "validFrom": "2025-09-01"})

    assert line.status_code == 204, line.text
    assert hr.get(f"/api/people/{added.json['key']}").json["superior"] == "li.na"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"department": "unknown"}, 404),
        ({"username": "zhang.wei"}, 409),
        ({"employedFrom": "0001-01-01"}, 422),
        ({"employedFrom": "yesterday"}, 422),
        ({"roles": ["emperor"]}, 422),
        ({"name": ""}, 422),
        ({"nickname": "小胡"}, 422),
    ],
)
def test_a_person_that_does_not_fit_is_refused(at: At, change: dict[str, object], status: int) -> None:
    hr = at("launched")("zhao.min")

    answer = hr.post("/api/people", json=NEWCOMER | change)

    assert answer.status_code == status
    assert "hu.xin" not in usernames(hr)


def test_a_department_is_added_by_hr_alone(at: At) -> None:
    client, department = at("launched"), {"code": "law", "name": "法务部", "parent": "office"}

    refused = client("li.na").post("/api/departments", json=department)
    added = client("zhao.min").post("/api/departments", json=department)

    assert [refused.status_code, added.status_code] == [403, 201]
    known = client("li.na").get("/api/departments").json
    assert known is not None
    assert {"code": "law", "parent": "office"}.items() <= known["items"][0].items()


def test_one_learns_who_one_is_and_chooses_a_language(at: At) -> None:
    zhao = at("launched")("zhao.min")

    chosen = zhao.patch("/api/me", json={"language": "en"})
    unknown = zhao.patch("/api/me", json={"language": "fr"})

    assert [chosen.status_code, unknown.status_code] == [204, 422]
    me = zhao.get("/api/me").json
    assert me is not None
    assert (me["username"], me["language"], me["operator"]) == ("zhao.min", "en", False)
    assert "hr" in me["groups"]


def test_an_account_that_is_nobody_may_ask_who_it_is(at: At) -> None:
    me = at("launched")("root").get("/api/me").json

    assert me is not None
    assert (me["operator"], me["personKey"]) == (True, None)
