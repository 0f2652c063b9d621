"""Decision requirements, the files of decisions: search, one, its XML."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy import literal, select

from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.fields import TENANT, TenantField
from api.v2.filters import FilterSchema, KeyFilter, NumberFilter, TextFilter
from api.v2.search import Found, query_schema, result_schema, run
from api.views import SearchView, View
from engine.bpmn import definitions
from engine.bpmn.models import DecisionRequirements

blueprint = CamundaBlueprint("decision-requirements", __name__, url_prefix="/v2/decision-requirements")


class DecisionRequirementsSchema(CamelSchema):
    """One version of a file of decisions."""

    decision_requirements_key = KeyField(attribute="key")
    decision_requirements_id = fields.String(attribute="requirements_id")
    decision_requirements_name = fields.String(attribute="name")
    version = fields.Integer()
    resource_name = fields.String()
    tenant_id = TenantField()


class DecisionRequirementsFilterSchema(FilterSchema):
    """What may be asked of decision requirements."""

    decision_requirements_key = KeyFilter(DecisionRequirements.key)
    decision_requirements_id = TextFilter(DecisionRequirements.requirements_id)
    decision_requirements_name = TextFilter(DecisionRequirements.name)
    version = NumberFilter(DecisionRequirements.version)
    resource_name = TextFilter(DecisionRequirements.resource_name)
    tenant_id = TextFilter(literal(TENANT))


QUERY = query_schema(
    "DecisionRequirements",
    DecisionRequirementsFilterSchema,
    {
        "decisionRequirementsKey": DecisionRequirements.key,
        "decisionRequirementsId": DecisionRequirements.requirements_id,
        "decisionRequirementsName": DecisionRequirements.name,
        "version": DecisionRequirements.version,
        "tenantId": literal(TENANT),
    },
)


@blueprint.route("/search")
class Search(SearchView):
    """The search of decision requirements."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("DecisionRequirements", DecisionRequirementsSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search decision requirements."""
        found = run(self.session, select(DecisionRequirements), DecisionRequirements.key, query)
        return Found([row.DecisionRequirements for row in found.items], found.page)


@blueprint.route("/<key:key>")
class Requirements(View):
    """One version of a file of decisions."""

    @blueprint.response(200, DecisionRequirementsSchema)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> DecisionRequirements:
        """Get decision requirements."""
        return definitions.get(self.session, DecisionRequirements, key)


@blueprint.route("/<key:key>/xml")
class Xml(View):
    """A file of decisions."""

    @blueprint.response(200, {"type": "string"}, content_type="text/xml")
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> Response:
        """Get the XML of decision requirements."""
        xml = definitions.xml(self.session, key, DecisionRequirements)
        return Response(xml, content_type="text/xml; charset=utf-8")
