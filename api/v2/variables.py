"""Variables: search, one; and those that a task sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, fields
from sqlalchemy import BigInteger, Boolean, ColumnElement, String, column, exists, literal, select, true
from sqlalchemy.orm import Session

from api import auth, wire
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2 import computed
from api.v2.fields import TENANT, TenantField
from api.v2.filters import FilterSchema, FlagFilter, KeyFilter, TextFilter
from api.v2.search import Found, query_schema, result_schema, run
from api.views import SearchView, View
from engine.bpmn import variables
from engine.bpmn.models import ElementInstance, ProcessInstance
from engine.bpmn.variables import Variable
from engine.errors import Invalid, Problem
from engine.identity import Identity, operator_sees
from engine.sentences import Sentence

blueprint = CamundaBlueprint("variables", __name__, url_prefix="/v2/variables")

LONGEST_VALUE = 8191
"""The characters of a value that are shown where truncation is not switched off, as in Camunda."""

MOST_INSTANCES = 1000
"""The process instances whose variables one search goes through."""

KEY, NAME, VALUE = column("key", BigInteger), column("name", String), column("value", String)
SCOPE, INSTANCE, ROOT = (column(name, BigInteger) for name in ("scope_key", "instance_key", "root_key"))
LONG = column("long", Boolean)
COLUMNS = (KEY, NAME, VALUE, SCOPE, INSTANCE, ROOT, LONG)


class WholeVariableSchema(CamelSchema):
    """One variable; its value is JSON in a string."""

    name = fields.String()
    value = fields.String()
    variable_key = KeyField(attribute="key")
    scope_key = KeyField()
    process_instance_key = KeyField(attribute="instance_key")
    root_process_instance_key = KeyField(attribute="root_key")
    tenant_id = TenantField()


class VariableSchema(WholeVariableSchema):
    """One variable, its value perhaps cut."""

    is_truncated = fields.Boolean()


class VariableFilterFieldsSchema(FilterSchema):
    """What may be asked of variables, once."""

    name = TextFilter(NAME)
    value = TextFilter(VALUE)
    variable_key = KeyFilter(KEY)
    scope_key = KeyFilter(SCOPE)
    process_instance_key = KeyFilter(INSTANCE)
    is_truncated = FlagFilter(LONG.is_(True))
    tenant_id = TextFilter(literal(TENANT))


class VariableFilterSchema(VariableFilterFieldsSchema):
    """What may be asked of variables."""

    or_ = fields.List(fields.Nested(VariableFilterFieldsSchema), data_key="$or")


class TaskVariableFilterSchema(FilterSchema):
    """What may be asked of the variables that a task sees."""

    name = TextFilter(NAME)


def _holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Make of a condition on element instances one on the process instances they are in."""
    return exists().where(ElementInstance.instance_key == ProcessInstance.key, condition)


class NarrowingSchema(FilterSchema):
    """What of a filter chooses the process instances."""

    process_instance_key = KeyFilter(ProcessInstance.key)
    scope_key = KeyFilter(ElementInstance.key, within=_holds)


class TruncationSchema(CamelSchema):
    """Whether long values are cut."""

    truncate_values = fields.Boolean(load_default=True)


QUERY = query_schema(
    "Variable",
    VariableFilterSchema,
    {
        "name": NAME,
        "value": VALUE,
        "variableKey": KEY,
        "scopeKey": SCOPE,
        "processInstanceKey": INSTANCE,
        "tenantId": literal(TENANT),
    },
)
TASK_QUERY = query_schema("TaskVariable", TaskVariableFilterSchema, {"name": NAME, "value": VALUE})
RESULT: type[Schema] = result_schema("Variable", VariableSchema)


@blueprint.route("/search")
class Search(SearchView):
    """The search of variables."""

    @blueprint.arguments(TruncationSchema, location="query")
    @blueprint.arguments(QUERY)
    @blueprint.response(200, RESULT)
    @blueprint.refuses(400)
    def post(self, truncation: dict[str, bool], query: dict[str, Any]) -> Found:
        """Search variables.

        Variables live in their process instances: a search goes through at most 1,000 of them, so that a filter must
        name them where there are more.
        """
        chosen = _instances(self.session, auth.caller())
        found = variables.of(self.session, chosen, by=auth.caller())
        return page(self.session, found, query, truncate=truncation["truncate_values"])


@blueprint.route("/<key:key>")
class One(View):
    """One variable."""

    @blueprint.response(200, WholeVariableSchema)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> Variable:
        """Get a variable."""
        return variables.find(self.session, key, by=auth.caller())


def page(session: Session, found: Iterable[Variable], query: dict[str, Any], *, truncate: bool) -> Found:
    """Return a page of variables.

    Raises:
        Invalid: the cursor names no variable.
    """
    shown = ({**_cells(variable), "long": len(variable.value) > LONGEST_VALUE} for variable in found)
    query = {**query, "sort": query["sort"] or TASK_QUERY.load({"sort": [{"field": "name"}]})["sort"]}
    answer = run(session, computed.rows(shown, COLUMNS), KEY, query)
    cut = LONGEST_VALUE if truncate else None
    items = [{**row._asdict(), "value": row.value[:cut], "is_truncated": truncate and row.long} for row in answer.items]
    return Found(items, answer.page)


def _cells(variable: Variable) -> dict[str, object]:
    return {name: getattr(variable, name) for name in ("key", "name", "value", "scope_key", "instance_key", "root_key")}


def _instances(session: Session, caller: Identity) -> list[int]:
    """Return the instances that a search goes through.

    Raises:
        Invalid: they are too many.
    """
    body = request.get_data()
    asked = (wire.read(body) or {}).get("filter") if body else None
    narrowed = NarrowingSchema(unknown=EXCLUDE).load(asked) if asked else true()
    query = select(ProcessInstance.key).where(narrowed, operator_sees(caller)).limit(MOST_INSTANCES + 1)
    found = list(session.scalars(query))
    if len(found) > MOST_INSTANCES:
        problem = Problem(
            Sentence("Name the process instances by processInstanceKey or scopeKey."), "filter", "too-many"
        )
        raise Invalid(
            "Expected to search variables, but they are of more than {most_instances} instances",
            [problem],
            most_instances=MOST_INSTANCES,
        )
    return found
