"""The course of an appeal over HTTP: what the sides and HR do besides tasks, and what is refused with a sentence."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from rehearsed import Places

from engine import clock, db
from engine.reviews.walks import acts

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

LODGING = {"grounds": "评分没有依据", "items": ["innovation_adopted"], "remedy": "更正为 4 分"}


def appeal_of(client: FlaskClient) -> str:
    listed: Any = client.get("/api/appeals").json
    return f"/api/appeals/{listed['items'][0]['key']}"


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["detail"] if answer.json else ""


@pytest.fixture
def lodged(at: At, places: Places) -> Client:
    """Zhang Wei's appeal, just lodged."""
    client = at("signed")
    answer = client("zhang.wei").post(f"/api/reviews/{places.review}/appeals", json=LODGING)
    assert answer.status_code == 201
    return client


def test_an_appeal_against_somebody_elses_result_is_refused_with_a_sentence(at: At, places: Places) -> None:
    superior = at("signed")("li.na")

    answer = superior.post(f"/api/reviews/{places.review}/appeals", json=LODGING)

    assert told(answer)[0] == 403
    assert f"Expected to lodge an appeal in review {places.review}, but " in told(answer)[1]


def test_e40_what_came_late_is_refused_with_the_instant_and_kept_for_late_admission(at: At, places: Places) -> None:
    client, path = at("signed"), f"/api/reviews/{places.review}"
    with db.transaction() as session:
        clock.pin(session, clock.now(session) + timedelta(days=20))
    acts.fire_due()

    late = client("zhang.wei").post(f"{path}/appeals", json=LODGING)
    kept: Any = client("zhang.wei").get(f"{path}/appeal-draft").json
    others = client("li.na").get(f"{path}/appeal-draft")
    asked: Any = client("zhang.wei").post(f"{path}/appeals", json={**LODGING, "lateReason": "住院三天"}).json
    gone = client("zhang.wei").get(f"{path}/appeal-draft")

    assert told(late)[0] == 409
    assert "+08:00: ask for late admission; what you sent is kept" in told(late)[1]
    assert {name: kept[name] for name in LODGING} == LODGING
    assert (others.status_code, asked["state"], gone.status_code) == (403, "late", 404)


def test_the_appellant_withdraws_and_nobody_else(lodged: Client) -> None:
    path = appeal_of(lodged("zhang.wei"))

    others = lodged("zhao.min").post(f"{path}/withdrawal")
    own = lodged("zhang.wei").post(f"{path}/withdrawal")
    again = lodged("zhang.wei").post(f"{path}/withdrawal")

    assert [one.status_code for one in (others, own, again)] == [403, 204, 409]
    case: Any = lodged("zhang.wei").get(path).json
    assert case["state"] == "withdrawn"


def test_hr_suspends_resumes_and_prolongs_with_reasons(lodged: Client) -> None:
    hr, path = lodged("zhao.min"), appeal_of(lodged("zhao.min"))
    with db.reading() as session:
        until = (clock.now(session).date() + timedelta(days=3)).isoformat()

    empty = hr.post(f"{path}/suspensions", json={"until": until, "reason": " "})
    own = lodged("zhang.wei").post(f"{path}/suspensions", json={"until": until, "reason": "住院"})
    begun: Any = hr.post(f"{path}/suspensions", json={"until": until, "reason": "等待客户复函"})
    twice = hr.post(f"{path}/suspensions", json={"until": until, "reason": "再等"})
    resumed = hr.post(f"{path}/resumption")
    prolonged = hr.post(f"{path}/prolongation", json={"reason": "案情复杂"})
    again = hr.post(f"{path}/prolongation", json={"reason": "仍然复杂"})

    assert [one.status_code for one in (empty, own, begun, twice)] == [422, 403, 201, 409]
    assert (begun.json["endsOn"], begun.json["reason"]) == (until, "等待客户复函")
    assert [one.status_code for one in (resumed, prolonged, again)] == [204, 204, 409]


def test_hr_records_who_speaks_for_the_appellant_and_closes_what_nobody_pursues(lodged: Client) -> None:
    hr, path = lodged("zhao.min"), appeal_of(lodged("zhao.min"))
    named = {"standing": "authorised", "proof": "授权委托书"}

    other_side = hr.post(f"{path}/representations", json={"person": "li.na", **named})
    colleague = hr.post(f"{path}/representations", json={"person": "deng.hui", **named})
    speaks = lodged("deng.hui").get(path)
    closed = hr.post(f"{path}/closing", json={"reason": "申诉人去世,无人继续"})

    assert [one.status_code for one in (other_side, colleague, speaks, closed)] == [422, 201, 200, 204]


def test_appeals_that_are_not_about_one_matter_are_not_joined(lodged: Client) -> None:
    hr, path = lodged("zhao.min"), appeal_of(lodged("zhao.min"))
    key = path.rsplit("/", 1)[-1]

    itself = hr.post(f"{path}/joinder", json={"appealKeys": [key], "reason": "同一目标"})
    none = hr.post(f"{path}/joinder", json={"appealKeys": [], "reason": "同一目标"})
    appellant = lodged("zhang.wei").post(f"{path}/joinder", json={"appealKeys": [key], "reason": "同一目标"})

    assert [one.status_code for one in (itself, none, appellant)] == [422, 422, 403]


def test_e75_a_second_review_is_asked_for_once_on_new_evidence(at: At) -> None:
    client = at("decided")
    own, path = client("zhang.wei"), appeal_of(client("zhang.wei"))
    asked = {"grounds": "客户书面说明在裁决后才收到"}

    nothing_new = own.post(f"{path}/second-review", json=asked)
    file = {"file": (io.BytesIO("说明".encode()), "说明.txt")}
    paper: Any = own.post("/v2/documents", data=file, content_type="multipart/form-data").json
    evidence = {**asked, "documentIds": [paper["documentId"]]}
    superior = client("li.na").post(f"{path}/second-review", json=evidence)
    second: Any = own.post(f"{path}/second-review", json=evidence)
    third = own.post(f"{path}/second-review", json=evidence)

    assert [one.status_code for one in (nothing_new, superior, second, third)] == [422, 403, 201, 409]
    assert second.json["state"] == "lodged"
    assert "there is one second review and no third" in told(third)[1]


def test_a_party_objects_to_a_member_who_sits_and_the_chair_decides(at: At) -> None:
    voting = at("voting")
    path = appeal_of(voting("zhao.min"))
    said = {"member": "wu.fang", "reason": "投票前与评价方私下会面"}

    judge = voting("lin.tao").post(f"{path}/motions", json=said)
    nobody = voting("zhang.wei").post(f"{path}/motions", json={**said, "member": "deng.hui"})
    party = voting("zhang.wei").post(f"{path}/motions", json=said)
    again = voting("zhang.wei").post(f"{path}/motions", json=said)

    assert [one.status_code for one in (judge, nobody, party, again)] == [403, 404, 201, 409]
    inbox: Any = voting("zhou.jie").post("/v2/user-tasks/search", json={}).json
    assert [one["elementId"] for one in inbox["items"] if one["state"] == "CREATED"] == ["cast_vote", "decide_motion"]


def test_hr_looks_at_a_panel_again_and_nobody_else(at: At) -> None:
    voting = at("voting")
    path = appeal_of(voting("zhao.min"))

    found: Any = voting("zhao.min").post(f"{path}/panel/check")

    assert (found.status_code, found.json) == (200, {"members": []})
    assert voting("wu.fang").post(f"{path}/panel/check").status_code == 403
