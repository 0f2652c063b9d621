"""Lists of HR's nouns, page by page, the newest first; and single rows that the caller may know of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import Schema, fields, validate
from sqlalchemy import Row, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.fields import CamelSchema, KeyField, example
from engine.errors import NotFound

Rows = Select[*tuple[Any, ...]]
"""A statement that selects rows of any kind."""

MOST = 1000


class PageSchema(CamelSchema):
    """Which part of a list."""

    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST), metadata=example(100))
    after = KeyField(load_default=None)


def list_schema(noun: str, item: type[Schema]) -> type[Schema]:
    """Return the schema of a noun's list."""

    class ListSchema(CamelSchema):
        items = fields.List(fields.Nested(item), required=True)
        next = KeyField(
            required=True,
            allow_none=True,
            metadata={"type": "string", "description": "What to send as `after` for the next page; null on the last"},
        )

    return type(f"{noun}ListSchema", (ListSchema,), {"__doc__": f"A page of a list of {noun}."})


def listed(
    session: Session, statement: Rows, key: InstrumentedAttribute[int], page: Mapping[str, Any]
) -> dict[str, object]:
    """Return one page of the rows that a statement selects, told apart by `key`, the newest first."""
    if page["after"] is not None:
        statement = statement.where(key < page["after"])
    rows = session.execute(statement.add_columns(key.label("page_key")).order_by(key.desc()).limit(page["limit"] + 1))
    found = rows.all()
    shown = found[: page["limit"]]
    return {"items": shown, "next": shown[-1].page_key if len(found) > len(shown) else None}


def one(session: Session, statement: Rows) -> Row[*tuple[Any, ...]]:
    """Return the row that a statement selects.

    Raises:
        NotFound: there is none, or none that the caller may know of.
    """
    row = session.execute(statement).first()
    if row is None:
        raise NotFound("Expected to find {path}, but there is none that you may know of", path=request.path)
    return row
