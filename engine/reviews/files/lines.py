"""Lines of a table that people made: numbered as their program numbers them, each cell with what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from engine.errors import Problem
from engine.reviews.sentences import Sentence

DAY: Final = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?(?: 00?:00(?::00)?)?")
UNPRINTABLE: Final = {**dict.fromkeys(range(32)), **dict.fromkeys(range(127, 160)), 0xFFFE: None, 0xFFFF: None}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds, and what is wrong with it as such."""

    text: str
    day: str = ""
    """The day that it is where it stands in a column of days: a program's number of a day, in ISO form."""
    problem: Problem | None = None


Lines = Iterator[tuple[int, Sequence[Cell]]]


def written(value: object) -> str:
    """Write what a cell holds as text: days in ISO form, whole numbers without a fraction, nothing unprintable."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).translate(UNPRINTABLE).strip()


def day(text: str) -> date | None:
    """Read a day as people and programs write it, full-width digits included; None where it is none."""
    match = DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def wrong(text: str, sentence: Sentence, code: str = "no-value") -> Cell:
    """Make a cell that cannot be read, with what it holds."""
    return Cell(text, problem=Problem(sentence, "", code))
