"""The page of a review on which finance and audit say behind which indicators forbidden conduct was found."""

import re

import pytest

from engine import db
from engine.reviews.models import Veto

CONDUCT = "9 月 28 日买存款 200 万元,10 月 2 日转出"


@pytest.fixture
def page(company):
    """Where the vetoes of Zhang Wei's review are."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    with db.reading() as session:
        return f"/reviews/{company.review(session).key}/vetoes"


def test_l000_27_finance_lets_an_indicator_count_as_nothing_and_lifts_it_with_the_reason(page, at):
    finance = at("sun.lei")

    laid = finance.sends(page, indicator="sales_revenue", text=CONDUCT)
    told = at("zhang.wei").reads(page)
    with db.reading() as session:
        lifting = f"/vetoes/{session.query(Veto).one().key}/lifting"
    unsaid, lifted = finance.sends(lifting, reason=" "), finance.sends(lifting, reason="查明为客户自行转出")

    assert (laid.status_code, unsaid.status_code, lifted.status_code) == (200, 422, 200)
    assert CONDUCT in told
    assert "Counts as nothing" in told
    assert "查明为客户自行转出" in at("zhao.min").reads(page)


def test_l000_27_nobody_else_is_asked_for_one_or_can_lay_one(page, at):
    seen = {name: at(name).client.get(page).get_data(as_text=True) for name in ("sun.lei", "zhao.min", "li.na")}

    refused = at("zhao.min").sends(page, indicator="sales_revenue", text=CONDUCT)

    assert {name: 'name="indicator"' in text for name, text in seen.items()} == {
        "sun.lei": True,
        "zhao.min": False,
        "li.na": False,
    }
    assert refused.status_code == 403
    assert at("chen.jing").client.get(page).status_code == 404  # a rater from elsewhere


def test_the_review_leads_finance_there_and_its_appraisee_once_there_is_something(page, at):
    review = re.sub("/vetoes$", "", page)
    before = {name: page in at(name).client.get(review).get_data(as_text=True) for name in ("sun.lei", "zhang.wei")}

    at("sun.lei").sends(page, indicator="sales_revenue", text=CONDUCT)

    assert before == {"sun.lei": True, "zhang.wei": False}
    assert page in at("zhang.wei").client.get(review).get_data(as_text=True)
