"""XLSX workbooks that people made, read sheet by sheet and line by line: no formulas, no merged cells."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import Invalid, Problem
from engine.reviews.files.delimited import EARLIEST, LATEST, MOST_COLUMNS
from engine.reviews.files.lines import Cell, Lines, written, wrong
from engine.reviews.sentences import Sentence

ZIP = b"PK\x03\x04"
"""How a ZIP file begins, and so a workbook."""
LARGEST_UNPACKED = 60_000_000
"""The most bytes of all that a workbook or ZIP file unpacks to."""

MOST_ELEMENTS, MOST_LINES = 1_000_000, 50_000
"""The most rows and cells of a sheet, and the last line that may be in use: few bytes unpack to very many."""

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    etree.XMLSyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    OSError,
    RuntimeError,
)
"""What reading a broken file raises, or one that is encrypted or packed in an unknown way."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells that were made one."""

    cells: str
    """As programs write it: `C5:C6`."""

    @property
    def rows(self) -> range:
        """The rows that they stand in."""
        _, first, _, last = range_boundaries(self.cells)
        return range(int(first or 1), int(last or 1) + 1)

    def cover(self, cell: str) -> bool:
        """Tell whether a cell, such as `C6`, is one of them."""
        first, _, last, _ = range_boundaries(self.cells)
        column, row, _, _ = range_boundaries(cell)
        return int(row or 0) in self.rows and int(first or 1) <= int(column or 0) <= int(last or 1)

    @property
    def problem(self) -> Problem:
        """What is wrong with them."""
        sentence = Sentence("The cells {cells} are merged: each row has cells of its own", cells=self.cells)
        return Problem(sentence, self.cells, "merged-cells")


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A sheet of a workbook."""

    title: str
    merged: Sequence[Merged]
    lines: Lines


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is an XLSX workbook; a broken ZIP file is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except BROKEN:
        return False


def sheets(name: str, content: bytes) -> Iterator[Worksheet]:
    """Read the sheets of a workbook.

    Raises:
        Invalid: it is broken, unpacks to too much, or declares entities.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            expect_small(name, archive)
            yield from _sheets(content, archive)
    except BROKEN as error:
        raise Invalid("Expected to read {name}, but it is broken: {error}", name=name, error=str(error)) from error


def expect_small(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse what unpacks to too much, and markup that declares entities; `zipfile` unpacks no more than declared.

    Raises:
        Invalid: it does.
    """
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


def _sheets(content: bytes, archive: zipfile.ZipFile) -> Iterator[Worksheet]:
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    worksheets: list[Any] = workbook.worksheets
    for worksheet in worksheets:
        part = str(worksheet._worksheet_path)  # noqa: SLF001 - openpyxl names the part nowhere else
        merged = [Merged(cells) for cells in _merged(archive, part, worksheet.title)]
        worksheet.reset_dimensions()
        yield Worksheet(worksheet.title, merged, _whole(worksheet.title, _lines(worksheet, workbook.epoch)))


def _merged(archive: zipfile.ZipFile, part: str, title: str) -> Iterator[str]:
    with archive.open(part.lstrip("/")) as file:
        for count, (_, element) in enumerate(etree.iterparse(file, events=("end",), resolve_entities=False)):
            if count == MOST_ELEMENTS:
                raise Invalid(
                    "Expected to read {title}, but it has more than {most_elements} rows and cells",
                    title=title,
                    most_elements=MOST_ELEMENTS,
                )
            if etree.QName(element).localname == "mergeCell":
                yield str(element.get("ref"))
            element.clear()


def _whole(title: str, lines: Lines) -> Lines:
    """Go through the lines of a sheet, which are read one by one when they are asked for."""
    try:
        yield from lines
    except BROKEN as error:
        raise Invalid("Expected to read {name}, but it is broken: {error}", name=title, error=str(error)) from error


def _lines(worksheet: Any, epoch: datetime) -> Lines:
    for number, row in enumerate(worksheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > MOST_LINES:
            raise Invalid(
                "Expected to read {title}, but there are rows below line {most_lines}: delete them",
                title=worksheet.title,
                most_lines=MOST_LINES,
            )
        found = [_cell(cell, epoch) for cell in row]
        while found and not (found[-1].text or found[-1].problem):
            found.pop()
        if found:
            yield number, found


def _cell(cell: Any, epoch: datetime) -> Cell:
    if cell.data_type == "f":
        return wrong(str(cell.value), Sentence("It is a formula: enter the value itself"))
    if cell.data_type == "e":
        return wrong(str(cell.value), Sentence("It is an error of the spreadsheet: {text}", text=cell.value))
    if cell.data_type == "n" and cell.value is not None:
        return Cell(_number(cell), _day(cell.value, epoch))
    return Cell(written(cell.value))


def _number(cell: Any) -> str:
    """Write a number as the program shows it: without an exponent, and per cents as such."""
    value = Decimal(str(cell.value))
    text = f"{value * 100 if '%' in str(cell.number_format) else value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}%" if "%" in str(cell.number_format) else text


def _day(value: float, epoch: datetime) -> str:
    if value != int(value) or not 0 < value <= (LATEST - epoch.date()).days:
        return ""
    day: datetime = from_excel(value, epoch)
    return day.date().isoformat() if day.date() >= EARLIEST else ""
