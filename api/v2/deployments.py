"""Deployments: files that belong together, in one multipart request."""

from __future__ import annotations

from flask import request
from marshmallow import fields

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.fields import TENANT, TenantField
from api.views import View
from engine.bpmn import deployments
from engine.bpmn.definitions import Definition
from engine.bpmn.models import DecisionDefinition, FormDefinition, ProcessDefinition
from engine.bpmn.resources import Resource
from engine.errors import Invalid, Problem

blueprint = CamundaBlueprint("deployments", __name__, url_prefix="/v2/deployments")


class DeployedProcessSchema(CamelSchema):
    """A process that a deployment made or found unchanged."""

    process_definition_id = fields.String(attribute="process_id")
    process_definition_version = fields.Integer(attribute="version")
    process_definition_key = KeyField(attribute="key")
    resource_name = fields.String()
    tenant_id = TenantField()


class DeployedDecisionSchema(CamelSchema):
    """A decision; what it requires is in its own file and has no other key."""

    decision_definition_id = fields.String(attribute="decision_id")
    decision_definition_key = KeyField(attribute="key")
    version = fields.Integer()
    name = fields.Function(lambda decision: decision.name or decision.decision_id)
    decision_requirements_id = fields.String(attribute="decision_id", dump_only=True)
    decision_requirements_key = KeyField(attribute="key", dump_only=True)
    tenant_id = TenantField()


class DeployedFormSchema(CamelSchema):
    """A form."""

    form_id = fields.String()
    form_key = KeyField(attribute="key")
    version = fields.Integer()
    resource_name = fields.String()
    tenant_id = TenantField()


class DeployedSchema(CamelSchema):
    """One of the things deployed: exactly one name has a value."""

    process_definition = fields.Nested(DeployedProcessSchema, allow_none=True)
    decision_definition = fields.Nested(DeployedDecisionSchema, allow_none=True)
    decision_requirements = fields.Raw(allow_none=True)
    form = fields.Nested(DeployedFormSchema, allow_none=True)
    resource = fields.Raw(allow_none=True)


class DeploymentSchema(CamelSchema):
    """A deployment."""

    deployment_key = KeyField()
    tenant_id = TenantField()
    deployments = fields.List(fields.Nested(DeployedSchema))


KINDS: dict[type[Definition], str] = {
    ProcessDefinition: "process_definition",
    DecisionDefinition: "decision_definition",
    FormDefinition: "form",
}
NOTHING = dict.fromkeys(("process_definition", "decision_definition", "decision_requirements", "form", "resource"))

FILES = {
    "type": "object",
    "properties": {
        "resources": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "tenantId": {"type": "string"},
    },
    "required": ["resources"],
}


@blueprint.route("")
class Deployments(View):
    """The deployments."""

    @blueprint.doc(requestBody={"required": True, "content": {"multipart/form-data": {"schema": FILES}}})
    @blueprint.response(200, DeploymentSchema)
    @blueprint.refuses(400)
    def post(self) -> dict[str, object]:
        """Deploy resources.

        BPMN, DMN and form files are checked together; all of them are deployed, or none.
        """
        _expect_tenant(request.form.get("tenantId", TENANT))
        files = [Resource(file.filename or name, file.stream.read()) for name, file in request.files.items(multi=True)]
        deployed = deployments.deploy(self.session, files, by=auth.caller())
        found = [NOTHING | {KINDS[type(definition)]: definition} for definition in deployed.definitions]
        return {"deployment_key": deployed.deployment.key, "deployments": found}


def _expect_tenant(tenant: str) -> None:
    if tenant != TENANT:
        problem = Problem(f"There is no tenant {tenant}.", "tenantId", "unknown-tenant")
        raise Invalid(f"Expected to deploy to tenant {tenant}, but there is only {TENANT}", [problem])
