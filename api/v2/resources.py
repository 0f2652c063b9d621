"""Resources, the deployed files: search, one, its content, deletion."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate
from sqlalchemy import String, cast, literal, null, select, union_all
from werkzeug.exceptions import NotAcceptable

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.fields import TENANT, ConstantField, TenantField
from api.v2.filters import FilterSchema, KeyFilter, NumberFilter, TextFilter
from api.v2.search import Found, Rows, query_schema, result_schema, run
from api.views import SearchView, View
from engine.bpmn import definitions, resources
from engine.bpmn.models import FormDefinition, ProcessDefinition
from engine.bpmn.resources import Resource

blueprint = CamundaBlueprint("resources", __name__, url_prefix="/v2/resources")


def _rows_of(kind: type[Resource]) -> Rows:
    """Select the resources of a kind in the shape of all."""
    statement: Rows = select(
        kind.key.label("key"),
        kind.deployment_key.label("deployment_key"),
        getattr(kind, definitions.ID_OF[kind]).label("id"),
        kind.version.label("version"),
        cast(getattr(kind, "version_tag", null()), String).label("version_tag"),
        kind.resource_name.label("resource_name"),
    )
    return statement


ALL = union_all(*map(_rows_of, resources.KINDS)).subquery("resource")


class ResourceSchema(CamelSchema):
    """A deployed file."""

    resource_key = KeyField(attribute="key")
    resource_id = fields.String(attribute="id")
    resource_name = fields.String()
    version = fields.Integer()
    version_tag = fields.String(allow_none=True)
    tenant_id = TenantField()


class ResourceFilterSchema(FilterSchema):
    """What may be asked of resources."""

    resource_key = KeyFilter(ALL.c.key)
    resource_id = TextFilter(ALL.c.id)
    resource_name = TextFilter(ALL.c.resource_name)
    version = NumberFilter(ALL.c.version)
    version_tag = TextFilter(ALL.c.version_tag)
    deployment_key = KeyFilter(ALL.c.deployment_key)
    tenant_id = TextFilter(literal(TENANT))


QUERY = query_schema(
    "Resource",
    ResourceFilterSchema,
    {
        "resourceKey": ALL.c.key,
        "resourceId": ALL.c.id,
        "resourceName": ALL.c.resource_name,
        "version": ALL.c.version,
        "versionTag": ALL.c.version_tag,
        "deploymentKey": ALL.c.deployment_key,
        "tenantId": literal(TENANT),
    },
)


class DeletionRequestSchema(CamelSchema):
    """Nothing is needed to delete; what was done with a resource keeps it, so that there is no history to delete."""

    operation_reference = fields.Integer(strict=True, validate=validate.Range(min=1))
    delete_history = fields.Boolean(truthy={True}, falsy={False})


class DeletionSchema(CamelSchema):
    """A resource that was deleted, at once and not in a batch."""

    resource_key = KeyField()
    batch_operation = ConstantField(value=None)


@blueprint.route("/search")
class Search(SearchView):
    """The search of resources."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("Resource", ResourceSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search resources."""
        return run(self.session, select(ALL), ALL.c.key, query)


@blueprint.route("/<key:key>")
class One(View):
    """One deployed file."""

    @blueprint.response(200, ResourceSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, Any]:
        """Get a resource."""
        return _document(resources.find(self.session, key))


@blueprint.route("/<key:key>/content")
class Content(View):
    """The content of a resource that is JSON."""

    @blueprint.response(200, {"type": "object"}, content_type="application/json")
    @blueprint.refuses(404, 406)
    def get(self, key: int) -> Response:
        """Get the content of a resource.

        Only forms are JSON; diagrams and decisions have binary content.
        """
        if not isinstance(resources.find(self.session, key), FormDefinition):
            raise NotAcceptable(f"resource {key} is no JSON: its content is at /v2/resources/{key}/content/binary")
        return Response(resources.content(self.session, key), content_type="application/json")


@blueprint.route("/<key:key>/content/binary")
class BinaryContent(View):
    """The content of a resource."""

    @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
    @blueprint.refuses(404)
    def get(self, key: int) -> Response:
        """Get the binary content of a resource."""
        return Response(resources.content(self.session, key), content_type="application/octet-stream")


@blueprint.route("/<key:key>/deletion")
class Deletion(View):
    """The deletion of a resource."""

    @blueprint.arguments(DeletionRequestSchema, required=False)
    @blueprint.response(200, DeletionSchema)
    @blueprint.refuses(400, 404, 409)
    def post(self, _body: dict[str, Any], key: int) -> dict[str, int]:
        """Delete a resource."""
        resources.remove(self.session, key, by=auth.caller())
        return {"resource_key": key}


def _document(found: Resource) -> dict[str, Any]:
    tag = found.version_tag if isinstance(found, ProcessDefinition) else None
    name = getattr(found, definitions.ID_OF[type(found)])
    return {
        "key": found.key,
        "id": name,
        "version": found.version,
        "version_tag": tag,
        "resource_name": found.resource_name,
    }
