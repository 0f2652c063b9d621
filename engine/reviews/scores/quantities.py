"""Exact numbers as people write them: 480, 85%, 1:4.2, 100/3."""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction

from engine.reviews.sentences import Sentence, UnreadableError

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_LONGEST = 40
_PRINTED = Context(prec=34)
_ANY = Context(prec=400)
"""Holds whatever comes of numbers of the longest kind: nothing is rounded in it."""
_READABLE_PLACES = 6


class Notation(StrEnum):
    """How the values of an indicator are written; a value in another notation is refused, never guessed."""

    NUMBER = "number"
    """480"""
    PERCENT = "percent"
    """85%"""
    RATIO = "ratio"
    """1:4.2, four point two for each one"""
    COUNT = "count"
    """18, a whole number not below zero"""
    YES_NO = "yes-no"
    """yes or no, 是 or 否"""


_SHAPES = {
    Notation.NUMBER: re.compile(f"({_NUMBER})"),
    Notation.PERCENT: re.compile(f"({_NUMBER}) ?%"),
    Notation.RATIO: re.compile(rf"({_NUMBER}) ?: ?({_NUMBER})"),
    Notation.COUNT: re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)"),
    Notation.YES_NO: re.compile("(yes|no|是|否)"),
}
_EXAMPLES = {
    Notation.NUMBER: "480",
    Notation.PERCENT: "85%",
    Notation.RATIO: "1:4.2",
    Notation.COUNT: "18",
    Notation.YES_NO: "yes / 是",
}


def parse(text: str, notation: Notation) -> Fraction:
    """Read `text` exactly, full-width digits and signs included.

    Raises:
        UnreadableError: it is not written in `notation`, or divides by zero.
    """
    match = _SHAPES[notation].fullmatch(_plain(text))
    if match is None:
        raise UnreadableError(
            Sentence("'{text}' is not written like {example}", text=text, example=_EXAMPLES[notation])
        )
    if notation is Notation.YES_NO:
        return Fraction(match[1] in {"yes", "是"})
    first = Fraction(match[1].replace(",", ""))
    if notation is Notation.PERCENT:
        return first / 100
    if notation is not Notation.RATIO:
        return first
    if first == 0:
        raise UnreadableError(Sentence("'{text}' is a ratio to zero", text=text))
    return Fraction(match[2].replace(",", "")) / first


def weight(text: str) -> Fraction:
    """Read a weight: a decimal number, or a fraction such as 100/3 where no decimal is exact (E-24).

    Raises:
        UnreadableError: it is neither.
    """
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9}|/[1-9]\d{0,8})?", _plain(text)):
        raise UnreadableError(Sentence("'{text}' is no weight such as 30, 12.5 or 100/3", text=text))
    return Fraction(_plain(text))


def decimal(value: Fraction) -> Decimal:
    """Write a fraction as a decimal: exact where 34 digits can, else rounded to them for print."""
    quotient = _PRINTED.divide(Decimal(value.numerator), Decimal(value.denominator))
    return quotient.normalize(_PRINTED) if quotient else Decimal(0)


def plain(value: Fraction) -> str:
    """Write a fraction so that `weight` reads it back exactly: as a decimal where it is one, else as n/d."""
    printed = decimal(value)
    return f"{printed:f}" if Fraction(printed) == value else str(value)


def readable(value: Decimal) -> str:
    """Write a number with the decimals it has, six at most."""
    exponent = value.as_tuple().exponent
    is_long = isinstance(exponent, int) and exponent < -_READABLE_PLACES
    text = f"{rounded(Fraction(value), _READABLE_PLACES) if is_long else value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Fraction, places: int) -> Decimal:
    """Round half up (away from zero), once, to `places` (W-04, W-17)."""
    scaled = abs(value) * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    result = Decimal(whole).scaleb(-places, _ANY)
    return -result if value < 0 and whole else result


def _plain(text: str) -> str:
    plain_text = unicodedata.normalize("NFKC", text).strip()
    if len(plain_text) > _LONGEST:
        raise UnreadableError(Sentence("A number of {length} characters is too long to be one", length=len(plain_text)))
    return plain_text
