"""Searches: what filter, sort and page of a request ask of the database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine import db, identity, settings
from engine.bpmn.models import Deployment, InstanceState, ProcessDefinition, ProcessInstance

Client = Callable[[str], FlaskClient]

START = datetime(2026, 7, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[db.Database]:
    """Bind one database of each kind for all of these tests: they only read."""
    directory = tmp_path_factory.mktemp("search")
    if request.param == "sqlite":
        path = shutil.copyfile(request.getfixturevalue("sqlite_template"), directory / "search.sqlite")
        url = f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("server")
        server.create("search", request.getfixturevalue("postgresql_template"))
        url = server.url("search")
    yield db.bind(settings.load({"REVIEWFLOW_DATABASE_URL": url}, directory=directory))
    db.unbind()


@pytest.fixture(scope="module")
def people(database: db.Database, hashes: dict[str, str]) -> None:
    with db.transaction() as session:
        for username, password_hash in hashes.items():
            groups = frozenset({identity.OPERATORS} if username == "root" else ())
            identity.register(session, username, password=None, groups=groups).password_hash = password_hash


@pytest.fixture(scope="module")
def review_instances(people: None) -> None:
    """Keep ten instances of one process; the odd ones have ended, and every third has a business id."""
    with db.transaction() as session:
        session.add(Deployment(key=1, deployed_at=START, deployed_by="root"))
        session.flush()
        session.add(
            ProcessDefinition(
                key=2,
                deployment_key=1,
                process_id="review",
                version=1,
                version_tag=None,
                name="Review",
                resource_name="review.bpmn",
                checksum="",
                xml=b"<definitions/>",
                net=b"{}",
            )
        )
        session.flush()
        session.add_all(_instance(number) for number in range(10))


def _instance(number: int) -> ProcessInstance:
    ended = number % 2 == 1
    return ProcessInstance(
        key=100 + number,
        definition_key=2,
        process_id="review",
        process_version=1,
        root_key=100 + number,
        parent_key=None,
        parent_token=None,
        business_id=f"[A]_{number}" if number % 3 == 0 else None,
        zone="Asia/Shanghai",
        calendar="CN",
        cut_off=None,
        state=InstanceState.COMPLETED if ended else InstanceState.ACTIVE,
        state_blob=b"",
        started_at=START + timedelta(hours=number),
        started_by="ann" if number < 3 else "root",
        ended_at=START + timedelta(days=9 - number) if ended else None,
    )


@pytest.fixture
def search(review_instances: None, client: Client) -> Callable[..., list[int]]:
    """Return a search for instances that tells their numbers."""

    def ask(username: str = "root", **query: Any) -> list[int]:
        answer = client(username).post("/v2/process-instances/search", json=query)
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        return [int(item["processInstanceKey"]) - 100 for item in answer.json["items"]]

    return ask


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, list(range(10))),
        ({"businessId": {}}, list(range(10))),
        ({"processInstanceKey": "103"}, [3]),
        ({"processInstanceKey": {"$in": ["103", "104", "999"]}}, [3, 4]),
        ({"processInstanceKey": {"$notIn": [str(key) for key in range(102, 110)]}}, [0, 1]),
        ({"state": "ACTIVE"}, [0, 2, 4, 6, 8]),
        ({"state": {"$neq": "ACTIVE"}}, [1, 3, 5, 7, 9]),
        ({"state": {"$in": ["COMPLETED", "SUSPENDED"]}}, [1, 3, 5, 7, 9]),
        ({"state": "SUSPENDED"}, []),
        ({"state": {"$like": "*ED"}}, [1, 3, 5, 7, 9]),
        ({"businessId": "[A]_3"}, [3]),
        ({"businessId": {"$exists": True}}, [0, 3, 6, 9]),
        ({"businessId": {"$exists": False}}, [1, 2, 4, 5, 7, 8]),
        ({"businessId": {"$neq": "[A]_3"}}, [0, 1, 2, 4, 5, 6, 7, 8, 9]),
        ({"businessId": {"$notIn": ["[A]_3", "[A]_6"]}}, [0, 1, 2, 4, 5, 7, 8, 9]),
        ({"businessId": {"$like": "[A]_?"}}, [0, 3, 6, 9]),
        ({"businessId": {"$like": "*3"}}, [3]),
        ({"businessId": {"$like": "[a]*"}}, []),
        ({"businessId": {"$like": r"\*3"}}, []),
        ({"businessId": {"$like": "%3"}}, []),
        ({"startDate": {"$gte": "2026-07-01T17:00:00Z"}}, [8, 9]),
        ({"startDate": {"$gt": "2026-07-02T01:00:00+08:00"}}, [9]),
        ({"startDate": {"$lt": "2026-07-01T11:00:00Z", "$gt": "2026-07-01T09:00:00Z"}}, [1]),
        ({"startDate": "2026-07-01T12:00:00Z"}, [3]),
        ({"endDate": {"$exists": False}, "businessId": {"$exists": True}}, [0, 6]),
        ({"hasIncident": True}, []),
        (
            {"processDefinitionVersion": {"$lte": 1}, "processDefinitionName": "Review", "state": "ACTIVE"},
            [0, 2, 4, 6, 8],
        ),
        ({"state": "ACTIVE", "$or": [{"processInstanceKey": "102"}, {"businessId": "[A]_6"}]}, [2, 6]),
        ({"tenantId": "<default>", "processInstanceKey": "101"}, [1]),
        ({"tenantId": "another"}, []),
    ],
)
def test_a_filter_finds_what_it_asks_for(search: Callable[..., list[int]], asked: Any, found: list[int]) -> None:
    assert search(filter=asked) == found


@pytest.mark.parametrize(
    "asked",
    [
        {"unknown": 1},
        {"state": "DANCING"},
        {"state": {"$gt": "ACTIVE"}},
        {"processInstanceKey": 103},
        {"processInstanceKey": "99999999999999999999"},
        {"processInstanceKey": "٣"},
        {"processInstanceKey": {"$in": "103"}},
        {"startDate": "2026-07-01T12:00:00"},
        {"processDefinitionVersion": 1.5},
        {"processDefinitionVersion": 2**40},
        {"hasIncident": "yes"},
        {"businessId": {"$like": "*" * 300}},
        {"$or": {"state": "ACTIVE"}},
        {"$or": [{}] * 101},
        {"$or": [{"processDefinitionId": {"$in": ["p"] * 60}}] * 100},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(review_instances: None, client: Client, asked: Any) -> None:
    answer = client("root").post("/v2/process-instances/search", json={"filter": asked})

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["problems"][0]["where"].startswith("filter")


def test_what_is_found_is_sorted_and_empty_values_come_last(search: Callable[..., list[int]]) -> None:
    by_end = [{"field": "endDate"}]
    by_end_reversed = [{"field": "endDate", "order": "DESC"}]

    assert search(sort=by_end) == [9, 7, 5, 3, 1, 0, 2, 4, 6, 8]
    assert search(sort=by_end_reversed) == [1, 3, 5, 7, 9, 0, 2, 4, 6, 8]
    assert search(sort=[{"field": "state"}, {"field": "startDate", "order": "DESC"}]) == [8, 6, 4, 2, 0, 9, 7, 5, 3, 1]


@pytest.mark.parametrize("sort", [[], [{"field": "endDate", "order": "DESC"}], [{"field": "businessId"}]])
@pytest.mark.parametrize("limit", [1, 3, 4])
def test_pages_behind_and_before_a_cursor_are_whole(
    review_instances: None, client: Client, search: Callable[..., list[int]], sort: Any, limit: int
) -> None:
    def page(**asked: Any) -> Any:
        query = {"sort": sort, "page": {"limit": limit, **asked}}
        return client("root").post("/v2/process-instances/search", json=query).json

    seen, cursor, pages = [], {}, []
    while (answer := page(**cursor))["items"]:
        pages.append(answer)
        seen += [int(item["processInstanceKey"]) - 100 for item in answer["items"]]
        cursor = {"after": answer["page"]["endCursor"]}

    assert seen == search(sort=sort)
    assert len(pages) == -(-10 // limit)
    for earlier, later in pairwise(pages):
        assert page(before=later["page"]["startCursor"])["items"] == earlier["items"]


def test_a_page_by_offset_tells_how_many_there_are(review_instances: None, client: Client) -> None:
    query = {"page": {"from": 8, "limit": 5}, "filter": {"state": {"$exists": True}}}

    answer = client("root").post("/v2/process-instances/search", json=query).json

    assert answer is not None
    assert [item["processInstanceKey"] for item in answer["items"]] == ["108", "109"]
    assert answer["page"]["totalItems"] == 10
    assert answer["page"]["hasMoreTotalItems"] is False


@pytest.mark.parametrize(
    "page",
    [
        {"limit": -1},
        {"limit": 10_001},
        {"from": 1, "after": "MTAz"},
        {"after": "nonsense"},
        {"after": "MQ=="},
        {"size": 3},
    ],
)
def test_a_page_that_cannot_be_turned_to_is_refused(review_instances: None, client: Client, page: Any) -> None:
    answer = client("root").post("/v2/process-instances/search", json={"page": page})

    assert answer.status_code == 400


def test_who_operates_nothing_finds_what_they_started(search: Callable[..., list[int]]) -> None:
    assert search("ann") == [0, 1, 2]
    assert search("bo") == []


def test_an_instance_one_may_not_know_of_is_not_there(review_instances: None, client: Client) -> None:
    known = client("ann").get("/v2/process-instances/101")
    hidden = client("ann").get("/v2/process-instances/105")

    assert [known.status_code, hidden.status_code] == [200, 404]
