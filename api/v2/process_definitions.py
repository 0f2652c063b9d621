"""Process definitions: search, one, its XML."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy import exists, false, literal, select
from sqlalchemy.orm import aliased

from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.fields import TENANT, ConstantField, TenantField
from api.v2.filters import FilterSchema, FlagFilter, KeyFilter, NumberFilter, TextFilter
from api.v2.forms import FormSchema
from api.v2.search import Found, query_schema, result_schema, run
from api.views import SearchView, View
from engine.bpmn import definitions
from engine.bpmn.models import ProcessDefinition

blueprint = CamundaBlueprint("process-definitions", __name__, url_prefix="/v2/process-definitions")

_later = aliased(ProcessDefinition)

IS_LATEST = ~exists().where(
    _later.process_id == ProcessDefinition.process_id, _later.version > ProcessDefinition.version
)


class ProcessDefinitionSchema(CamelSchema):
    """One version of a process."""

    process_definition_key = KeyField(attribute="key")
    process_definition_id = fields.String(attribute="process_id")
    name = fields.String(allow_none=True)
    resource_name = fields.String()
    version = fields.Integer()
    version_tag = fields.String(allow_none=True)
    tenant_id = TenantField()
    has_start_form = ConstantField(value=False)
    state = ConstantField(value="ACTIVE")


class ProcessDefinitionFilterSchema(FilterSchema):
    """What may be asked of process definitions."""

    process_definition_key = KeyFilter(ProcessDefinition.key)
    process_definition_id = TextFilter(ProcessDefinition.process_id)
    name = TextFilter(ProcessDefinition.name)
    resource_name = TextFilter(ProcessDefinition.resource_name)
    version = NumberFilter(ProcessDefinition.version)
    version_tag = TextFilter(ProcessDefinition.version_tag)
    is_latest_version = FlagFilter(IS_LATEST)
    tenant_id = TextFilter(literal(TENANT))
    has_start_form = FlagFilter(false())
    state = TextFilter(literal("ACTIVE"))


QUERY = query_schema(
    "ProcessDefinition",
    ProcessDefinitionFilterSchema,
    {
        "processDefinitionKey": ProcessDefinition.key,
        "processDefinitionId": ProcessDefinition.process_id,
        "name": ProcessDefinition.name,
        "resourceName": ProcessDefinition.resource_name,
        "version": ProcessDefinition.version,
        "versionTag": ProcessDefinition.version_tag,
        "tenantId": literal(TENANT),
    },
)


@blueprint.route("/search")
class Search(SearchView):
    """The search of process definitions."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("ProcessDefinition", ProcessDefinitionSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search process definitions."""
        found = run(self.session, select(ProcessDefinition), ProcessDefinition.key, query)
        return Found([row.ProcessDefinition for row in found.items], found.page)


@blueprint.route("/<key:key>")
class Definition(View):
    """One version of a process."""

    @blueprint.response(200, ProcessDefinitionSchema)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> ProcessDefinition:
        """Get a process definition."""
        return definitions.get(self.session, ProcessDefinition, key)


@blueprint.route("/<key:key>/xml")
class Xml(View):
    """A process definition's diagram."""

    @blueprint.response(200, {"type": "string"}, content_type="text/xml")
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> Response:
        """Get the XML of a process definition."""
        return Response(definitions.xml(self.session, key), content_type="text/xml; charset=utf-8")


@blueprint.route("/<key:key>/form")
class StartForm(View):
    """The form a process is started with: a process here is started by a cycle, a message or an operator, with none."""

    @blueprint.response(200, FormSchema)
    @blueprint.alt_response(204, success=True)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> Response:
        """Get the start form of a process definition."""
        definitions.get(self.session, ProcessDefinition, key)
        return Response(status=204)
