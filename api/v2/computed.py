"""What is computed rather than stored, made searchable: rows of JSON that the database filters, sorts and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnClause, ColumnElement, cast, column, func, literal, select
from sqlalchemy import String as Text

from api.v2.search import Rows
from engine import db, exact_json

Columns = Sequence[ColumnClause[Any]]


def rows(documents: Iterable[Mapping[str, object]], columns: Columns) -> Rows:
    """Select from documents as from a table with these columns; each has its column's name in every document."""
    text = literal(exact_json.dumps(list(documents)).decode(), Text)
    each = func.json_each(text) if db.bound().sqlite else func.json_array_elements(cast(text, JSON))
    row = each.table_valued(column("value", JSON), name="each_document").c.value
    given = select(*(_cell(row, wanted).label(wanted.name) for wanted in columns)).subquery("given")
    statement: Rows = select(*columns).select_from(given)
    return statement


def _cell(row: ColumnElement[Any], wanted: ColumnClause[Any]) -> ColumnElement[Any]:
    if db.bound().sqlite:
        return func.json_extract(row, f"$.{wanted.name}", type_=wanted.type)
    return cast(row.op("->>", return_type=Text())(wanted.name), wanted.type)
