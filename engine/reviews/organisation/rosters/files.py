"""Files of a roster: an XLSX workbook, one CSV file, or a ZIP file of them, read row by row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import Invalid, Problem
from engine.reviews.files import spreadsheets
from engine.reviews.files.workbooks import QUOTED
from engine.reviews.organisation.rosters import cells
from engine.reviews.organisation.rosters.sheets import REMARK, SHEETS, Record, Sheet, titled
from engine.reviews.sentences import Sentence, UnreadableError

LARGEST = 5_000_000
"""The most bytes of a file."""
LARGEST_UNPACKED = 60_000_000
"""The most bytes of all that a workbook or ZIP file unpacks to."""
MOST_ROWS, MOST_COLUMNS = 20_000, 40
"""The most rows of a sheet that hold something, and the most columns that are looked at."""
ZIP = b"PK\x03\x04"


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


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds, and what is wrong with it as such."""

    text: str
    problem: Sentence | None = None


Lines = Iterator[tuple[int, Sequence[Cell]]]


def read(name: str, content: bytes) -> list[Row]:
    """Read the rows of a file; what is wrong with a row is kept with it.

    Raises:
        Invalid: the file is too large, broken, or not laid out as a roster: sheets or columns unknown or missing,
            cells merged.
    """
    if len(content) > LARGEST:
        raise Invalid(
            "Expected to read a file of at most {largest} bytes, but it has {count}",
            largest=LARGEST,
            count=len(content),
        )
    rows: list[Row] = []
    problems: list[Problem] = []
    for title, sheet, lines in _sheets(name, content, problems):
        try:
            rows += _rows(title, sheet, lines, problems)
        except csv.Error as error:
            raise Invalid(
                "Expected to read {title}, but it is broken: {error}", title=title, error=str(error)
            ) from error
    if problems:
        raise Invalid("Expected to read {name}, but it is not laid out as a roster", problems, name=name)
    return rows


def is_roster(name: str, content: bytes) -> bool:
    """Tell whether a file is a workbook or ZIP file, or a CSV file with the columns of one of the sheets."""
    return content.startswith(ZIP) or _recognised(name, content) is not None


def _sheets(name: str, content: bytes, problems: list[Problem]) -> Iterator[tuple[str, Sheet, Lines]]:
    if not content.startswith(ZIP):
        yield _csv_sheet(name, content)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _expect_small(name, archive)
            if "xl/workbook.xml" in archive.namelist():
                yield from _workbook_sheets(content, archive, problems)
            else:
                for part in archive.namelist():
                    if part.lower().endswith(".csv"):
                        yield _csv_sheet(part, archive.read(part))
    except (zipfile.BadZipFile, InvalidFileException, KeyError, etree.XMLSyntaxError, ValueError, OSError) as error:
        raise Invalid("Expected to read {name}, but it is broken: {error}", name=name, error=str(error)) from error


