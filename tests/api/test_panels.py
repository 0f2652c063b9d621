"""Panels over HTTP: what of a case an excluded member gets, how a draw is checked, and who is related to whom."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from flask.testing import FlaskClient
from rehearsed import Places
from sqlalchemy import select

from engine import db
from engine.bpmn.models import TaskState, UserTask
from engine.reviews.models import PanelMember, Person, Recusal
from engine.reviews.panels import formations

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]


def key_of(client: FlaskClient) -> str:
    listed: Any = client.get("/api/appeals").json
    (item,) = listed["items"]
    return str(item["key"])


@pytest.fixture
def voting(at: At) -> Client:
    """The review while its panel votes: zhou.jie, lin.tao and wu.fang sit."""
    return at("voting")


def test_hr_gets_the_lots_and_anybody_can_draw_them_again(voting: Client) -> None:
    hr = voting("zhao.min")

    panel: Any = hr.get(f"/api/appeals/{key_of(hr)}/panel").json
    theirs: Any = voting("zhou.jie").get(f"/api/appeals/{key_of(hr)}/panel").json

    draw = panel["draw"]
    by_hand = sorted(draw["pool"], key=lambda one: sha256(f"{draw['seed']}/{one}".encode()).hexdigest())
    assert (draw["order"], draw["holds"]) == (by_hand, True)
    assert [(one["member"], one["chair"], one["state"]) for one in panel["members"]] == [
        ("zhou.jie", True, "seated"),
        ("lin.tao", False, "seated"),
        ("wu.fang", False, "seated"),
    ]
    assert theirs["draw"] is None
    assert theirs["members"] == panel["members"]


def test_an_excluded_member_neither_reads_nor_votes(voting: Client, places: Places) -> None:
    member = voting("wu.fang")
    key = key_of(member)
    with db.transaction() as session:
        own = select(PanelMember).join(Person, Person.key == PanelMember.person_key)
        formations.exclude(session, session.scalars(own.where(Person.username == "wu.fang")).one(), Recusal.DECLARED)
        open_task = select(UserTask.key).where(UserTask.assignee == "wu.fang", UserTask.state == TaskState.CREATED)
        task = session.scalars(open_task).one()

    reads = {
        path: member.get(path).status_code
        for path in (
            f"/api/appeals/{key}",
            f"/api/appeals/{key}/panel",
            f"/api/appeals/{key}/notes",
            f"/api/reviews/{places.review}/result",
            f"/api/reviews/{places.review}/scorecard",
        )
    }
    vote = {"variables": {"verdict": "upheld", "reasons": "x"}}
    votes = member.post(f"/v2/user-tasks/{task}/completion", json=vote)
    notes = member.post(f"/api/appeals/{key}/notes", json={"text": "x"})
    opens = member.post(f"/api/reviews/{places.review}/ratings/openings", json={"reason": "x"})

    assert set(reads.values()) == {404}
    listed: Any = member.get("/api/appeals").json
    assert listed["items"] == []
    assert votes.status_code == 404
    assert (notes.status_code, opens.status_code) == (404, 404)


def test_notes_are_ones_own_while_votes_are_outstanding(voting: Client) -> None:
    author, other = voting("wu.fang"), voting("zhou.jie")
    path = f"/api/appeals/{key_of(author)}/notes"

    written = author.post(path, json={"text": "会议纪要支持申诉人"})
    refused = voting("zhao.min").post(path, json={"text": "x"})
    empty = author.post(path, json={"text": " "})

    found: list[Any] = [client.get(path).json for client in (author, other, voting("zhao.min"))]
    assert (written.status_code, refused.status_code, empty.status_code) == (201, 403, 422)
    assert [len(one["items"]) for one in found] == [1, 0, 0]


def test_kin_is_declared_by_one_of_the_two_or_by_hr_and_read_by_them_alone(at: At) -> None:
    client = at("released")
    people: Any = client("zhao.min").get("/api/people", query_string={"username": "wu.fang"}).json
    path = f"/api/people/{people['items'][0]['key']}/kinships"

    others = client("li.na").post(path, json={"other": "zhang.wei", "relation": "表兄妹"})
    oneself = client("wu.fang").post(path, json={"other": "wu.fang", "relation": "x"})
    declared = client("zhang.wei").post(path, json={"other": "zhang.wei", "relation": "表兄妹"})
    again = client("zhao.min").post(path, json={"other": "zhang.wei", "relation": "夫妻"})

    assert [one.status_code for one in (others, oneself, declared, again)] == [403, 422, 201, 409]
    read: Any = client("wu.fang").get(path).json
    assert [one["relation"] for one in read["items"]] == ["表兄妹"]
    assert client("li.na").get(path).status_code == 403
