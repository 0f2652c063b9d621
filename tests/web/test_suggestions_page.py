"""The suggestion box, looked at as an auditor would who has every table and every log line (L001-36, record 0023)."""

from __future__ import annotations

import logging
import re

import pytest
from sqlalchemy import select

from engine import db
from engine.reviews.feedback import suggestions
from engine.reviews.organisation import people

SAID = "提成规则希望按季公布"
MASKED = "…"


def dump() -> dict[str, set[tuple[str, ...]]]:
    """Read every column of every row of every table, rowids left out."""
    with db.bound().pool.connect() as connection:
        return {
            table.name: {tuple(map(repr, row)) for row in connection.execute(select(table))}
            for table in db.Base.metadata.sorted_tables
        }


def written(before: dict[str, set[tuple[str, ...]]]) -> dict[str, set[tuple[str, ...]]]:
    """Return the rows that are there now and were not before, or are otherwise."""
    return {name: rows - before[name] for name, rows in dump().items() if rows != before[name]}


def post(client):
    """Put a suggestion into the box by the page and return its code and what the browser was told to keep."""
    answer = client.post("/suggestions", data={"text": SAID}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 200
    code = re.search(r"data-code>([^<]+)<", answer.get_data(as_text=True))
    assert code
    return code[1], answer.headers.getlist("Set-Cookie")


@pytest.fixture
def every_line(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def test_l001_36_two_authors_leave_the_same_traces_in_every_table_and_log(company, at, every_line):
    traces = []
    for author in (at("zhang.wei"), at("li.na")):
        author.reads("/reviews")
        author.reads("/suggestions")
        every_line.clear()
        before = dump()

        code, cookies = post(author.client)

        rows = {name: [len(row) for row in rows] for name, rows in written(before).items()}
        (slip,) = written(before)["suggestion_slip"]
        columns = ["key", "text", "locator", "salt", "digest"]
        content = {name: value for name, value in zip(columns, slip, strict=True) if name == "text"}
        lines = [record.getMessage().replace(code, MASKED) for record in every_line.records]
        traces.append((rows, content, cookies, lines))

    assert traces[0] == traces[1]
    assert traces[0][0] == {"suggestion_slip": [5]}
    assert traces[0][2] == []


def test_l001_36_nothing_that_follows_names_the_author(company, at, every_line):
    author = at("zhang.wei")
    before = dump()
    code, _ = post(author.client)
    author.client.post("/suggestions/read", data={"code": code})
    with db.transaction() as session:
        suggestions.collect(session)
    author.client.post("/suggestions/replies", data={"code": code, "text": "谢谢"})
    with db.reading() as session:
        person = people.named(session, "zhang.wei")
        traits = {person.username, person.name, person.name_en, person.employee_id, str(person.key)}

    everything = repr(written(before)) + "\n".join(record.getMessage() for record in every_line.records)

    assert SAID in everything
    assert [trait for trait in traits if trait in everything] == []
    assert code.replace("-", "")[8:] not in everything.replace("-", "")


def test_who_is_not_logged_in_writes_and_reads_as_anybody_does(company, client):
    code, _ = post(client)

    page = client.post("/suggestions/read", data={"code": code}).get_data(as_text=True)

    assert SAID in page
    assert code not in client.get("/suggestions").get_data(as_text=True)
    assert client.post("/suggestions/read", data={"code": "AAAA"}).status_code == 404


def test_the_page_shows_no_name_of_who_reads_it(company, at):
    assert "Zhang Wei" in at("zhang.wei").reads("/reviews")
    assert "Zhang Wei" not in at("zhang.wei").reads("/suggestions")
    assert "建议箱" in at("zhang.wei", "zh_CN").reads("/suggestions")


def test_what_was_typed_and_could_not_be_taken_is_on_the_page_that_says_so(company, client):
    written = f"{SAID}。" * suggestions.LONGEST

    page = client.post("/suggestions", data={"text": written})

    assert page.status_code == 422
    assert written in page.get_data(as_text=True)
