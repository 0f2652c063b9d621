"""The page on which somebody takes a case file."""

from __future__ import annotations

import json

import pytest

from engine import db
from engine.reviews.case_files import verification


@pytest.fixture
def review(company):
    """The key of Zhang Wei's review with a released result."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.release()
    with db.reading() as session:
        return company.review(session).key


def test_the_appraisee_takes_the_own_file_and_hr_sees_it(review, at):
    page = f"/case-files/review/{review}"
    appraisee = at("zhang.wei")
    before = appraisee.reads(page)

    taken = appraisee.sends(page, form="json")

    assert "Nobody yet" in before
    assert json.loads(taken.data)["of"] == "review"
    with db.reading() as session:
        assert list(verification.verify(session, taken.data)) == []
    assert "张伟 · JSON" in at("zhao.min", "zh_CN").reads(page)


def test_hr_comes_to_it_from_the_review(review, at):
    assert f"/case-files/review/{review}" in at("zhao.min").client.get(f"/reviews/{review}").text


def test_a_reason_of_somebody_who_may_not_open_ratings_is_refused_with_a_sentence(review, at):
    refused = at("zhao.min").sends(f"/case-files/review/{review}", form="pdf", reason="neugierig")

    assert refused.status_code == 403
    assert "auditors" in refused.text


def test_whoever_has_no_part_in_it_finds_none(review, at):
    assert at("he.ping").client.get(f"/case-files/review/{review}").status_code == 404
