"""CSV as people's programs write it: in which encoding, with which separators, read line by line."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

from engine.errors import Invalid
from engine.reviews.files.lines import Cell, Lines, written
from engine.reviews.files.workbooks import BOM, QUOTED

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How the text begins that a spreadsheet program calls Unicode."""

SEPARATORS = ",;\t，；"
"""What may stand between cells; which one does is told by the first line that holds anything."""

LONGEST, MOST_COLUMNS = 10_000, 40
"""The most characters of a first line and the most columns that are looked at."""

EPOCH = date(1899, 12, 30)
"""The day before the first that spreadsheet programs number, as they count a 29 February 1900."""
EARLIEST, LATEST = date(1900, 3, 1), date(2200, 12, 31)
"""The days whose numbers are sure."""


def lines(content: bytes) -> Lines:
    """Read the lines of a CSV file that hold something.

    Raises:
        Invalid: it is in no readable encoding.
        csv.Error: its quotation marks do not fit.
    """
    text = decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    for number, line in enumerate(reader, start=1):
        found = [_cell(value) for value in line[:MOST_COLUMNS]]
        if any(cell.text for cell in found):
            yield number, found


def decoded(content: bytes) -> str:
    """Read a file's text: UTF-8, GB 18030 as Chinese programs write it, or UTF-16 that says so.

    Raises:
        Invalid: it is none of them.
    """
    encodings = ("utf-16",) if content.startswith(UTF_16) else ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding).removeprefix(BOM)
        except UnicodeDecodeError:
            continue
    raise Invalid("Expected to read a CSV file, but it is neither UTF-8 nor GB 18030")


def day_numbered(text: str) -> str:
    """Return the day that a spreadsheet program numbers so, in ISO form; nothing where it is no such number."""
    if not (text.isdecimal() and len(text) == len("45663")):
        return ""
    day = EPOCH + timedelta(days=int(text))
    return day.isoformat() if EARLIEST <= day <= LATEST else ""


def unquoted(value: str) -> str:
    """Take the mark away with which an export keeps programs from taking a text for a formula."""
    return value[1:] if value.startswith("'") and value[1:].startswith(QUOTED) else value


def _cell(value: str) -> Cell:
    text = unquoted(written(value))
    return Cell(text, day_numbered(text))


def _separator(text: str) -> str:
    first = next((line for line in text[:LONGEST].splitlines() if line.strip(SEPARATORS + " ")), "")
    return max(SEPARATORS, key=first.count)
