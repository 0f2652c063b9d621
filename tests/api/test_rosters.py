"""The organisation as files over HTTP."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

At = Callable[[str], Callable[[str], FlaskClient]]

LINES = "工号,类型,上级工号,开始日期\nS003,直接上级,{superior},2025-09-01\n"
LEAVES = "工号,类型,开始日期,结束日期\nS003,产假,2025-09-01,2025-12-20\n"


def send(client: FlaskClient, text: str, name: str = "汇报关系.csv", **query: str) -> TestResponse:
    files = {"file": (io.BytesIO(text.encode()), name)}
    return client.post("/api/people/import", data=files, query_string=query)


def superior(client: FlaskClient) -> str:
    answer = client.get("/api/people", query_string={"username": "zhang.wei"}).json
    assert answer is not None
    return str(answer["items"][0]["superior"])


def key(client: FlaskClient) -> str:
    answer = client.get("/api/people", query_string={"username": "zhang.wei"}).json
    assert answer is not None
    return str(answer["items"][0]["key"])


def test_a_dry_run_tells_what_would_change_and_changes_nothing(at: At) -> None:
    hr = at("launched")("zhao.min")

    looked = send(hr, LINES.format(superior="P002"), dryRun="true")
    before = superior(hr)
    entered = send(hr, LINES.format(superior="P002"))

    assert [looked.status_code, entered.status_code] == [200, 200]
    assert looked.json is not None
    assert [change["effect"] for change in looked.json["changes"]] == ["change", "add"]
    assert looked.json["entered"] is False
    assert [before, superior(hr)] == ["li.na", "wu.fang"]


def test_wrong_rows_keep_all_out_are_named_and_come_back_to_mend(at: At) -> None:
    hr = at("launched")("zhao.min")
    wrong = LINES.format(superior="S999") + "S004,直接上级,P002,2025-09-01\n"

    refused, partly = send(hr, wrong), send(hr, wrong, partly="true")

    assert refused.status_code == 422
    assert refused.json is not None
    assert "汇报关系!C2" in refused.get_data(as_text=True)
    assert partly.json is not None
    assert (partly.json["badRows"], len(partly.json["changes"])) == (1, 2)
    book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(partly.json["toMend"])))
    assert book["汇报关系"]["C2"].value == "S999"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_comes_back_without_a_change(at: At, form: str) -> None:
    hr = at("launched")("zhao.min")

    exported = hr.get("/api/people/export", query_string={"form": form, "sensitive": "true", "language": "en"})
    back = hr.post("/api/people/import", data={"file": (io.BytesIO(exported.data), "people")})

    assert back.json is not None
    assert (back.json["changes"], back.json["badRows"]) == ([], 0)


def test_leave_is_seen_by_hr_and_the_person_and_by_no_superior_or_operator(at: At) -> None:
    client = at("launched")
    hr = client("zhao.min")
    send(hr, LEAVES, "休假.csv")
    path = f"/api/people/{key(hr)}/sensitive"

    seen = {name: client(name).get(path) for name in ("zhao.min", "zhang.wei", "li.na", "root", "chen.jing")}

    counts = {name: len(answer.json["leaves"]) if answer.status_code == 200 else None for name, answer in seen.items()}
    assert counts == {"zhao.min": 1, "zhang.wei": 1, "li.na": 0, "root": 0, "chen.jing": None}
    told = hr.get(f"/api/people/{key(hr)}/amendments").json["items"][0]
    assert (told["sheet"], told["amendedBy"]) == ("leaves", "zhao.min")
    assert client("li.na").get(f"/api/people/{key(hr)}/amendments").json["items"] == []


@pytest.mark.parametrize("path", ["/api/people/export", "/api/people/export?sensitive=true"])
@pytest.mark.parametrize("username", ["li.na", "sun.lei"])
def test_an_export_is_for_hr(at: At, path: str, username: str) -> None:
    assert at("launched")(username).get(path).status_code == 403


def test_an_operator_who_is_not_hr_exports_nothing_sensitive(at: At) -> None:
    operator = at("launched")("root")

    answers = [operator.get("/api/people/export"), operator.get("/api/people/export?sensitive=true")]

    assert [answer.status_code for answer in answers] == [200, 403]


def test_hr_sees_what_has_changed_since_the_launch(at: At) -> None:
    hr = at("launched")("zhao.min")
    cycle = hr.get("/api/cycles").json["items"][0]["key"]
    send(hr, LINES.format(superior="P002"))

    found = hr.get(f"/api/cycles/{cycle}/differences").json["differences"]

    assert {"employeeId": "S003", "change": "superior", "before": "李娜", "after": "吴芳"} in found
    assert at("launched")("li.na").get(f"/api/cycles/{cycle}/differences").status_code == 403
