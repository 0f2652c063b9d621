"""The page on which a rater declines or HR withdraws one who is gone, and the raters on the page of a review."""

from __future__ import annotations

import re

import pytest
from demonstration import Demonstration

from engine import db
from engine.reviews.organisation import people
from engine.reviews.rating import raters

PEOPLE = {"chen.jing": 200, "zhao.min": 200, "liu.yang": 404, "zhang.wei": 404, "li.na": 404}
"""Who asks for the page of chen.jing as a rater, and the answer."""


@pytest.fixture
def asked(company: Demonstration) -> Demonstration:
    """The demo company with all ratings asked for."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate(skipping=("zhang.wei", "li.na", "chen.jing", "liu.yang"))
    return company


def states(company: Demonstration) -> dict[str, str]:
    with db.reading() as session:
        named = raters.of_review(session, company.review(session), "cross")
        return {people.by_key(session, one.person_key).username: one.state.value for one in named}


def test_a_rater_declines_from_the_task_and_somebody_else_is_to_be_named(asked: Demonstration, at) -> None:
    rater = at("chen.jing")
    with db.reading() as session:
        task = asked.task(session, "cross_evaluation", "chen.jing").key
    page = rater.client.get(f"/tasks/{task}").get_data(as_text=True)
    (address,) = re.findall(r'href="(/raters/\d+/departure)"', page)

    silent = rater.sends(address, reason=" ")
    answer = rater.sends(address, reason="本季度没有与他共事")

    assert (silent.status_code, answer.status_code) == (422, 200)
    assert states(asked) == {"chen.jing": "declined", "liu.yang": "asked"}
    with db.reading() as session:
        replacing = asked.task(session, "replace_rater", "zhao.min").key
    assert "Name a replacement" in at("zhao.min").reads(f"/tasks/{replacing}")


def test_nobody_else_but_hr_reaches_the_page_of_a_rater(asked: Demonstration, at) -> None:
    with db.reading() as session:
        (rater, _) = raters.of_review(session, asked.review(session), "cross")

    statuses = {name: at(name).client.get(f"/raters/{rater.key}/departure").status_code for name in PEOPLE}

    assert statuses == PEOPLE


def test_only_hr_reads_on_the_page_of_a_review_who_rates_it(asked: Demonstration, at) -> None:
    with db.reading() as session:
        address = f"/reviews/{asked.review(session).key}"

    readers = ("zhao.min", "li.na", "zhang.wei")
    said = {name: "Chen Jing" in at(name).reads(address) for name in readers}

    assert said == {"zhao.min": True, "li.na": False, "zhang.wei": False}
