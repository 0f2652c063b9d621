"""Tests of engine.reviews.scores.quantities: numbers as people write them, exactly."""

from fractions import Fraction

import pytest

from engine.reviews.scores.quantities import Notation, parse, plain, weight


@pytest.mark.parametrize(
    ("text", "notation", "value"),
    [
        ("480", Notation.NUMBER, "480"),
        ("1,200.5", Notation.NUMBER, "1200.5"),
        ("-10", Notation.NUMBER, "-10"),
        ("85%", Notation.PERCENT, "0.85"),
        ("８５％", Notation.PERCENT, "0.85"),
        ("103.5 %", Notation.PERCENT, "1.035"),
        ("1:4.2", Notation.RATIO, "4.2"),
        ("1：5", Notation.RATIO, "5"),
        ("3:1", Notation.RATIO, "1/3"),
    ],
)
def test_numbers_percentages_and_ratios_are_read_exactly(text, notation, value):
    assert parse(text, notation) == Fraction(value)


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("85", Notation.PERCENT),
        ("85%", Notation.NUMBER),
        ("480万元", Notation.NUMBER),
        ("12,00", Notation.NUMBER),
        ("1e9", Notation.NUMBER),
        ("", Notation.NUMBER),
        ("0:5", Notation.RATIO),
        ("9" * 50, Notation.NUMBER),
    ],
)
def test_another_notation_is_refused_never_guessed(text, notation):
    with pytest.raises(ValueError, match=r"."):
        parse(text, notation)


@pytest.mark.parametrize("text", ["30", "12.5", "100/3"])
def test_weights_are_written_so_that_they_read_back_exactly(text):
    assert plain(weight(text)) == text


@pytest.mark.parametrize("text", ["-5", "1/0", "a", "33.33.33"])
def test_what_is_no_weight_is_refused(text):
    with pytest.raises(ValueError, match="no weight"):
        weight(text)
