"""Tables as files for spreadsheet programs: XLSX workbooks and CSV, where text is never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | Decimal | int | None
"""Text, an exact number, or nothing."""

Table = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]
"""A title, its headings, its rows."""

QUOTED = ("=", "+", "-", "@", "\t", "\r", "'", "＝", "＋", "－", "＠")
"""What a program would take for a formula at the beginning of a CSV's cell, and our own mark against it."""

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By which spreadsheet programs know UTF-8."""


def xlsx(tables: Iterable[Table]) -> bytes:
    """Write tables as the sheets of a workbook: numbers with all their digits, everything else as text."""
    book = Workbook(write_only=True)
    for title, headings, rows in tables:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for place, heading in enumerate(headings, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = 12 + len(heading)
        sheet.append([_cell(sheet, heading, Font(bold=True)) for heading in headings])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a table as CSV in UTF-8, as spreadsheet programs read it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headings, *([_plain(value) for value in row] for row in rows)])
    return (BOM + text.getvalue()).encode()


def quoted(value: str) -> str:
    """Mark a text that a program would take for a formula, as OWASP advises; an import takes the mark away."""
    return f"'{value}" if value.startswith(QUOTED) else value


def _plain(value: Cell) -> str:
    return quoted(value) if isinstance(value, str) else "" if value is None else f"{value:f}"


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _cell(sheet: Any, value: Cell, font: Font | None = None) -> Any:
    """Make a cell: text is text whatever it begins with, and has no characters that XML cannot hold."""
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)
    cell = WriteOnlyCell(sheet, f"{value:f}" if isinstance(value, Decimal) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    if isinstance(value, Decimal):  # written as text, because openpyxl would make a float of it: 87.68000000000001
        cell.data_type = "n"
        cell.number_format = "0." + "0" * places if (places := _places(value)) else "0"
    if font:
        cell.font = font
    return cell
