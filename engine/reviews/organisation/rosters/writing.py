"""Rosters as files: the organisation taken out, and the wrong rows of an import to mend."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy.orm import Session

from engine.errors import Forbidden, Problem
from engine.identity import Identity
from engine.reviews.files.workbooks import Table, csv_text, xlsx
from engine.reviews.models import Role
from engine.reviews.organisation import people
from engine.reviews.organisation.rosters import state
from engine.reviews.organisation.rosters.files import Row
from engine.reviews.organisation.rosters.sheets import REMARK, SHEETS, Column, Record, Sheet
from engine.reviews.sentences import Sentence


def workbook(session: Session, *, by: Identity, sensitive: bool = False, chinese: bool = True) -> bytes:
    """Write the organisation as an XLSX workbook; leave and protection are in it only where they are asked for.

    Raises:
        Forbidden: `by` is not HR.
    """
    return xlsx(_tables(session, by, sensitive=sensitive, chinese=chinese))


def csv_files(session: Session, *, by: Identity, sensitive: bool = False, chinese: bool = True) -> bytes:
    """Write the organisation as a ZIP file of CSV files, in UTF-8 as spreadsheet programs read it.

    Raises:
        Forbidden: `by` is not HR.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for title, headings, rows in _tables(session, by, sensitive=sensitive, chinese=chinese):
            archive.writestr(f"{title}.csv", csv_text(headings, rows))
    return packed.getvalue()


def to_mend(rows: Iterable[Row], say: Callable[[Problem], str] = str) -> bytes:
    """Write the wrong rows of an import as a workbook, each with what is wrong with it in a last column.

    `say` says it in the reader's language.
    """
    tables: dict[str, tuple[Sheet, list[list[str]]]] = {}
    for row in rows:
        _, lines = tables.setdefault(row.title, (row.sheet, []))
        said = "; ".join(say(problem) for problem in row.problems)
        lines.append([*(row.written.get(column.name, "") for column in row.sheet.columns), said])
    return xlsx((title, [*_headings(sheet, chinese=True), REMARK], lines) for title, (sheet, lines) in tables.items())


def _tables(session: Session, by: Identity, *, sensitive: bool, chinese: bool) -> list[Table]:
    people.expect_role(by, Role.HR, Sentence("export the organisation"))
    if sensitive and Role.HR not in by.groups:
        raise Forbidden(
            "Expected to export leave and protection, but {username} is not in {role}",
            username=by.username,
            role=Role.HR,
        )
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
