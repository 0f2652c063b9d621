"""The survey of the diagnosis, looked at as an auditor would who has every table and every log line (record 0034)."""

from __future__ import annotations

import logging
import re
from datetime import date

import pytest
from sqlalchemy import select

from engine import db
from engine.identity import identity_of
from engine.reviews.meetings import audits, diagnoses
from engine.reviews.meetings.diagnoses import Plan
from engine.reviews.organisation import people

ASKED = ("goals", "fairness", "feedback", "incentives", "support", "growth")
SCORES = dict.fromkeys(ASKED, "4")
REMARK = "提成细则希望提前公布"
MASKED = "…"


def dump():
    """Read every column of every row of every table, rowids left out."""
    with db.bound().pool.connect() as connection:
        return {
            table.name: {tuple(map(repr, row)) for row in connection.execute(select(table))}
            for table in db.Base.metadata.sorted_tables
        }


def written(before):
    """Return the rows that are there now and were not before, or are otherwise."""
    return {name: rows - before[name] for name, rows in dump().items() if rows != before[name]}


@pytest.fixture
def address(company):
    """The address at which codes of the open survey are drawn."""
    with db.transaction() as session:
        by = identity_of(session, "zhao.min")
        key = diagnoses.open_survey(session, Plan(date(2025, 9, 30), "sales_revenue", "10000", []), by=by).key
    return f"/diagnoses/{key}/code"


@pytest.fixture
def drawn(address, at):
    """Draw a code by the page, as somebody."""

    def draw(username):
        visitor = at(username)
        headers = {"Idempotency-Key": f"key of {username}"}
        answer = visitor.client.post(address, data={"csrf_token": visitor.token()}, headers=headers)
        assert answer.status_code == 200
        found = re.search(r"data-code>([^<]+)<", answer.get_data(as_text=True))
        assert found
        return visitor, found[1]

    return draw


@pytest.fixture
def every_line(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def test_l002_30_two_people_leave_the_same_traces_in_every_table_and_log(drawn, every_line):
    traces = []
    for username in ("zhang.wei", "li.na"):
        visitor, code = drawn(username)
        visitor.reads("/survey")
        every_line.clear()
        before = dump()

        answer = visitor.client.post("/survey", data={"code": code, "remark": REMARK, **SCORES})

        rows = {name: len(rows) for name, rows in written(before).items()}
        lines = [record.getMessage().replace(code, MASKED) for record in every_line.records]
        traces.append((answer.status_code, rows, answer.headers.getlist("Set-Cookie"), lines))

    assert traces[0] == traces[1]
    assert traces[0][:3] == (303, {"diagnosis_ballot": 1}, [])


def test_l002_30_what_is_kept_tells_that_somebody_drew_and_not_which_sheet(address, drawn):
    before = dump()
    visitor, code = drawn("zhang.wei")
    visitor.client.post("/survey", data={"code": code, "remark": REMARK, **SCORES})
    with db.reading() as session:
        person = people.named(session, "zhang.wei")
        traits = {person.username, person.name, person.employee_id, str(person.key)}

    rows = written(before)
    sheet = repr(rows["diagnosis_ballot"])

    assert REMARK in sheet
    assert [trait for trait in traits if trait in sheet] == []
    assert len(rows["diagnosis_draw"]) == 1
    assert code.replace("-", "")[8:] not in repr(rows).replace("-", "")


def test_the_survey_shows_no_name(drawn, at):
    visitor, _ = drawn("zhang.wei")

    page = visitor.reads("/survey")
    again = at("zhang.wei").reads("/diagnoses")

    assert "Zhang Wei" not in page
    assert "I know my goals" in page
    assert "It was shown once" in again
    assert "我清楚自己的目标" in at("zhang.wei", "zh_CN").reads("/survey")


def test_a_refused_sheet_says_where_and_leaves_what_was_typed(drawn):
    visitor, code = drawn("zhang.wei")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}

    refused = visitor.client.post("/survey", data={"code": code, **SCORES, "growth": "9"}, headers=headers)
    taken = visitor.client.post("/survey", data={"code": code, **SCORES}, headers=headers)

    assert refused.status_code == 422
    assert "<html" not in refused.get_data(as_text=True)
    assert taken.headers["HX-Redirect"] == "/survey/thanks"
    assert "Thank you" in visitor.reads("/survey/thanks")


def test_l001_37_the_audit_is_read_when_it_is_published_and_its_money_by_hr_and_finance(address, at):
    audit = address.removesuffix("/code")
    at("zhang.wei").reads(audit, status=404)
    with db.transaction() as session:
        diagnosis = diagnoses.everyone(session)[0]
        diagnoses.close_survey(diagnosis)
        figures = audits.gathered(session, diagnosis)
        by = identity_of(session, "zhao.min")
        diagnoses.publish(session, diagnosis, figures, findings="激励满意度低", measures="提前公布", by=by)

    own, paid = at("zhang.wei").reads(audit), at("sun.lei").reads(audit)

    assert "激励满意度低" in own
    assert "Too few answered to say anything" in own
    assert "Incentive ROI" not in own
    assert "Incentive ROI –" in paid
    assert "Read the health audit" in at("li.na").reads("/diagnoses")
