"""Searches: filter, sort and page of a request become one SQL statement.

Pages are found by key, not by counting: a cursor names the row at the page's edge, and the next page begins behind it
in the order asked for, whatever has come or gone before it in the meantime.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema
from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.fields import CamelSchema
from api.v2.filters import FilterSchema
from engine.errors import Invalid, Problem
from engine.sentences import Sentence

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Term = tuple[Column, bool]
Rows = Select[*tuple[Any, ...]]
"""A statement that selects rows of any kind."""

DEFAULT_LIMIT = 100
MOST_ITEMS = 10_000
"""The largest page, and where counting ends."""

MOST_TERMS = 100
"""How many alternatives a filter may have, and by how many columns a search may be sorted."""

MOST_VALUES = 5_000
"""How many values a filter may name in all: every database takes as many."""


class PageRequestSchema(CamelSchema):
    """Which page: by offset (`from`), or behind (`after`) or before a cursor."""

    limit = fields.Integer(strict=True, load_default=DEFAULT_LIMIT, validate=validate.Range(0, MOST_ITEMS))
    from_ = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 2**31 - 1))
    after = fields.String()
    before = fields.String()

    @validates_schema
    def expect_one_way(self, page: Mapping[str, Any], **_: Any) -> None:
        """Refuse to page in two ways at once."""
        if sum(("after" in page, "before" in page, page.get("from_", 0) > 0)) > 1:
            raise ValidationError("Only one of from, after and before can be given.")


class PageResponseSchema(CamelSchema):
    """How many there are, and the cursors of the page's edges."""

    total_items = fields.Integer(required=True)
    has_more_total_items = fields.Boolean(required=True)
    start_cursor = fields.String(required=True, allow_none=True)
    end_cursor = fields.String(required=True, allow_none=True)


@dataclass(frozen=True, slots=True)
class Order:
    """One column that sorts; empty values come last in either direction."""

    column: Column
    descending: bool = False

    @property
    def terms(self) -> list[Term]:
        """The SQL expressions to sort by, each with whether it descends."""
        if not getattr(self.column, "nullable", True):
            return [(self.column, self.descending)]
        return [(case((self.column.is_(None), 1), else_=0), False), (self.column, self.descending)]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search."""

    items: Sequence[Any]
    page: dict[str, object]


def query_schema(noun: str, filter_schema: type[FilterSchema], sortable: Mapping[str, Column]) -> Schema:
    """Return the schema of a noun's search request, made once: it is large."""

    class SortSchema(Schema):
        field = fields.String(required=True, validate=validate.OneOf(list(sortable)))
        order = fields.String(load_default="ASC", validate=validate.OneOf(["ASC", "DESC"]))

        @post_load
        def sort(self, asked: dict[str, str], **_: Any) -> Order:
            return Order(sortable[asked["field"]], asked["order"] == "DESC")

    class QuerySchema(Schema):
        filter = fields.Nested(filter_schema, load_default=true)
        sort = fields.List(
            fields.Nested(named(SortSchema, f"{noun}Sort")),
            load_default=list,
            validate=validate.Length(max=MOST_TERMS),
        )
        page = fields.Nested(PageRequestSchema, load_default=lambda: PageRequestSchema().load({}))

        @pre_load
        def expect_few(self, asked: Any, **_: Any) -> Any:
            """Refuse a filter that is more than a database compares at once."""
            told = asked.get("filter") if isinstance(asked, Mapping) else None
            alternatives = told.get("$or") if isinstance(told, Mapping) else None
            if isinstance(alternatives, list) and len(alternatives) > MOST_TERMS:
                raise ValidationError(f"There are more than {MOST_TERMS} alternatives.", "filter")
            if _values(told) > MOST_VALUES:
                raise ValidationError(f"There are more than {MOST_VALUES} values.", "filter")
            return asked

    return named(QuerySchema, f"{noun}Query")()


def _values(told: object) -> int:
    """Count the values in what was sent."""
    if isinstance(told, Mapping):
        return sum(map(_values, told.values()))
    return sum(map(_values, told)) if isinstance(told, list) else 1


def result_schema(noun: str, item: type[Schema]) -> type[Schema]:
    """Return the schema of a noun's search result."""

    class ResultSchema(Schema):
        items = fields.List(fields.Nested(item), required=True)
        page = fields.Nested(PageResponseSchema, required=True)

    return named(ResultSchema, f"{noun}Result")


def named(schema: type[Schema], name: str) -> type[Schema]:
    """Return a schema under the name it has in the API's document."""
    return type(f"{name}Schema", (schema,), {"__doc__": f"{name}."})


def run(session: Session, statement: Rows, key: Column, query: Mapping[str, Any]) -> Found:
    """Search the rows of `statement`, which are told apart by `key`.

    Raises:
        Invalid: the cursor names no row.
    """
    page: Mapping[str, Any] = query["page"]
    filtered = statement.where(query["filter"])
    terms = [term for order in [*query["sort"], Order(key)] for term in order.terms]
    backwards = "before" in page
    if backwards:
        terms = [(column, not descending) for column, descending in terms]
    cursor = page.get("before", page.get("after"))
    behind = true() if cursor is None else _behind(terms, _edge(session, statement, key, terms, cursor))
    ordered = filtered.where(behind).order_by(*(column.desc() if down else column.asc() for column, down in terms))
    rows = session.execute(
        ordered.add_columns(key.label("cursor_key")).limit(page["limit"]).offset(page["from_"])
    ).all()
    items = rows[::-1] if backwards else rows
    return Found(items, _page(session, filtered, key, items))


def _edge(session: Session, statement: Rows, key: Column, terms: Sequence[Term], cursor: str) -> Sequence[Any]:
    """Return what the row that a cursor names is sorted by."""
    try:
        number = int(base64.b64decode(cursor, validate=True))
    except (binascii.Error, ValueError):
        number = 0
    values = statement.with_only_columns(*(column for column, _ in terms), maintain_column_froms=True)
    edge = session.execute(values.where(key == number)).first()
    if edge is None:
        problem = Problem(Sentence("This cursor is of no row of this search."), "page", "unknown-cursor")
        raise Invalid("Expected to turn to a page, but its cursor is unknown", [problem])
    return edge


def _behind(terms: Sequence[Term], edge: Sequence[Any]) -> ColumnElement[bool]:
    """Say that a row comes after the edge: equal in the first terms and beyond it in the next."""
    beyond: ColumnElement[bool] = false()
    for (column, descending), value in reversed(list(zip(terms, edge, strict=True))):
        if value is None:  # the term before says that both are empty
            continue
        further = column < value if descending else column > value
        beyond = or_(further, and_(column == value, beyond))
    return beyond


def _page(session: Session, filtered: Rows, key: Column, items: Sequence[Row[Any]]) -> dict[str, object]:
    counted = filtered.with_only_columns(key, maintain_column_froms=True).limit(MOST_ITEMS + 1).subquery()
    total = session.execute(select(func.count()).select_from(counted)).scalar_one()
    return {
        "total_items": min(total, MOST_ITEMS),
        "has_more_total_items": total > MOST_ITEMS,
        "start_cursor": _cursor(items[0]) if items else None,
        "end_cursor": _cursor(items[-1]) if items else None,
    }


def _cursor(row: Row[Any]) -> str:
    return base64.b64encode(str(row.cursor_key).encode()).decode()
