"""Spreadsheets that are imported: a workbook or a CSV file as people's programs write it, read row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openpyxl.utils import get_column_letter

from engine.errors import Invalid, Problem
from engine.reviews.files import delimited, worksheets
from engine.reviews.files.lines import Cell, Lines
from engine.reviews.sentences import Sentence

Columns = Mapping[str, tuple[str, ...]]
"""The columns of an import and what else they may be headed."""

LARGEST, MOST_ROWS = 5_000_000, 20_000
"""The most bytes and rows of an import."""

DAYS = frozenset({"week", "lead_on", "closed_on", "starts_on", "due_on"})
"""The columns that hold days, where a program may have written the day's number."""


PERIOD, FIRST_OF_MONTH = "period", re.compile(r"\d{4}-\d{2}-01")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an import, as it was written."""

    number: int
    cells: Mapping[str, str]
    """What stands in each column; nothing where the file does not have it."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """The letter of each column in the file."""

    def where(self, column: str = "") -> str:
        """Say where it stands, as spreadsheets do: `C7`."""
        return f"{self.letters.get(column, '')}{self.number}"

    def placed(self, problems: Collection[Problem]) -> Iterator[Problem]:
        """Give problems their place: each says the column that it is about."""
        return (Problem(one.message, self.where(one.where), one.code) for one in problems)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which columns are looked for."""

    columns: Columns
    optional: frozenset[str]
    of: str

    def places(self, number: int, headings: Sequence[Cell]) -> dict[str, int]:
        """Find the place of each column in the first row.

        Raises:
            Invalid: columns are missing; each is named.
        """
        by_name = {cell.text.lower(): place for place, cell in enumerate(headings)}
        found = {
            name: by_name[heading]
            for name, others in self.columns.items()
            for heading in (*others, name)
            if heading in by_name
        }
        missing = [name for name in self.columns if name not in found and name not in self.optional]
        if missing:
            called = {name: f"{self.columns[name][0]} ({name})" for name in missing}
            problems = [
                Problem(Sentence("The column {name} is missing", name=called[name]), str(number), "no-column")
                for name in missing
            ]
            raise Invalid("Expected to read a file of {of}, but columns are missing", problems, of=self.of)
        return found


def read_rows(
    content: bytes, columns: Columns, problems: list[Problem], *, of: str, optional: Collection[str] = ()
) -> list[Row]:
    """Read the rows of a workbook's first sheet or of a CSV file; `of` says what they hold.

    Rows that cannot be read are left out, and what is wrong with each joins `problems`.

    Raises:
        Invalid: it is too large, broken, in no readable encoding, or lacks a column.
    """
    if len(content) > LARGEST:
        raise Invalid(
            "Expected to read a file of at most {largest} bytes, but it has {count}",
            largest=LARGEST,
            count=len(content),
        )
    layout = _Layout(columns, frozenset(optional), of)
    if worksheets.is_workbook(content):
        first = next(worksheets.sheets(str(of), content))
        problems += [one.problem for one in first.merged]
        return list(_rows(first.lines, layout, problems))
    try:
        return list(_rows(delimited.lines(content), layout, problems))
    except csv.Error as error:
        raise Invalid("Expected to read {title}, but it is broken: {error}", title=of, error=str(error)) from error


def _rows(lines: Lines, layout: _Layout, problems: list[Problem]) -> Iterator[Row]:
    heading, cells = next(lines, (1, ()))
    places = layout.places(heading, cells)
    letters = {name: get_column_letter(place + 1) for name, place in places.items()}
    for count, (number, found) in enumerate(lines):
        if count == MOST_ROWS:
            raise Invalid(
                "Expected to read {title}, but it has more than {most_rows} rows", title=layout.of, most_rows=MOST_ROWS
            )
        read = {name: found[place] for name, place in places.items() if place < len(found)}
        row = Row(number, {name: _text(name, read.get(name, Cell(""))) for name in layout.columns}, letters)
        wrong = [replace(cell.problem, where=row.where(name)) for name, cell in read.items() if cell.problem]
        if len(found) > len(cells):  # a comma within a number shifts what follows
            wrong.append(Problem(Sentence("It has more cells than the first row"), row.where(), "more-cells"))
        problems += wrong
        if not wrong:
            yield row


def _text(column: str, cell: Cell) -> str:
    if column in DAYS:
        return cell.day or cell.text
    is_month = column == PERIOD and FIRST_OF_MONTH.fullmatch(cell.text)  # a program makes a day of 2025-07
    return cell.text[: len("2025-07")] if is_month else cell.text
