"""What is done about a plan over HTTP, beside its tasks."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from rehearsed import Places

from engine import calendars, db
from engine.reviews.models import Plan, PlanState
from engine.reviews.organisation import people

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


def test_the_bad_input_of_a_running_plan_is_refused_with_a_sentence_over_http(at: At, places: Places) -> None:
    client = at("released")
    officer, superior = client("zhao.min"), client("li.na")
    proposed = officer.post(f"/api/reviews/{places.review}/plans", json={"grounds": "连续待改进"})
    address = f"/api/plans/{proposed.json['key']}"
    with db.transaction() as session:
        plan = session.get_one(Plan, int(proposed.json["key"]))
        plan.state, plan.mentor_key = PlanState.OBSERVED, people.named(session, "he.ping").key
        plan.starts_on = calendars.today(session)
    training = {
        "course": "谈判训练",
        "provider": "培训学院",
        "trainer": "冯老师",
        "heldOn": "2025-09-01",
        "attended": True,
    }

    no_hours = superior.post(f"{address}/trainings", json=training)
    recorded = superior.post(f"{address}/trainings", json={**training, "hours": "16"})
    own_mentor = officer.put(f"{address}/superior", json={"superior": "he.ping"})
    by_superior = superior.put(f"{address}/superior", json={"superior": "wang.qiang"})
    led = officer.put(f"{address}/superior", json={"superior": "wang.qiang"})

    assert [one.status_code for one in (no_hours, recorded, own_mentor, by_superior, led)] == [422, 201, 422, 403, 200]
    assert "A training has hours" in no_hours.text
    assert [one["hours"] for one in recorded.json["trainings"]] == ["16"]
    assert led.json["superior"] == "wang.qiang"
