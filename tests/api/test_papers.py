"""Papers over HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from pypdf import PdfReader
from rehearsed import Places

At = Callable[[str], Callable[[str], FlaskClient]]


def test_a_result_is_printed_for_its_appraisee_and_for_nobody_from_elsewhere(at: At, places: Places) -> None:
    people = at("signed")
    address = f"/api/reviews/{places.review}/result-sheet"

    paper = people("zhang.wei").get(address)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.data)).pages)

    assert (paper.status_code, paper.content_type) == (200, "application/pdf")
    assert "87.68" in text
    assert "张伟" in text
    assert people("zhang.wei").get(address, query_string={"version": "9"}).status_code == 404
    assert people("he.ping").get(address).status_code == 404
    assert people("chen.jing").get(address).status_code == 404


def test_the_commitment_letter_is_printed_for_the_line_and_for_finance(at: At, places: Places) -> None:
    people = at("signed")
    address = f"/api/reviews/{places.review}/commitment"

    answers = {name: people(name).get(address).status_code for name in ("zhang.wei", "li.na", "sun.lei", "chen.jing")}

    assert answers == {"zhang.wei": 200, "li.na": 200, "sun.lei": 200, "chen.jing": 404}
