"""What is done about a plan over HTTP, beside its tasks."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from rehearsed import Places

At = Callable[[str], Callable[[str], FlaskClient]]


def test_hr_closes_a_plan_without_a_finding_and_nobody_else_does(at: At, places: Places) -> None:
    client = at("released")
    proposed = client("zhao.min").post(f"/api/reviews/{places.review}/plans", json={"grounds": "连续待改进"})
    address = f"/api/plans/{proposed.json['key']}"
    abolished = {"outcome": "abolished", "reason": "岗位撤销"}

    by_superior = client("li.na").post(f"{address}/closing", json=abolished)
    finding = client("zhao.min").post(f"{address}/closing", json={"outcome": "failed", "reason": "x"})
    closed = client("zhao.min").post(f"{address}/closing", json=abolished)

    assert [answer.status_code for answer in (by_superior, finding, closed)] == [403, 422, 200]
    assert (closed.json["state"], closed.json["outcome"]) == ("ended", "abolished")
    assert [ground["text"] for ground in closed.json["groundsGiven"]] == ["连续待改进"]


def test_what_a_plan_does_not_wait_for_is_refused(at: At, places: Places) -> None:
    client = at("released")
    proposed = client("zhao.min").post(f"/api/reviews/{places.review}/plans", json={"grounds": "连续待改进"})
    address = f"/api/plans/{proposed.json['key']}"
    wanted = {"objectives": [{"objective": "a", "measure": "b", "support": "c"}], "reason": "x"}

    answers = [
        client("zhao.min").put(f"{address}/mentor", json={"mentor": "he.ping"}),
        client("zhao.min").post(f"{address}/refusal", json={"witness": "zhou.jie", "reason": "x"}),
        client("li.na").post(f"{address}/revisions", json=wanted),
        client("zhang.wei").post(f"{address}/revisions/answer", json={"agreed": True}),
        client("zhao.min").post(f"/api/cycles/{places.cycle}/plan-proposals"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409, 409, 200]
    assert answers[-1].json == {"proposed": 0}
