"""The second arithmetic comes to the totals that the requirements work out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from simulation import rulebook

TARGETS = {"sales_revenue": "500", "new_customers": "20", "renewal_rate": "85%", "timely_payment": "95%"}
ACTUALS = {"sales_revenue": "480", "new_customers": "18", "renewal_rate": "88%", "timely_payment": "92%"}
RATED = ("customer_satisfaction", "collaboration", "strategy_execution", "innovation_adopted")
"""W-03: the ratings that the document's scores imply."""


@pytest.mark.parametrize(("leads", "total"), [("0", "84.18"), ("50", "87.68"), ("84", "90.06"), ("100", "91.18")])
def test_w04_a_sixth_indicator_decides_the_grade(leads: str, total: str) -> None:
    book = rulebook.load()["sales"]
    targets = {**TARGETS, "marketing_roi": "1:5", "lead_conversion": "100"}
    actuals = {**ACTUALS, "marketing_roi": "1:4.2", "lead_conversion": leads}
    ratings = {("superior", "li.na"): dict(zip(RATED, ("4", "4.5", "4.5", "3"), strict=True))}

    found = rulebook.hundredths(rulebook.total(book, "sales", targets, actuals, ratings))

    assert found == Fraction(total)


@pytest.mark.parametrize(
    ("exact", "rounded", "grade"),
    [("89.995", "90", "优秀"), ("84.125", "84.13", "良好"), ("79.995", "80", "良好"), ("69.994", "69.99", "待改进")],
)
def test_w05_w17_half_is_rounded_up_and_then_graded(exact: str, rounded: str, grade: str) -> None:
    found = rulebook.hundredths(Fraction(exact))

    assert found == Fraction(rounded)
    assert rulebook.grade(found) == grade


def test_w05_an_absent_group_leaves_its_weight_to_the_others() -> None:
    book = rulebook.load()[""]
    measured = {"response_time": "4", "delivery_on_time": "95%", "customer_referrals": "5"}
    given = {
        ("self", "ann"): {"professionalism": "5", "compliance": "5", "collaboration_response": "5"},
        ("superior", "bob"): {"professionalism": "4", "compliance": "4", "collaboration_response": "4"},
    }

    found = rulebook.total(book, "technical", measured, measured, given)

    blended = Fraction(5 * 20 + 4 * 60, 80) / 5  # of the highest rating
    assert found == 30 + 50 * blended + 20 * blended
