"""Rosters as files: the organisation taken out, and the wrong rows of an import to mend."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy.orm import Session

from engine.errors import Forbidden
from engine.identity import Identity
from engine.reviews import people
from engine.reviews.models import Role
from engine.reviews.rosters import state
from engine.reviews.rosters.files import QUOTED, Row
from engine.reviews.rosters.sheets import REMARK, SHEETS, Column, Record, Sheet

Table = tuple[str, Sequence[str], Iterable[Sequence[str]]]
"""A title, its headings, its rows."""

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By which spreadsheet programs know UTF-8."""


def workbook(session: Session, *, by: Identity, sensitive: bool = False, chinese: bool = True) -> bytes:
    """Write the organisation as an XLSX workbook; leave and protection are in it only where they are asked for.

    Raises:
        Forbidden: `by` is not HR.
    """
    return _xlsx(_tables(session, by, sensitive=sensitive, chinese=chinese))


def csv_files(session: Session, *, by: Identity, sensitive: bool = False, chinese: bool = True) -> bytes:
    """Write the organisation as a ZIP file of CSV files, in UTF-8 as spreadsheet programs read it.

    Raises:
        Forbidden: `by` is not HR.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for title, headings, rows in _tables(session, by, sensitive=sensitive, chinese=chinese):
            text = io.StringIO(newline="")
            csv.writer(text).writerows([headings, *([quoted(value) for value in row] for row in rows)])
            archive.writestr(f"{title}.csv", BOM + text.getvalue())
    return packed.getvalue()


def to_mend(rows: Iterable[Row]) -> bytes:
    """Write the wrong rows of an import as a workbook, each with what is wrong with it in a last column."""
    tables: dict[str, tuple[Sheet, list[list[str]]]] = {}
    for row in rows:
        _, lines = tables.setdefault(row.title, (row.sheet, []))
        said = "; ".join(str(problem) for problem in row.problems)
        lines.append([*(row.written.get(column.name, "") for column in row.sheet.columns), said])
    return _xlsx((title, [*_headings(sheet, chinese=True), REMARK], lines) for title, (sheet, lines) in tables.items())


def quoted(value: str) -> str:
    """Mark a text that a program would take for a formula, as OWASP advises; an import takes the mark away."""
    return f"'{value}" if value.startswith(QUOTED) else value


def _tables(session: Session, by: Identity, *, sensitive: bool, chinese: bool) -> list[Table]:
    people.expect_role(by, Role.HR, "export the organisation")
    if sensitive and Role.HR not in by.groups:
        raise Forbidden(f"Expected to export leave and protection, but {by.username} is not in {Role.HR}")
    held = state.load(session)
    return [
        (
            sheet.title if chinese else sheet.name,
            _headings(sheet, chinese=chinese),
            [_line(sheet, record, chinese=chinese) for _, record in sorted(held.records[sheet.name].items())],
        )
        for sheet in SHEETS
        if sensitive or not sheet.sensitive
    ]


def _headings(sheet: Sheet, *, chinese: bool) -> list[str]:
    return [column.heading if chinese else column.name for column in sheet.columns]


def _line(sheet: Sheet, record: Record, *, chinese: bool) -> list[str]:
    return [_shown(column, record, chinese=chinese) for column in sheet.columns]


def _shown(column: Column, record: Mapping[str, str], *, chinese: bool) -> str:
    value = record[column.name]
    return column.choices.get(value, value) if chinese else value


def _xlsx(tables: Iterable[Table]) -> bytes:
    book = Workbook(write_only=True)
    for title, headings, rows in tables:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for place, heading in enumerate(headings, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = 12 + len(heading)
        sheet.append([_text(sheet, heading, Font(bold=True)) for heading in headings])
        for row in rows:
            sheet.append([_text(sheet, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _text(sheet: Any, value: str, font: Font | None = None) -> Any:
    """Make a cell that is text whatever it begins with, never a formula."""
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    if font:
        cell.font = font
    return cell
