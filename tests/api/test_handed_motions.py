"""Motions over HTTP: whoever was to decide and cannot any more hands them on, and whoever has them now decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine import clock, db
from engine.bpmn.models import TaskState, UserTask
from engine.reviews.models import PanelMember, PanelState, Recusal, RecusalMotion

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]


@pytest.fixture
def challenged(at: At) -> Client:
    """The review while its panel votes, zhou.jie (its chair) and wu.fang challenged by the appellant."""
    client = at("voting")
    object_to(client, "zhou.jie")
    object_to(client, "wu.fang")
    return client


def object_to(client: Client, member: str) -> None:
    appellant = client("zhang.wei")
    listed: Any = appellant.get("/api/appeals").json
    motion = {"member": member, "reason": "公开评论过本案"}
    answer = appellant.post(f"/api/appeals/{listed['items'][0]['key']}/motions", json=motion)
    assert answer.status_code == 201, answer.json


def waiting() -> list[tuple[int, str | None]]:
    """List the open motions' tasks, with who holds each."""
    with db.reading() as session:
        open_ = select(UserTask.key, UserTask.assignee).where(
            UserTask.element_id == "decide_motion", UserTask.state == TaskState.CREATED
        )
        return [(key, holder) for key, holder in session.execute(open_.order_by(UserTask.key))]


def goes_on_leave(client: Client, name: str, by: str) -> None:
    found: Any = client(by).get("/api/people", query_string={"username": name}).json
    with db.reading() as session:
        leave = {"kind": "sick", "validFrom": clock.now(session).date().isoformat()}
    answer = client(by).post(f"/api/people/{found['items'][0]['key']}/leaves", json=leave)
    assert answer.status_code < 300, answer.json


def decides(client: Client, name: str, key: int, decision: str) -> int:
    answers = {"variables": {"decision": decision, "reason": "已核实"}}
    return client(name).post(f"/v2/user-tasks/{key}/completion", json=answers).status_code


def test_e70_a_motion_against_the_chair_goes_to_a_colleague_where_the_deciding_hr_is_gone(challenged: Client) -> None:
    ((_, head),) = waiting()
    colleague = {"zhao.min": "qian.li", "qian.li": "zhao.min"}[str(head)]

    goes_on_leave(challenged, str(head), colleague)
    ((key, holder),) = waiting()
    ended = decides(challenged, colleague, key, "grant")

    assert (holder, ended) == (colleague, 204)
    with db.reading() as session:
        gone = session.scalars(select(PanelMember).where(PanelMember.state == PanelState.EXCLUDED)).one()
        assert gone.exclusion is Recusal.MOTION
    assert [holder for _, holder in waiting()] == ["lin.tao"]


def test_motions_come_back_to_the_panel_once_the_challenged_chair_is_gone(challenged: Client) -> None:
    ((_, head),) = waiting()

    goes_on_leave(challenged, "zhou.jie", str(head))
    first = waiting()
    ended = [decides(challenged, "lin.tao", first[0][0], "deny")]
    second = waiting()
    ended.append(decides(challenged, "lin.tao", second[0][0], "deny"))

    assert [holder for _, holder in first + second] == ["lin.tao", "lin.tao"]
    assert ended == [204, 204]
    with db.reading() as session:
        assert set(session.scalars(select(RecusalMotion.granted))) == {False}


def test_e70_a_motion_leaves_the_chair_as_soon_as_the_chair_is_challenged_too(at: At) -> None:
    client = at("voting")
    object_to(client, "wu.fang")
    ((_, before),) = waiting()

    object_to(client, "zhou.jie")

    ((_, after),) = waiting()
    assert (before, after in {"zhao.min", "qian.li"}) == ("zhou.jie", True)
