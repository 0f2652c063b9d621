"""How figures read on sheets: exact ones as equal, rounded ones with their places (W-04)."""

from decimal import Decimal
from fractions import Fraction

import pytest

from engine.reviews.scores import workings
from engine.reviews.scores.figures import Figure, entered
from engine.reviews.scores.quantities import Notation, parse, readable, rounded


def total_of(exact):
    """The total that rounds a number, as it is stored."""
    rests_on = Figure(
        name="total_exact", exact=Fraction(exact), formula="sales", inputs=(entered("sales", Fraction(exact)),)
    )
    printed = rounded(Fraction(exact), 2)
    figure = Figure(name="total", exact=Fraction(printed), formula="round half up(total_exact, 2)", inputs=(rests_on,))
    return figure.to_json()


@pytest.mark.parametrize(
    ("exact", "printed"), [("84", "84.00"), ("84.179009", "84.18"), ("253/3", "84.33"), ("89.995", "90.00")]
)
def test_w04_a_rounded_total_is_what_rounding_gives_and_has_its_places(exact, printed):
    total = total_of(exact)

    assert (workings.value(total), workings.sign(total)) == (printed, "=")


def test_w17_where_digits_that_are_not_printed_decide_the_rounding_the_sheet_says_so():
    total = total_of("84.12499999")

    assert workings.with_numbers(total, english=True) == "rounded half up (84.125, 2)"
    assert (workings.value(total), workings.sign(total)) == ("84.12", "≈")


def test_weights_are_stored_in_digits_and_never_with_an_exponent():
    assert entered("weight", Fraction(30)).to_json()["value"] == "30"


def test_the_longest_numbers_are_rounded_for_print():
    value = parse("7" * 39, Notation.NUMBER)

    assert str(rounded(value / 7, 2)) == "1" * 39 + ".00"
    assert readable(Decimal("0.0000005")) == "0.000001"
