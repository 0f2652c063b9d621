"""Files of a roster: an XLSX workbook, one CSV file, or a ZIP file of them, read row by row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from openpyxl.utils import get_column_letter

from engine.errors import Invalid, Problem
from engine.reviews.files import delimited, worksheets
from engine.reviews.files.lines import Cell
from engine.reviews.files.worksheets import Worksheet
from engine.reviews.organisation.rosters import cells
from engine.reviews.organisation.rosters.sheets import REMARK, SHEETS, Kind, Record, Sheet, titled
from engine.reviews.sentences import Sentence, UnreadableError

LARGEST = 5_000_000
"""The most bytes of a file."""
MOST_ROWS = 20_000
"""The most rows of a sheet that hold something."""


@dataclass(slots=True)
class Row:
    """One row of a file, as far as it can be read."""

    sheet: Sheet
    title: str
    """What the sheet is called in the file."""
    number: int
    written: Record
    """What its cells hold, by column."""
    letters: dict[str, str]
    """The letter of each column in the file."""
    record: Record = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def where(self, column: str = "") -> str:
        """Say where it stands, as spreadsheets do: `people!B7`."""
        return f"{self.title}!{self.letters.get(column, '')}{self.number}"

    def refuse(self, sentence: Sentence, code: str, column: str = "") -> None:
        """Say what is wrong with it."""
        self.problems.append(Problem(sentence, self.where(column), code))


def read(name: str, content: bytes) -> list[Row]:
    """Read the rows of a file; what is wrong with a row is kept with it.

    Raises:
        Invalid: the file is too large, broken, or not laid out as a roster: sheets or columns unknown or missing,
            headings merged; whatever else is wrong is named with it.
    """
    if len(content) > LARGEST:
        raise Invalid(
            "Expected to read a file of at most {largest} bytes, but it has {count}",
            largest=LARGEST,
            count=len(content),
        )
    rows: list[Row] = []
    problems: list[Problem] = []
    for sheet, worksheet in _sheets(name, content, problems):
        try:
            rows += _rows(sheet, worksheet, problems)
        except csv.Error as error:
            raise Invalid(
                "Expected to read {title}, but it is broken: {error}", title=worksheet.title, error=str(error)
            ) from error
    if problems:
        problems += [problem for row in rows for problem in row.problems]
        raise Invalid("Expected to read {name}, but it is not laid out as a roster", problems, name=name)
    return rows


def is_roster(name: str, content: bytes) -> bool:
    """Tell whether a file is a ZIP file, a workbook with one of the sheets, or a CSV file with the columns of one."""
    if worksheets.is_workbook(content):
        return any(titled(sheet.title) for sheet in worksheets.sheets(name, content))
    return content.startswith(worksheets.ZIP) or _recognised(name, content) is not None


def _sheets(name: str, content: bytes, problems: list[Problem]) -> Iterator[tuple[Sheet, Worksheet]]:
    if not content.startswith(worksheets.ZIP):
        yield _csv_sheet(name, content)
        return
    try:
        if worksheets.is_workbook(content):
            yield from _workbook_sheets(name, content, problems)
            return
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            worksheets.expect_small(name, archive)
            for part in archive.namelist():
                if part.lower().endswith(".csv"):
                    yield _csv_sheet(part, archive.read(part))
    except worksheets.BROKEN as error:
        raise Invalid("Expected to read {name}, but it is broken: {error}", name=name, error=str(error)) from error


def _workbook_sheets(name: str, content: bytes, problems: list[Problem]) -> Iterator[tuple[Sheet, Worksheet]]:
    for worksheet in worksheets.sheets(name, content):
        sheet = titled(worksheet.title)
        if sheet is None:
            known = ", ".join(f"{sheet.title} ({sheet.name})" for sheet in SHEETS)
            sentence = Sentence("There is no sheet {title}; there are: {known}", title=worksheet.title, known=known)
            problems.append(Problem(sentence, worksheet.title, "unknown-sheet"))
        else:
            yield sheet, worksheet


def _csv_sheet(name: str, content: bytes) -> tuple[Sheet, Worksheet]:
    sheet = _recognised(name, content)
    if sheet is None:
        raise Invalid(
            "Expected to read {name}, but neither its name nor its columns are those of a sheet of a roster", name=name
        )
    return sheet, Worksheet(PurePosixPath(name).stem, (), delimited.lines(content))


def _recognised(name: str, content: bytes) -> Sheet | None:
    """Find the sheet that a CSV file holds, by its name or else by its columns."""
    by_name = titled(PurePosixPath(name).stem)
    if by_name is not None:
        return by_name
    try:
        _, first = next(delimited.lines(content), (0, ()))
    except (csv.Error, Invalid):
        return None
    headings = {cell.text.lower() for cell in first} - {"", REMARK}
    fitting = [sheet for sheet in SHEETS if _fits(sheet, headings)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(sheet: Sheet, headings: set[str]) -> bool:
    known = frozenset().union(*(column.headings for column in sheet.columns))
    return headings <= known and all(column.headings & headings for column in sheet.columns if column.required)


def _rows(sheet: Sheet, worksheet: Worksheet, problems: list[Problem]) -> list[Row]:
    heading = next(worksheet.lines, None)
    if heading is None:
        return []
    title = worksheet.title
    places = _places(title, sheet, heading, problems)
    if not all(column.name in places for column in sheet.columns if column.required):
        return []  # each of its rows would be wrong for that alone
    letters = {name: get_column_letter(place + 1) for name, place in places.items()}
    rows: list[Row] = []
    for number, found in worksheet.lines:
        if len(rows) == MOST_ROWS:
            raise Invalid(
                "Expected to read {title}, but it has more than {most_rows} rows", title=title, most_rows=MOST_ROWS
            )
        rows.append(_row(Row(sheet, title, number, {}, letters), places, found))
    problems += _refuse_merged(worksheet, rows, heading[0])
    return rows


def _refuse_merged(worksheet: Worksheet, rows: Sequence[Row], heading: int) -> Iterator[Problem]:
    """Refuse the rows that share cells; where the heading does, nobody knows which columns there are."""
    for merged in worksheet.merged:
        problem = replace(merged.problem, where=f"{worksheet.title}!{merged.cells}")
        if heading in merged.rows:
            yield problem
        for row in rows:
            if row.number in merged.rows:
                others = [one for one in row.problems if not merged.cover(one.where.rpartition("!")[2])]
                row.problems[:] = [problem, *others]


def _places(title: str, sheet: Sheet, heading: tuple[int, Sequence[Cell]], problems: list[Problem]) -> dict[str, int]:
    """Find the column of each place in the heading, and say which are unknown, twice there or missing."""
    number, found = heading
    places: dict[str, int] = {}
    for place, cell in enumerate(found):
        name = next((c.name for c in sheet.columns if cell.text.lower() in c.headings), None)
        where = f"{title}!{get_column_letter(place + 1)}{number}"
        if name is not None and name not in places:
            places[name] = place
        elif cell.text and cell.text != REMARK:
            problems.append(Problem(Sentence("There is no column {name}, or it is there twice", name=cell.text), where,
                                    "unknown-column"))  # fmt: skip
    for column in sheet.columns:
        if column.required and column.name not in places:
            name = f"{column.heading} ({column.name})"
            problems.append(
                Problem(Sentence("The column {name} is missing", name=name), f"{title}!{number}", "no-column")
            )
    return places


def _row(row: Row, places: dict[str, int], found: Sequence[Cell]) -> Row:
    for column in row.sheet.columns:
        place = places.get(column.name, delimited.MOST_COLUMNS)
        cell = found[place] if place < len(found) else Cell("")
        row.written[column.name] = text = cell.day if column.kind is Kind.DAY and cell.day else cell.text
        if cell.problem is not None:
            row.problems.append(replace(cell.problem, where=row.where(column.name)))
            continue
        try:
            row.record[column.name] = cells.read(column, text)
        except UnreadableError as error:
            row.refuse(error.sentence, "no-value", column.name)
    return row
