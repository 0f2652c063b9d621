"""Exports over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from flask.testing import FlaskClient
from rehearsed import Places

At = Callable[[str], Callable[[str], FlaskClient]]


def test_results_are_exported_and_the_export_is_on_record(at: At, places: Places) -> None:
    people = at("signed")
    address = f"/api/cycles/{places.cycle}/exports"

    book = people("zhao.min").post(address, json={})
    plain = people("li.na").post(address, json={"form": "csv", "language": "en"})
    listed = people("zhao.min").get("/api/disclosures").json
    own = people("li.na").get("/api/disclosures").json

    assert (book.status_code, book.data[:2]) == (200, b"PK")
    assert plain.content_type == "text/csv; charset=utf-8"
    headings, line = csv.reader(io.StringIO(plain.data.decode("utf-8-sig")))
    assert dict(zip(headings, line, strict=True))["Total"] == "87.68"
    assert listed is not None
    assert own is not None
    assert [(one["madeBy"], one["form"], one["rows"]) for one in listed["items"]] == [
        ("li.na", "csv", 1),
        ("zhao.min", "xlsx", 1),
    ]
    assert [one["madeBy"] for one in own["items"]] == ["li.na"]


def test_who_may_know_of_no_cycle_exports_none(at: At, places: Places) -> None:
    people = at("signed")

    refused = people("he.ping").post(f"/api/cycles/{places.cycle}/exports", json={})
    wrong = people("zhao.min").post(f"/api/cycles/{places.cycle}/exports", json={"form": "pdf"})

    assert (refused.status_code, wrong.status_code) == (404, 422)
