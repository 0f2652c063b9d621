"""A copy of one's own data over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

At = Callable[[str], Callable[[str], FlaskClient]]


def test_e65_everybody_gets_a_copy_of_the_own_data_and_hr_sees_that_it_was_asked_for(at: At) -> None:
    people = at("signed")

    told = people("zhang.wei").post("/api/me/copies", json={}).json
    printed = people("zhang.wei").post("/api/me/copies", json={"form": "pdf"})
    listed = people("zhao.min").get("/api/disclosures").json

    assert told is not None
    assert told["person"][0]["employee_id"] == "S003"
    assert (printed.content_type, printed.data[:4]) == ("application/pdf", b"%PDF")
    assert listed is not None
    assert [(one["kind"], one["form"], one["madeBy"]) for one in listed["items"]] == [
        ("own-copy", "pdf", "zhang.wei"),
        ("own-copy", "json", "zhang.wei"),
    ]
