"""What follows a review over HTTP: its sheet, an appeal with sealed votes, a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from rehearsed import Places

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

GROUNDS = {"grounds": "评分没有依据", "items": ["customer_satisfaction"], "remedy": "更正评分"}
PANEL = ("lin.tao", "wu.fang", "zhou.jie")


def only_appeal(client: FlaskClient) -> dict[str, Any]:
    listed = client.get("/api/appeals").json
    assert listed is not None
    (item,) = listed["items"]
    answer = client.get(f"/api/appeals/{item['key']}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def test_the_sheet_shows_every_figure_with_its_inputs_and_formula(at: At, places: Places) -> None:
    sheet = at("released")("zhang.wei").get(f"/api/reviews/{places.review}/result").json

    assert sheet is not None
    lines = {line["indicator"]: line for part in sheet["sections"] for line in part["lines"]}
    assert (sheet["total"], sheet["grade"]) == ("87.68", "良好")
    assert lines["sales_revenue"]["formula"]
    assert {node["name"] for node in lines["sales_revenue"]["inputs"]} >= {"weight", "completion"}
    assert [share["group"] for share in lines["collaboration"]["shares"]] == ["self", "superior", "cross"]
    assert sheet["terms"]["completion"] == ["完成率", "Completion"]


def test_a_scorecard_shows_only_the_ratings_that_one_may_see(at: At, places: Places) -> None:
    client = at("evaluated")

    def raters(username: str) -> set[str]:
        card = client(username).get(f"/api/reviews/{places.review}/scorecard").json
        assert card is not None
        return {rating["rater"] for rating in card["ratings"]}

    assert raters("zhang.wei") == {"zhang.wei"}
    assert raters("li.na") == {"li.na"}
    assert raters("wang.qiang") == set()
    assert raters("zhao.min") == {"zhang.wei", "li.na", "chen.jing", "liu.yang"}


def test_a_rater_from_elsewhere_sees_what_is_rated_and_nothing_else(at: At, places: Places) -> None:
    rater = at("evaluated")("chen.jing")

    own = rater.get(f"/api/reviews/{places.review}/ratings").json

    assert own is not None
    assert {rating["rater"] for rating in own["items"]} == {"chen.jing"}
    for hidden in ("scorecard", "actuals", "result"):
        assert rater.get(f"/api/reviews/{places.review}/{hidden}").status_code == 404


def test_results_are_listed_for_those_who_may_see_them(at: At) -> None:
    client = at("released")

    def results(username: str) -> list[str]:
        answer = client(username).get("/api/results").json
        assert answer is not None
        return [result["total"] for result in answer["items"]]

    assert [results(name) for name in ("zhang.wei", "li.na", "zhao.min", "chen.jing", "sun.lei")] == [
        ["87.68"], ["87.68"], ["87.68"], [], [],
    ]  # fmt: skip


def test_an_appeal_is_lodged_while_the_window_is_open(at: At, places: Places) -> None:
    appellant = at("signed")("zhang.wei")

    lodged = appellant.post(f"/api/reviews/{places.review}/appeals", json=GROUNDS)
    again = appellant.post(f"/api/reviews/{places.review}/appeals", json=GROUNDS)

    assert lodged.status_code == 201, lodged.text
    assert (lodged.json["state"], lodged.json["items"]) == ("lodged", ["customer_satisfaction"])
    assert again.status_code == 409


@pytest.mark.parametrize(("username", "status"), [("li.na", 403), ("zhao.min", 403), ("zheng.hao", 404)])
def test_nobody_appeals_for_another(at: At, places: Places, username: str, status: int) -> None:
    answer = at("signed")(username).post(f"/api/reviews/{places.review}/appeals", json=GROUNDS)

    assert answer.status_code == status


@pytest.mark.parametrize("change", [{"grounds": " "}, {"remedy": ""}, {"items": ["luck"]}, {"items": "all"}])
def test_an_appeal_that_says_too_little_is_refused(at: At, places: Places, change: dict[str, object]) -> None:
    answer = at("signed")("zhang.wei").post(f"/api/reviews/{places.review}/appeals", json=GROUNDS | change)

    assert answer.status_code == 422


def test_an_appeal_sent_twenty_times_under_one_key_is_lodged_once(at: At, places: Places) -> None:
    appellant = at("signed")("zhang.wei")

    answers = [
        appellant.post(f"/api/reviews/{places.review}/appeals", json=GROUNDS, headers={"Idempotency-Key": "a1"})
        for _ in range(20)
    ]

    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert only_appeal(appellant)["key"] == answers[0].json["key"]


@pytest.mark.parametrize("username", ["zhang.wei", "zhao.min", "wu.fang", "root"])
def test_a_vote_is_sealed_until_the_last_is_cast(at: At, username: str) -> None:
    client = at("voting")(username)

    appeal = only_appeal(client)

    assert {seat["member"] for seat in appeal["panel"]} == set(PANEL)
    assert {(seat["verdict"], seat["reasons"]) for seat in appeal["panel"]} == {(None, None)}
    assert appeal["verdict"] is None


def test_who_has_voted_sees_the_own_vote_alone(at: At) -> None:
    appeal = only_appeal(at("voting")("lin.tao"))

    assert [seat["member"] for seat in appeal["panel"] if seat["verdict"] is not None] == ["lin.tao"]


@pytest.mark.parametrize("username", ["root", "zhao.min", "wu.fang", "zhang.wei"])
def test_no_variable_of_any_task_or_message_holds_a_vote(at: At, username: str) -> None:
    client = at("voting")(username)
    found = client.post("/v2/user-tasks/search", json={}).json
    assert found is not None

    for task in found["items"]:
        seen = client.post(f"/v2/user-tasks/{task['userTaskKey']}/variables/search", json={})
        assert seen.status_code == 200
        assert "评价人依据充分" not in seen.text  # the reasons of the vote that is cast
        assert "verdict" not in {variable["name"] for variable in seen.json["items"]}


def test_a_decided_appeal_is_told_with_its_reasons_and_a_new_result(at: At, places: Places) -> None:
    client = at("decided")

    appeal = only_appeal(client("zhang.wei"))

    assert (appeal["state"], appeal["verdict"]) == ("decided", "corrected")
    assert appeal["reasons"]
    sheet = client("zhang.wei").get(f"/api/reviews/{places.review}/result").json
    first = client("zhang.wei").get(f"/api/reviews/{places.review}/result", query_string={"version": 1}).json
    assert sheet is not None
    assert first is not None
    assert (sheet["version"], first["version"]) == (2, 1)
    assert float(sheet["total"]) > float(first["total"])


def test_the_panels_votes_are_open_to_the_panel_and_hr_once_all_are_cast(at: At) -> None:
    client = at("decided")

    def verdicts(username: str) -> set[object]:
        return {seat["verdict"] for seat in only_appeal(client(username))["panel"]}

    assert None not in verdicts("wu.fang") | verdicts("zhao.min")
    assert verdicts("zhang.wei") == {None}


def test_a_plan_is_proposed_by_hr_and_known_to_whom_it_concerns(at: At, places: Places) -> None:
    client = at("released")

    refused = client("li.na").post(f"/api/reviews/{places.review}/plans", json={"grounds": "连续待改进"})
    empty = client("zhao.min").post(f"/api/reviews/{places.review}/plans", json={"grounds": ""})
    proposed = client("zhao.min").post(f"/api/reviews/{places.review}/plans", json={"grounds": "连续待改进"})
    again = client("zhao.min").post(f"/api/reviews/{places.review}/plans", json={"grounds": "连续待改进"})

    assert [a.status_code for a in (refused, empty, proposed, again)] == [403, 422, 201, 409]
    key = proposed.json["key"]
    seen = {name: client(name).get(f"/api/plans/{key}").status_code for name in ("zhang.wei", "li.na", "chen.jing")}
    assert seen == {"zhang.wei": 200, "li.na": 200, "chen.jing": 404}
    note = client("zhang.wei").post(f"/api/plans/{key}/notes", json={"text": "本周"})
    assert note.status_code == 403


def test_a_notice_is_read_by_whom_it_is_for(at: At) -> None:
    client = at("released")
    told = client("zhang.wei").get("/api/notices").json
    assert told is not None
    key = told["items"][0]["key"]

    others = client("li.na").put(f"/api/notices/{key}/reading")
    own = client("zhang.wei").put(f"/api/notices/{key}/reading")

    assert [others.status_code, own.status_code] == [404, 204]
    left = client("zhang.wei").get("/api/notices", query_string={"unread": "true"}).json
    assert left is not None
    assert key not in {notice["key"] for notice in left["items"]}
