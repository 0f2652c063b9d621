"""HR's pages of changes in the middle of a cycle."""

from __future__ import annotations

from datetime import date

import pytest

from engine import db, identity
from engine.reviews.models import CycleChange
from engine.reviews.organisation import lines, people


@pytest.fixture
def moved(company):
    """The address of the launched cycle; Zhang Wei has had another superior since."""
    company.launch()
    with db.transaction() as session:
        pair = people.named(session, "zhang.wei"), people.named(session, "he.ping")
        lines.assign(session, *pair, valid_from=date(2025, 9, 22), by=identity.identity_of(session, "zhao.min"))
        return f"/cycles/{company.cycle(session).key}"


def key_of(username):
    with db.reading() as session:
        return people.named(session, username).key


def newest():
    with db.reading() as session:
        return session.query(CycleChange).one().key


def entered(visitor, moved, **others):
    fields = {"kind": "superior", "people": key_of("zhang.wei"), "effective_on": "2025-09-22", "reason": "转岗"}
    return visitor.sends(f"{moved}/changes/new", **{**fields, **others})


def test_a_difference_leads_to_the_change_which_shows_its_effects_and_its_first_task(at, moved):
    hr = at("zhao.min")

    differs = hr.reads(f"{moved}/differences")
    answer = entered(hr, moved)
    page = hr.reads(f"/changes/{newest()}")

    assert "Enter a change" in differs
    assert answer.status_code < 400
    assert "Li Na → He Ping" in page
    assert "To be decided" in page
    assert "Decide" in page
    assert "To be decided" in hr.reads(f"{moved}/changes")
    assert "To be decided" in hr.reads(f"{moved}/differences")


def test_what_is_missing_is_refused_and_nothing_is_entered(at, moved):
    refused = entered(at("zhao.min"), moved, reason=" ")

    assert refused.status_code == 422
    with db.reading() as session:
        assert session.query(CycleChange).count() == 0


def test_what_no_page_offers_is_refused_with_a_sentence(at, moved):
    hr = at("zhao.min")

    assert entered(hr, moved, kind="wedding").status_code == 422
    assert hr.sends(f"{moved}/changes/policy", choice="forget").status_code == 422
    assert "Factor" not in hr.reads(f"{moved}/changes/new?kind=wedding")


def test_other_targets_are_entered_by_indicator(at, moved):
    hr = at("zhao.min")

    form = hr.reads(f"{moved}/changes/new?kind=targets")
    entered(hr, moved, kind="targets", effective_on="2025-09-01", **{"target_of:sales_revenue": "400", "factor": ""})

    assert "Or other targets in place of a factor" in form
    with db.reading() as session:
        assert session.query(CycleChange).one().details["values"] == {"sales_revenue": "400"}


def test_hr_chooses_what_becomes_of_changes_that_nobody_decides(at, moved):
    hr = at("zhao.min")

    hr.sends(f"{moved}/changes/policy", choice="hand-over")

    assert "The policy is chosen" in hr.reads(f"{moved}/changes")


def test_the_pages_are_hrs_and_a_reviews_changes_are_for_those_close_to_it(at, company, moved):
    entered(at("zhao.min"), moved)
    with db.reading() as session:
        review = company.review(session).key

    for page in (f"{moved}/changes", f"{moved}/changes/new", f"/changes/{newest()}"):
        at("zhang.wei").reads(page, status=404)
    assert "Nothing was changed" in at("zhang.wei").reads(f"/reviews/{review}/changes")
    at("song.qi").reads(f"/reviews/{review}/changes", status=404)
