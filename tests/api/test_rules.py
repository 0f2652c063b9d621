"""Rules over HTTP: regulations, the library, goals, relations of cycles, presets as they are shipped."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from rehearsed import PROCESSES

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

HR = "zhao.min"


@pytest.fixture
def client(at: At) -> Client:
    return at("launched")


def made(answer: Any) -> dict[str, Any]:
    assert answer.status_code in {200, 201}, answer.text
    body: dict[str, Any] = answer.json
    return body


def test_a_regulation_is_discussed_published_and_read(client: Client) -> None:
    hr, ann = client(HR), client("zhang.wei")
    draft = {"regulationId": "handbook", "text": "第一条", "title": "细则"}
    key = made(hr.post("/api/regulations", json=draft))["key"]

    early = hr.post(f"/api/regulations/{key}/publication")
    hidden = ann.get(f"/api/regulations/{key}")
    for step in ("discussion", "consultation"):
        held = {"step": step, "heldOn": "2025-06-01", "participants": "职工代表", "minutes": "通过"}
        made(hr.post(f"/api/regulations/{key}/procedure", json=held))
    made(hr.post(f"/api/regulations/{key}/publication"))
    made(ann.post(f"/api/regulations/{key}/receipts"))

    assert (early.status_code, hidden.status_code) == (422, 404)
    assert made(ann.get(f"/api/regulations/{key}"))["text"] == "第一条"
    assert len(made(hr.get(f"/api/regulations/{key}/receipts"))["items"]) == 1
    assert ann.get(f"/api/regulations/{key}/receipts").status_code == 403


def test_an_indicator_of_the_library_is_taken_over_by_a_template(client: Client) -> None:
    hr = client(HR)
    rules = tomllib.loads((PROCESSES / "review" / "cycle-corrected.toml").read_text(encoding="utf-8"))["rules"]
    made(hr.post("/api/indicators", json={"id": "cac", "rules": {"name": "获客成本", "direction": "lower-linear"}}))
    rules["sections"][0]["indicators"][-1] = {"library": "cac", "weight": 10}

    template = made(hr.post("/api/templates", json={"templateId": "q4", "title": "销售", "rules": rules}))

    assert template["rules"]["sections"][0]["indicators"][-1]["library"] == "cac/1"
    assert made(hr.get("/api/indicators"))["items"][0]["id"] == "cac"
    assert client("zhang.wei").get("/api/indicators").status_code == 403


def test_w09_reference_weights_are_scaled_on_request_only(client: Client) -> None:
    hr = client(HR)
    rules = tomllib.loads((PROCESSES / "presets" / "conversion-003.toml").read_text(encoding="utf-8"))["rules"]
    key = made(hr.post("/api/templates", json={"templateId": "t2", "title": "转化", "rules": rules}))["key"]

    refused = hr.post(f"/api/templates/{key}/publication")
    scaled = made(hr.post(f"/api/templates/{key}/sections/figures/scaling"))
    published = hr.post(f"/api/templates/{key}/publication")

    assert refused.status_code == 422
    weights = [line["weight"] for line in scaled["rules"]["sections"][0]["indicators"]]
    assert weights == ["400/13", "500/13", "200/13", "200/13"]
    assert published.status_code == 200


def test_a_cycle_has_relations_and_goals(client: Client) -> None:
    hr = client(HR)
    rules = tomllib.loads((PROCESSES / "review" / "cycle-corrected.toml").read_text(encoding="utf-8"))["rules"]
    template = made(hr.post("/api/templates", json={"templateId": "q4", "title": "销售", "rules": rules}))["key"]
    dates = {"year": ("2026-01-01", "2026-12-31"), "month": ("2026-01-01", "2026-01-31")}
    keys = {
        kind: made(
            hr.post("/api/cycles", json={"label": kind, "startsOn": first, "endsOn": last, "templateKey": template})
        )["key"]
        for kind, (first, last) in dates.items()
    }

    year = hr.put(f"/api/cycles/{keys['year']}/relations", json={"kind": "year"})
    month = hr.put(f"/api/cycles/{keys['month']}/relations", json={"kind": "month", "parentKey": keys["year"]})
    wrong = hr.put(f"/api/cycles/{keys['year']}/relations", json={"kind": "year", "parentKey": keys["month"]})
    goal = made(
        hr.post(
            f"/api/cycles/{keys['year']}/goals",
            json={"level": "company", "indicator": "sales_revenue", "target": "1000", "unit": "万元"},
        )
    )

    assert (year.status_code, month.status_code, wrong.status_code) == (204, 204, 422)
    assert made(hr.get(f"/api/cycles/{keys['month']}/relations"))["parentKey"] == keys["year"]
    assert [one["key"] for one in made(hr.get(f"/api/cycles/{keys['year']}/goals"))["items"]] == [goal["key"]]
