"""Cells: what is written in them, read as the value of a column."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from engine.reviews.organisation.rosters.sheets import Column, Kind
from engine.reviews.sentences import Sentence, UnreadableError

DAY = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?(?: 00:00(?::00)?)?")
UNPRINTABLE: Final = {**dict.fromkeys(range(32)), **dict.fromkeys(range(127, 160)), 0xFFFE: None, 0xFFFF: None}
LONGEST = 200
FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
"""The days that can be stored and counted from."""


def text(value: object) -> str:
    """Write what a cell holds as text: days in ISO form, whole numbers without a fraction, nothing unprintable."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).translate(UNPRINTABLE).strip()


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
    return _choice(column, written) if column.kind is Kind.CHOICE else written


def _day(written: str) -> str:
    match = DAY.fullmatch(written)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or not FIRST <= day <= LAST:
        raise UnreadableError(Sentence("{text} is not a day such as 2025-07-01", text=written))
    return day.isoformat()


def _choice(column: Column, written: str) -> str:
    for value, name in column.choices.items():
        if written.lower() in {value, name}:
            return str(value)
    known = ", ".join(f"{name} ({value})" for value, name in column.choices.items())
    raise UnreadableError(Sentence("{text} is not one of: {known}", text=written, known=known))
