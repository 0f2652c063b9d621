"""Cells: what is written in them, read as the value of a column."""

from __future__ import annotations

import unicodedata
from datetime import date

from engine.reviews.files import lines
from engine.reviews.organisation.rosters.sheets import Column, Kind
from engine.reviews.sentences import Sentence, UnreadableError

LONGEST = 200
FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
"""The days that can be stored and counted from."""


def read(column: Column, written: str) -> str:
    """Read what is written in a cell.

    Raises:
        UnreadableError: it is no value of the column.
    """
    if not written:
        if column.required:
            raise UnreadableError(Sentence("It must not be empty"))
        return ""
    if len(written) > LONGEST:
        raise UnreadableError(Sentence("It has more than {most} characters", most=LONGEST))
    if column.kind is Kind.DAY:
        return _day(written)
    if column.kind in {Kind.CODE, Kind.REFERENCE}:
        return unicodedata.normalize("NFKC", written)  # Ｅ００１ is E001, and nobody else
    return _choice(column, written) if column.kind is Kind.CHOICE else written


def _day(written: str) -> str:
    day = lines.day(written)
    if day is None or not FIRST <= day <= LAST:
        raise UnreadableError(Sentence("{text} is not a day such as 2025-07-01", text=written))
    return day.isoformat()


def _choice(column: Column, written: str) -> str:
    for value, name in column.choices.items():
        if written.lower() in {value, name}:
            return str(value)
    known = ", ".join(f"{name} ({value})" for value, name in column.choices.items())
    raise UnreadableError(Sentence("{text} is not one of: {known}", text=written, known=known))
