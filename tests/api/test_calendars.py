"""The working calendar over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

At = Callable[[str], Callable[[str], FlaskClient]]

DAYS = {"extraHolidays": ["2025-10-09"], "extraWorkdays": ["2025-10-11"], "note": "国办发明电"}


def test_hr_publishes_versions_and_everybody_reads_them(at: At) -> None:
    client = at("launched")

    before = client("zhang.wei").get("/api/calendars/CN").json
    published = client("zhao.min").post("/api/calendars/CN/versions", json=DAYS)
    listed = client("zhang.wei").get("/api/calendars/CN/versions").json

    assert before is not None
    assert listed is not None
    assert before["version"] == 0
    assert published.status_code == 201
    assert [(one["version"], one["extraHolidays"], one["note"]) for one in listed["items"]] == [
        (1, ["2025-10-09"], "国办发明电")
    ]


def test_others_publish_none_and_a_wrong_day_is_named(at: At) -> None:
    client = at("launched")

    forbidden = client("zhang.wei").post("/api/calendars/CN/versions", json=DAYS)
    wrong = client("zhao.min").post("/api/calendars/CN/versions", json={**DAYS, "extraHolidays": ["soon"]})
    nowhere = client("zhao.min").get("/api/calendars/FR/versions")

    assert forbidden.status_code == 403
    assert wrong.status_code == 422
    assert "extraHolidays" in wrong.text
    assert nowhere.status_code == 404
