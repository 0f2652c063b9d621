"""A cycle over HTTP: its rules, its draft, its launch, its values, its release."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from rehearsed import PROCESSES, Places

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

CSV = """工号,指标,实际值,单位,数据来源
S003,销售额完成率,480,万元,CRM-2025Q4
S003,new_customers,18,家,CRM-2025Q4
S003,renewal_rate,88%,,CRM-2025Q4
S003,timely_payment,92%,,财务月报
S003,marketing_roi,1:4.2,,财务月报
S003,lead_conversion,50,条,CRM-2025Q4
"""


def rules(file: str) -> dict[str, Any]:
    book: dict[str, Any] = tomllib.loads((PROCESSES / "review" / file).read_text(encoding="utf-8"))["rules"]
    return book


def drafted_template(hr: FlaskClient, file: str = "cycle-corrected.toml") -> str:
    answer = hr.post("/api/templates", json={"templateId": "q4", "title": "销售", "rules": rules(file)})
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return str(answer.json["key"])


def drafted_cycle(hr: FlaskClient, template_key: str) -> str:
    draft = {"label": "2025 Q4", "startsOn": "2025-10-01", "endsOn": "2025-12-31", "templateKey": template_key}
    answer = hr.post("/api/cycles", json=draft)
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return str(answer.json["key"])


def enrolled(hr: FlaskClient, cycle: str, *raters: str) -> str:
    answer = hr.post(f"/api/cycles/{cycle}/reviews", json={"appraisee": "zhang.wei"})
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    for rater in raters:
        asked = hr.post(f"/api/reviews/{answer.json['key']}/raters", json={"rater": rater, "group": "cross"})
        assert asked.status_code == 201, asked.text
    return str(answer.json["key"])


def codes(answer: Any) -> list[str]:
    return [problem["code"] for problem in answer.json["findings"]]


def test_the_weights_of_document_004_are_refused_with_the_missing_points(at: At) -> None:
    hr = at("launched")("zhao.min")
    key = drafted_template(hr, "cycle.toml")

    found = hr.get(f"/api/templates/{key}/findings")
    published = hr.post(f"/api/templates/{key}/publication")

    assert published.status_code == 422
    assert published.json is not None
    (problem,) = published.json["problems"]
    assert "90" in problem["message"]
    assert "10" in problem["message"]
    assert codes(found) == [problem["code"]]


def test_a_published_template_is_never_written_anew(at: At) -> None:
    hr = at("launched")("zhao.min")
    key = drafted_template(hr)

    amended = hr.put(f"/api/templates/{key}", json={"rules": rules("cycle.toml")})
    restored = hr.put(f"/api/templates/{key}", json={"rules": rules("cycle-corrected.toml")})
    published = hr.post(f"/api/templates/{key}/publication")
    late = hr.put(f"/api/templates/{key}", json={"rules": rules("cycle.toml")})

    assert [a.status_code for a in (amended, restored, published, late)] == [200, 200, 200, 409]
    assert published.json["publishedBy"] == "zhao.min"


def test_rules_that_nobody_can_read_are_refused_with_their_place(at: At) -> None:
    answer = at("launched")("zhao.min").post(
        "/api/templates", json={"templateId": "q4", "title": "销售", "rules": {"model": "dice", "sections": 5}}
    )

    assert answer.status_code == 422
    assert answer.json is not None
    assert {"model", "sections"} <= {problem["where"] for problem in answer.json["problems"]}


def test_a_cycle_is_drafted_checked_launched_and_fed(at: At) -> None:
    client = at("launched")
    hr = client("zhao.min")
    template = drafted_template(hr)
    cycle = drafted_cycle(hr, template)

    empty = hr.get(f"/api/cycles/{cycle}/findings")
    hr.post(f"/api/templates/{template}/publication")
    review = enrolled(hr, cycle)
    unrated = hr.post(f"/api/cycles/{cycle}/launch")
    hr.post(f"/api/reviews/{review}/raters", json={"rater": "chen.jing", "group": "cross"})
    launched = hr.post(f"/api/cycles/{cycle}/launch")

    assert {"nobody-enrolled", "template-unpublished"} <= set(codes(empty))
    assert unrated.status_code == 422
    assert launched.json == {"waiting": 0, "state": "launched"}
    assert hr.get(f"/api/cycles/{cycle}").json["state"] == "launched"
    seen = client("zhang.wei").get(f"/api/reviews/{review}").json
    assert seen is not None
    assert (seen["state"], seen["superior"], seen["secondSuperior"]) == ("running", "li.na", "wang.qiang")
    open_drafts = {"filter": {"elementId": "draft_targets", "state": "CREATED"}}
    assert len(client("zhang.wei").post("/v2/user-tasks/search", json=open_drafts).json["items"]) == 2
    assert hr.post(f"/api/cycles/{cycle}/launch").status_code == 409
    assert hr.post(f"/api/cycles/{cycle}/starts").json == {"waiting": 0, "state": "launched"}


def imported(client: FlaskClient, cycle: int | str, text: str, **query: str) -> Any:
    file = {"file": (BytesIO(text.encode()), "actuals.csv")}
    return client.post(f"/api/cycles/{cycle}/actuals", data=file, query_string=query)


def test_a_dry_run_enters_nothing_and_an_import_everything(at: At, places: Places) -> None:
    hr = at("launched")("zhao.min")

    tried = imported(hr, places.cycle, CSV, dryRun="true")
    before = hr.get(f"/api/reviews/{places.review}/actuals").json
    entered = imported(hr, places.cycle, CSV)
    after = hr.get(f"/api/reviews/{places.review}/actuals").json

    assert (tried.status_code, tried.json["entered"], len(tried.json["rows"])) == (200, False, 6)
    assert before == {"items": []}
    assert (entered.status_code, entered.json["entered"]) == (200, True)
    assert after is not None
    assert {item["indicator"]: item["value"] for item in after["items"]}["marketing_roi"] == "1:4.2"


def test_wrong_rows_are_named_and_nothing_is_entered(at: At, places: Places) -> None:
    hr = at("launched")("zhao.min")

    answer = imported(hr, places.cycle, CSV.replace("88%", "eighty-eight").replace("S003,new", "S404,new"))

    assert answer.status_code == 422
    assert {problem["where"] for problem in answer.json["problems"]} == {
        "A3",
        "C4",
    }
    assert hr.get(f"/api/reviews/{places.review}/actuals").json == {"items": []}


def test_a_value_is_corrected_and_the_original_kept(at: At, places: Places) -> None:
    hr = at("launched")("zhao.min")
    imported(hr, places.cycle, CSV)
    correction = {"indicator": "sales_revenue", "value": "485", "source": "CRM-2025Q3"}

    answer = hr.post(f"/api/reviews/{places.review}/actuals", json=correction)

    assert answer.status_code == 201, answer.text
    versions = hr.get(f"/api/reviews/{places.review}/actuals").json
    assert versions is not None
    assert [v["value"] for v in versions["items"] if v["indicator"] == "sales_revenue"] == ["480", "485"]


def test_a_file_is_due(at: At, places: Places) -> None:
    hr = at("launched")("zhao.min")

    without = hr.post(f"/api/cycles/{places.cycle}/actuals")
    binary = hr.post(f"/api/cycles/{places.cycle}/actuals", data={"file": (BytesIO(b"\xff\x00\xff"), "a.csv")})

    assert [without.status_code, binary.status_code] == [422, 422]


def test_results_are_released_at_one_moment_by_hr(at: At, places: Places) -> None:
    client = at("evaluated")
    hidden = client("zhang.wei").get(f"/api/reviews/{places.review}/result")

    refused = client("li.na").post(f"/api/cycles/{places.cycle}/release")
    released = client("zhao.min").post(f"/api/cycles/{places.cycle}/release")
    again = client("zhao.min").post(f"/api/cycles/{places.cycle}/release")

    assert [hidden.status_code, refused.status_code, again.status_code] == [404, 403, 409]
    assert released.json == {"released": 1}
    sheet = client("zhang.wei").get(f"/api/reviews/{places.review}/result").json
    assert sheet is not None
    assert (sheet["total"], sheet["grade"]) == ("87.68", "良好")
    told = client("zhang.wei").get("/api/notices", query_string={"unread": "true"}).json
    assert told is not None
    assert "result-released" in {notice["kind"] for notice in told["items"]}


def test_what_is_left_out_of_a_release_needs_a_reason(at: At, places: Places) -> None:
    hr = at("evaluated")("zhao.min")

    answer = hr.post(
        f"/api/cycles/{places.cycle}/release", json={"leftOut": [{"reviewKey": str(places.review), "reason": " "}]}
    )

    assert answer.status_code == 422


def test_a_cycle_that_runs_is_not_closed(at: At, places: Places) -> None:
    answer = at("evaluated")("zhao.min").post(f"/api/cycles/{places.cycle}/closing")

    assert answer.status_code == 409


def test_a_draft_is_seen_by_hr_alone(at: At) -> None:
    client = at("launched")
    hr = client("zhao.min")
    cycle = drafted_cycle(hr, drafted_template(hr))
    enrolled(hr, cycle)

    seen = [client(name).get(f"/api/cycles/{cycle}").status_code for name in ("zhao.min", "zhang.wei", "chen.jing")]

    assert seen == [200, 404, 404]


@pytest.mark.parametrize(
    "change",
    [
        {"endsOn": "2025-09-01"},
        {"zone": "Mars/Olympus"},
        {"startsOn": "2025-13-01"},
        {"startsOn": "99999-01-01"},
        {"templateKey": 5},
        {"label": "x" * 101},
        {"label": None},
        {"bonus": 1},
    ],
)
def test_a_draft_that_does_not_fit_is_refused(at: At, change: dict[str, object]) -> None:
    hr = at("launched")("zhao.min")
    draft = {"label": "Q4", "startsOn": "2025-10-01", "endsOn": "2025-12-31", "templateKey": drafted_template(hr)}

    answer = hr.post("/api/cycles", json=draft | change)

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["problems"]
