"""The decision table from total to grade: half-open bands that leave no gap (W-17)."""

from decimal import Decimal
from fractions import Fraction

import pytest

from engine import dmn
from engine.reviews.scores.quantities import rounded
from engine.settings import ROOT


@pytest.mark.parametrize(
    ("exact", "grade"), [("89.995", "优秀"), ("89.994999", "良好"), ("79.995", "良好"), ("69.994", "待改进")]
)
def test_e29_w17_a_total_is_rounded_half_up_and_then_banded(bands, exact, grade):
    assert bands.evaluate({"total": rounded(Fraction(exact), 2)}).output == grade


@pytest.fixture(scope="module")
def bands():
    """The shipped decision."""
    path = ROOT / "processes" / "evaluation" / "grade-bands.dmn"
    (decision,) = dmn.compile_dmn(path.read_bytes(), path.name)
    return decision


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("101.5", "优秀"),
        ("90.00", "优秀"),
        ("89.99", "良好"),
        ("89.01", "良好"),
        ("80.00", "良好"),
        ("79.99", "合格"),
        ("70.00", "合格"),
        ("69.99", "待改进"),
        ("0", "待改进"),
    ],
)
def test_a_total_has_the_grade_of_the_band_whose_lower_bound_it_reaches(bands, total, grade):
    assert bands.evaluate({"total": Decimal(total)}).output == grade
