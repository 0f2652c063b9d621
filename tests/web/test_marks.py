"""What sets reviews apart in the lists: answers, appeals, leave and transfers, each for whoever may know of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import calendars, db, identity
from engine.reviews import demo
from engine.reviews.cases import appeals
from engine.reviews.cycle import reviews
from engine.reviews.models import Appeal, LeaveKind
from engine.reviews.organisation import absences, people
from engine.reviews.organisation.rosters import imports


@pytest.fixture
def released(company):
    """The demo company with one result that is released."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.release()
    return company


@pytest.fixture
def on_leave(company):
    """The demo company, whose He Ping is on leave, for which HR has closed the review."""
    company.launch()
    with db.transaction() as session:
        by = identity.identity_of(session, demo.OFFICER)
        today = calendars.today(session)
        away = people.named(session, "he.ping")
        absences.enter_leave(session, away, LeaveKind.SICK, today, today + timedelta(days=90), by=by)
        reviews.close(session, company.review(session, "he.ping"), reason="in hospital", by=by)
    return company


def test_hr_finds_who_objected_and_who_appeals_in_the_list(released, at):
    released.interview("objected")
    with db.transaction() as session:
        said = {"grounds": "Two raters differ", "items": ["collaboration"], "remedy": "Rate it again"}
        by = identity.identity_of(session, "zhang.wei")
        appeals.lodge(session, released.review(session), **said, by=by)
        case = session.scalars(select(Appeal.key)).one()

    hr = at(demo.OFFICER)

    assert "Received with objection Appeal: Lodged" in hr.reads("/reviews")
    assert f'href="/appeals/{case}"' in hr.client.get("/reviews").get_data(as_text=True)
    assert "Appeal" not in at("chen.jing").reads("/reviews").split("Reviews", 3)[-1]


def test_hr_sees_who_is_on_leave_and_nobody_else_learns_why_a_review_is_closed(on_leave, at):
    with db.reading() as session:
        address = f"/reviews/{on_leave.review(session, 'he.ping').key}"

    hr, rater = at(demo.OFFICER), at("chen.jing")

    assert "in hospital On leave" in hr.reads("/reviews")
    assert "Zhao Min: in hospital" in hr.reads(address)
    for page in (rater.reads("/reviews"), rater.reads(address)):
        assert "He Ping" in page
        assert "hospital" not in page
        assert "On leave" not in page


def test_hr_sees_who_was_transferred_since_the_launch(company, at):
    company.launch()
    with db.transaction() as session:
        content = "employee_id,department,post,valid_from\nS005,product,产品经理,2025-09-22\n".encode()
        imports.enter(session, "placements.csv", content, by=identity.identity_of(session, demo.OFFICER))

    page = at(demo.OFFICER).reads("/reviews")

    assert "Xu Lan 2025 Q3 Running Transferred" in page
    assert page.count("Transferred") == 1
