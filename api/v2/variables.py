"""Variables as a task sees them, in the shape of a search."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from hashlib import sha256
from operator import itemgetter
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api.fields import CamelSchema, KeyField
from api.v2.fields import TenantField
from api.v2.filters import glob
from api.v2.search import PageRequestSchema, result_schema
from engine import exact_json
from engine.bpmn.models import UserTask, Variables
from engine.errors import Invalid, Problem

LONGEST_VALUE = 8191
"""The characters of a value that are shown where truncation is not switched off, as in Camunda."""

NameTest = Callable[[str], bool]


class VariableSchema(CamelSchema):
    """One variable; its value is JSON in a string."""

    name = fields.String()
    value = fields.String()
    is_truncated = fields.Boolean()
    variable_key = KeyField()
    scope_key = KeyField()
    process_instance_key = KeyField()
    root_process_instance_key = KeyField()
    tenant_id = TenantField()


class NameFilter(fields.Field[NameTest]):
    """What may be asked of a variable's name; loads as a test."""

    TESTS: Mapping[str, Callable[[Any], NameTest]] = {
        "$eq": lambda operand: lambda name: name == operand,
        "$neq": lambda operand: lambda name: name != operand,
        "$exists": lambda operand: lambda _name: bool(operand),
        "$in": lambda operand: lambda name: name in operand,
        "$notIn": lambda operand: lambda name: name not in operand,
        "$like": lambda operand: lambda name: fnmatchcase(name, glob(operand)),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> NameTest:  # noqa: ARG002 - marshmallow's signature
        operations = value if isinstance(value, Mapping) else {"$eq": value}
        tests = [self._test(operator, operand) for operator, operand in operations.items()]
        return lambda name: all(test(name) for test in tests)

    def _test(self, operator: str, operand: Any) -> NameTest:
        kinds = {"$exists": bool, "$in": list, "$notIn": list}
        if operator not in self.TESTS or not isinstance(operand, kinds.get(operator, str)):
            raise ValidationError(f"A text, or one of {', '.join(self.TESTS)} with what it compares, is expected.")
        return self.TESTS[operator](operand)


class VariableFilterSchema(CamelSchema):
    """What may be asked of variables."""

    name = NameFilter(load_default=lambda: lambda _name: True)


class VariableSortSchema(Schema):
    """What variables may be sorted by."""

    field = fields.String(required=True, validate=validate.OneOf(["name", "value"]))
    order = fields.String(load_default="ASC", validate=validate.OneOf(["ASC", "DESC"]))


class VariableQuerySchema(Schema):
    """A search of variables."""

    filter = fields.Nested(VariableFilterSchema, load_default=lambda: VariableFilterSchema().load({}))
    sort = fields.List(fields.Nested(VariableSortSchema), load_default=list)
    page = fields.Nested(PageRequestSchema, load_default=lambda: PageRequestSchema().load({}))


class TruncationSchema(CamelSchema):
    """Whether long values are cut."""

    truncate_values = fields.Boolean(load_default=True)


VariableResultSchema = result_schema("Variable", VariableSchema)


def search(task: UserTask, variables: Variables, query: Mapping[str, Any], *, truncate: bool) -> dict[str, object]:
    """Return a page of the variables that a task sees.

    Raises:
        Invalid: the cursor names no variable.
    """
    items = [_document(task, name, value) for name, value in variables.items() if query["filter"]["name"](name)]
    for order in reversed(query["sort"] or [{"field": "name", "order": "ASC"}]):
        items.sort(key=itemgetter(order["field"]), reverse=order["order"] == "DESC")
    shown = _cut(items, query["page"])
    page = {
        "total_items": len(items),
        "has_more_total_items": False,
        "start_cursor": _cursor(shown[0]) if shown else None,
        "end_cursor": _cursor(shown[-1]) if shown else None,
    }
    return {"items": [_truncated(item) for item in shown] if truncate else shown, "page": page}


def _document(task: UserTask, name: str, value: object) -> dict[str, Any]:
    return {
        "name": name,
        "value": exact_json.dumps(value).decode(),
        "is_truncated": False,
        "variable_key": _key(task, name),
        "scope_key": task.instance_key,
        "process_instance_key": task.instance_key,
        "root_process_instance_key": task.root_key,
    }


def _key(task: UserTask, name: str) -> int:
    """Return a key for a variable, which has none of its own here: always the same, made of where and what it is."""
    digest = sha256(f"{task.instance_key}/{name}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def _cut(items: list[dict[str, Any]], page: Mapping[str, Any]) -> list[dict[str, Any]]:
    limit: int = page["limit"]
    if "before" in page:
        end = _place(items, page["before"])
        return items[max(0, end - limit) : end]
    start: int = _place(items, page["after"]) + 1 if "after" in page else page["from_"]
    return items[start : start + limit]


def _place(items: list[dict[str, Any]], cursor: str) -> int:
    try:
        name = base64.b64decode(cursor, validate=True).decode()
        return [item["name"] for item in items].index(name)
    except (binascii.Error, ValueError) as error:
        problem = Problem("This cursor is of no variable of this search.", "page", "unknown-cursor")
        raise Invalid("Expected to turn to a page, but its cursor is unknown", [problem]) from error


def _cursor(item: Mapping[str, Any]) -> str:
    return base64.b64encode(item["name"].encode()).decode()


def _truncated(item: dict[str, Any]) -> dict[str, Any]:
    value: str = item["value"]
    return item if len(value) <= LONGEST_VALUE else item | {"value": value[:LONGEST_VALUE], "is_truncated": True}
