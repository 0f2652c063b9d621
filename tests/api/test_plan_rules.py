"""Plan rules over HTTP: HR chooses by which table a cycle's results propose improvement plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from rehearsed import Places

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

CHOSEN = {"trigger": "pip-trigger-000", "mapping": {"to_improve": "D"}, "repeated": None, "target": "70", "lookback": 3}


def drafted(client: FlaskClient, places: Places) -> str:
    """Draft the next cycle by the rules of the one there is; return its address."""
    before = client.get(f"/api/cycles/{places.cycle}").json
    assert before is not None
    body = {"label": "2026 Q1", "startsOn": "2026-01-01", "endsOn": "2026-03-31", "templateKey": before["templateKey"]}
    made = client.post("/api/cycles", json=body).json
    assert made is not None
    return f"/api/cycles/{made['key']}/plan-rules"


def test_hr_chooses_by_which_table_the_results_of_a_draft_propose_plans(at: At, places: Places) -> None:
    officer = at("launched")("zhao.min")
    address = drafted(officer, places)
    before = officer.get(address).json

    answer = officer.put(address, json=CHOSEN)

    assert before is not None
    assert before["trigger"] == ""
    assert answer.status_code == 204
    assert officer.get(address).json == CHOSEN


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"trigger": "pip-trigger-009"}, "plans/trigger"),
        ({"trigger": "pip-trigger-004", "repeated": None}, "plans/repeated"),
        ({"repeated": 0}, "repeated"),
    ],
)
def test_rules_that_could_not_be_applied_are_refused(
    at: At, places: Places, changed: dict[str, Any], where: str
) -> None:
    officer = at("launched")("zhao.min")

    answer = officer.put(drafted(officer, places), json=CHOSEN | changed)

    assert answer.status_code == 422
    assert answer.json is not None
    assert [one["where"] for one in answer.json["problems"]] == [where]


def test_only_hr_chooses_and_only_before_the_launch(at: At, places: Places) -> None:
    client = at("launched")
    launched, draft = f"/api/cycles/{places.cycle}/plan-rules", drafted(client("zhao.min"), places)

    statuses = [
        client("zhao.min").put(launched, json=CHOSEN).status_code,
        client("zhang.wei").put(draft, json=CHOSEN).status_code,
    ]

    assert statuses == [409, 403]
