from __future__ import annotations

import io
import json
import re
from datetime import timedelta

from diagrams import bpmn

from engine import clock, db
from engine.bpmn import starts
from engine.settings import ROOT

REVIEW = ROOT / "processes" / "target-signoff" / "process.bpmn"


def test_processes_are_listed_with_what_runs(company, at):
    company.launch()

    page = at("zhao.min").reads("/processes")

    assert "Target sign-off target-signoff 1" in page


def test_a_process_shows_its_diagram_and_its_versions(company, at):
    page = at("zhao.min").client.get("/processes/target-signoff").get_data(as_text=True)

    assert '<rf-diagram src="/processes/definitions/' in page


def test_an_upload_is_checked_and_its_findings_are_named(company, at):
    broken = REVIEW.read_bytes().replace(b'formId="target-draft"', b'formId="nowhere"')

    answer = at("admin").sends("/processes/upload", resources=(io.BytesIO(broken), "process.bpmn"))
    chinese = at("admin", "zh_CN").sends("/processes/upload", resources=(io.BytesIO(broken), "process.bpmn"))

    assert answer.status_code == 422
    assert "没有表单 nowhere" in chinese.get_data(as_text=True)
    assert "there is no form nowhere" in answer.get_data(as_text=True)
    assert "process.bpmn#draft_targets" in answer.get_data(as_text=True)


def test_a_new_version_is_deployed_only_when_that_is_asked_for(company, at):
    operator = at("admin")
    changed = REVIEW.read_bytes().replace(b'value="1.0"', b'value="1.1"')

    checked = operator.sends("/processes/upload", resources=(io.BytesIO(changed), "process.bpmn"), only="check")
    before = operator.reads("/processes")
    operator.sends("/processes/upload", resources=(io.BytesIO(changed), "process.bpmn"))
    after = operator.reads("/processes")

    assert "In order, and not deployed yet" in checked.get_data(as_text=True)
    assert "target-signoff 1" in before
    assert "target-signoff 2" in after


def test_rounding_half_to_even_is_pointed_out_and_deployed(company, at):
    form = {
        "id": "points",
        "type": "default",
        "components": [{"type": "expression", "id": "e", "key": "points", "expression": "=decimal(rating * 20, 0)"}],
    }
    sent = io.BytesIO(json.dumps(form).encode())

    answer = at("admin", "zh_CN").sends("/processes/upload", resources=(sent, "points.form")).get_data(as_text=True)

    assert "points v1" in answer
    assert "points.form#points" in answer
    assert "round half up" in answer


def test_a_file_that_is_much_too_large_is_refused_by_its_name(company, at):
    operator = at("admin")
    head = b'--edge\r\nContent-Disposition: form-data; name="resources"; filename="huge.bpmn"\r\n\r\n'
    sent = {"X-CSRF-Token": operator.token(), "HX-Request": "true", "HX-Request-Type": "partial"}
    sent["Content-Type"] = "multipart/form-data; boundary=edge"

    huge = head + b" " * 20_000_000 + b"\r\n--edge--\r\n"
    answer = operator.client.post("/processes/upload", data=huge, headers=sent)

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "huge.bpmn" in page
    assert "larger than 4000000 bytes" in page


def test_only_operators_upload(company, at):
    hr = at("zhao.min")

    assert "You may not do this" in hr.reads("/processes/upload", status=403)


def test_people_are_listed_with_their_superiors_and_roles(company, at):
    page = at("zhao.min").reads("/people")

    assert "Zhang Wei S003 zhang.wei Sales" in page
    assert "Sun Lei F001 sun.lei Office" in page


def test_a_review_shows_hr_where_each_of_its_processes_stands(company, at):
    company.launch()
    hr = at("zhao.min")
    address = hr.client.get("/reviews").get_data(as_text=True).split('href="/reviews/')[1].split('"')[0]

    page = hr.reads(f"/reviews/{address}")

    assert "Draft targets · Zhang Wei" in page
    assert "Target sign-off" in page
    assert "Draft targets · Zhang Wei" not in at("zhang.wei").reads(f"/reviews/{address}")


def test_a_process_shows_when_it_starts_by_itself_and_why_it_could_not(company, at):
    timed = bpmn("start s: cycle R/P1D\ncall c: calls target-signoff\ns > c", "daily")
    at("admin").sends("/processes/upload", resources=(io.BytesIO(timed), "daily.bpmn"))
    with db.transaction() as session:
        clock.pin(session, clock.now(session) + timedelta(days=1))
        (due,) = (one for one in starts.due(session) if one.process_id == "daily")
        for _ in range(starts.RETRIES):
            clock.pin(session, clock.now(session) + starts.RETRY_AFTER)
            starts.fail(session, due, "nobody is here")

    page, listed = at("zhao.min").reads("/processes/daily"), at("zhao.min").reads("/processes")

    assert "nobody is here" in page
    assert re.search(r"daily daily 1 .* 0 1 ", listed)