def _expect_small(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse what unpacks to too much, and markup that declares entities; `zipfile` unpacks no more than declared."""
    unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > LARGEST_UNPACKED:
        raise Invalid(
            "Expected to read {name}, but it unpacks to {unpacked} bytes, more than {largest_unpacked}",
            name=name,
            unpacked=unpacked,
            largest_unpacked=LARGEST_UNPACKED,
        )
    for part in archive.namelist():
        if part.endswith((".xml", ".rels")):
            with archive.open(part) as file:
                if b"<!DOCTYPE" in file.read(4096).replace(b"\0", b"").upper():
                    raise Invalid("Expected to read {name}, but {part} has a DOCTYPE", name=name, part=part)


def _workbook_sheets(
    content: bytes, archive: zipfile.ZipFile, problems: list[Problem]
) -> Iterator[tuple[str, Sheet, Lines]]:
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    worksheets: list[Any] = workbook.worksheets
    for worksheet in worksheets:
        sheet = titled(worksheet.title)
        if sheet is None:
            known = ", ".join(f"{sheet.title} ({sheet.name})" for sheet in SHEETS)
            sentence = Sentence("There is no sheet {title}; there are: {known}", title=worksheet.title, known=known)
            problems.append(Problem(sentence, worksheet.title, "unknown-sheet"))
            continue
        part = str(worksheet._worksheet_path)  # noqa: SLF001 - openpyxl names the part nowhere else
        for merged in _merged(archive, part):
            sentence = Sentence("The cells {cells} are merged: each row has cells of its own", cells=merged)
            problems.append(Problem(sentence, f"{worksheet.title}!{merged}", "merged-cells"))
        worksheet.reset_dimensions()
        yield worksheet.title, sheet, _worksheet_lines(worksheet)


def _merged(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    with archive.open(part.lstrip("/")) as file:
        for _, element in etree.iterparse(file, events=("end",), resolve_entities=False):
            if etree.QName(element).localname == "mergeCell":
                yield str(element.get("ref"))
            element.clear()


def _worksheet_lines(worksheet: Any) -> Lines:
    for number, row in enumerate(worksheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        found = [_cell(cell) for cell in row]
        if any(cell.text or cell.problem for cell in found):
            yield number, found


def _cell(cell: Any) -> Cell:
    if cell.data_type == "f":
        return Cell(str(cell.value), Sentence("It is a formula: enter the value itself"))
    if cell.data_type == "e":
        return Cell(str(cell.value), Sentence("It is an error of the spreadsheet: {text}", text=cell.value))
    return Cell(cells.text(cell.value))


def _csv_sheet(name: str, content: bytes) -> tuple[str, Sheet, Lines]:
    sheet = _recognised(name, content)
    if sheet is None:
        raise Invalid(
            "Expected to read {name}, but neither its name nor its columns are those of a sheet of a roster", name=name
        )
    return PurePosixPath(name).stem, sheet, _csv_lines(spreadsheets.decoded(content))


def _csv_lines(content: str) -> Lines:
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    for line in reader:
        found = [Cell(unquoted(cells.text(value))) for value in line[:MOST_COLUMNS]]
        if any(cell.text for cell in found):
            yield reader.line_num, found


def unquoted(value: str) -> str:
    """Take the mark away with which an export keeps programs from taking a text for a formula."""
    return value[1:] if value.startswith("'") and value[1:].startswith(QUOTED) else value


def _recognised(name: str, content: bytes) -> Sheet | None:
    """Find the sheet that a CSV file holds, by its name or else by its columns."""
    by_name = titled(PurePosixPath(name).stem)
    if by_name is not None:
        return by_name
    try:
        _, first = next(_csv_lines(spreadsheets.decoded(content)), (0, ()))
    except (csv.Error, Invalid):
        return None
    headings = {cell.text.lower() for cell in first} - {"", REMARK}
    fitting = [sheet for sheet in SHEETS if _fits(sheet, headings)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(sheet: Sheet, headings: set[str]) -> bool:
    known = frozenset().union(*(column.headings for column in sheet.columns))
    return headings <= known and all(column.headings & headings for column in sheet.columns if column.required)


def _rows(title: str, sheet: Sheet, lines: Lines, problems: list[Problem]) -> list[Row]:
    heading = next(lines, None)
    if heading is None:
        return []
    places = _places(title, sheet, heading, problems)
    letters = {name: get_column_letter(place + 1) for name, place in places.items()}
    rows: list[Row] = []
    for number, found in lines:
        if len(rows) == MOST_ROWS:
            raise Invalid(
                "Expected to read {title}, but it has more than {most_rows} rows", title=title, most_rows=MOST_ROWS
            )
        rows.append(_row(Row(sheet, title, number, {}, letters), places, found))
    return rows


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
        place = places.get(column.name, MOST_COLUMNS)
        cell = found[place] if place < len(found) else Cell("")
        row.written[column.name] = cell.text
        if cell.problem is not None:
            row.refuse(cell.problem, "no-value", column.name)
            continue
        try:
            row.record[column.name] = cells.read(column, cell.text)
        except UnreadableError as error:
            row.refuse(error.sentence, "no-value", column.name)
    return row
