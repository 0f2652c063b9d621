"""Spreadsheets that are imported: CSV as people's programs write it, read row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Invalid, Problem
from engine.reviews.sentences import Sentence

Columns = Mapping[str, tuple[str, ...]]
"""The columns of an import and what else they may be headed."""

COLUMNS: Columns = {
    "employee_id": ("employee id", "工号"),
    "indicator": ("指标",),
    "actual": ("实际值", "实际"),
    "unit": ("单位",),
    "source": ("数据来源", "来源"),
    "period": ("期间", "周期"),
    "reason": ("说明", "备注"),
}
"""The columns of actual values."""

OPTIONAL = frozenset({"unit", "period", "reason"})
"""The columns that may be left out."""

LARGEST = 5_000_000
"""The most bytes of an import."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an import, as it was written."""

    number: int
    employee_id: str
    indicator: str
    actual: str
    unit: str
    source: str
    period: str
    reason: str


def read_csv(content: bytes) -> list[Row]:
    """Read the rows of an import of actual values.

    Raises:
        Invalid: it is too large, in no readable encoding, or lacks a column.
    """
    rows = read_rows(content, COLUMNS, optional=OPTIONAL, of=Sentence("actual values"))
    return [Row(number, **cells) for number, cells in rows]


def read_rows(
    content: bytes, columns: Columns, *, of: str, optional: Collection[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    """Read numbered rows, in UTF-8 or in GB 18030 as Chinese spreadsheets write it; `of` says what they hold.

    Raises:
        Invalid: it is too large, in no readable encoding, or lacks a column.
    """
    if len(content) > LARGEST:
        raise Invalid(
            "Expected to read a CSV file of at most {largest} bytes, but it has {count}",
            largest=LARGEST,
            count=len(content),
        )
    reader = csv.DictReader(io.StringIO(decoded(content), newline=""), strict=True)
    try:
        found = _columns(reader.fieldnames or (), columns, optional, of)
        return [
            (reader.line_num, {name: _cell(reader, line, found.get(name)) for name in columns})
            for line in reader
            if any(line.values())
        ]
    except csv.Error as error:
        raise Invalid(
            "Expected to read a CSV file, but row {line_num} is broken: {error}",
            line_num=reader.line_num,
            error=str(error),
        ) from error


def decoded(content: bytes) -> str:
    """Read a CSV file's text, in UTF-8 or in GB 18030.

    Raises:
        Invalid: it is neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("Expected to read a CSV file, but it is neither UTF-8 nor GB 18030")


def _cell(reader: csv.DictReader[str], line: Mapping[str | None, str | None], heading: str | None) -> str:
    if None in line:  # a comma within a number shifts what follows: no cell of such a row can be trusted
        raise Invalid(
            "Expected to read a CSV file, but row {line_num} has more cells than the first row",
            line_num=reader.line_num,
        )
    return "" if heading is None else (line[heading] or "").strip()


def _columns(headings: Sequence[str], columns: Columns, optional: Collection[str], of: str) -> dict[str, str]:
    by_name = {heading.strip().lower(): heading for heading in headings}
    found = {
        name: by_name[heading]
        for name, others in columns.items()
        for heading in (*others, name)
        if heading in by_name
    }  # fmt: skip
    missing = [name for name in columns if name not in found and name not in optional]
    if missing:
        problems = [
            Problem(Sentence("The column {name} is missing", name=f"{name} ({columns[name][0]})"), "row 1", "no-column")
            for name in missing
        ]
        raise Invalid("Expected to read a CSV file of {of}, but columns are missing", problems, of=of)
    return found
