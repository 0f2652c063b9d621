"""Deployments: files that belong together, in one multipart request."""

from __future__ import annotations

from flask import request
from marshmallow import fields
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import CamundaBlueprint
from api.errors import ProblemItemSchema
from api.fields import CamelSchema, KeyField
from api.v2.fields import TENANT, TenantField
from api.views import LARGEST_UPLOAD, View
from engine.bpmn import definitions, deployments
from engine.bpmn.definitions import Definition
from engine.bpmn.files import Reading, Resource
from engine.bpmn.models import DecisionDefinition, DecisionRequirements, FormDefinition, ProcessDefinition
from engine.errors import Invalid, Problem
from engine.sentences import Sentence

blueprint = CamundaBlueprint("deployments", __name__, url_prefix="/v2/deployments")


class DeployedProcessSchema(CamelSchema):
    """A process that a deployment made or found unchanged."""

    process_definition_id = fields.String(attribute="process_id")
    process_definition_version = fields.Integer(attribute="version")
    process_definition_key = KeyField(attribute="key")
    resource_name = fields.String()
    tenant_id = TenantField()


class DeployedDecisionSchema(CamelSchema):
    """A decision."""

    decision_definition_id = fields.String(attribute="decision.decision_id")
    decision_definition_key = KeyField(attribute="decision.key")
    version = fields.Integer(attribute="decision.version")
    name = fields.Function(lambda found: found["decision"].name or found["decision"].decision_id)
    decision_requirements_id = fields.String(attribute="requirements.requirements_id")
    decision_requirements_key = KeyField(attribute="requirements.key")
    tenant_id = TenantField()


class DeployedRequirementsSchema(CamelSchema):
    """A file of decisions."""

    decision_requirements_id = fields.String(attribute="requirements_id")
    decision_requirements_key = KeyField(attribute="key")
    decision_requirements_name = fields.String(attribute="name")
    version = fields.Integer()
    resource_name = fields.String()
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
    decision_requirements = fields.Nested(DeployedRequirementsSchema, allow_none=True)
    form = fields.Nested(DeployedFormSchema, allow_none=True)
    resource = fields.Raw(allow_none=True)


class DeploymentSchema(CamelSchema):
    """A deployment."""

    deployment_key = KeyField()
    tenant_id = TenantField()
    deployments = fields.List(fields.Nested(DeployedSchema))
    warnings = fields.List(fields.Nested(ProblemItemSchema))


KINDS: dict[type[Definition], str] = {
    ProcessDefinition: "process_definition",
    DecisionDefinition: "decision_definition",
    DecisionRequirements: "decision_requirements",
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

    largest = LARGEST_UPLOAD
    readings: list[Reading]

    def prepare(self) -> None:
        """Read the files."""
        _expect_tenant(request.form.get("tenantId", TENANT))
        files = [Resource(file.filename or name, file.stream.read()) for name, file in request.files.items(multi=True)]
        self.readings = deployments.read(files, by=auth.caller())

    @blueprint.doc(requestBody={"required": True, "content": {"multipart/form-data": {"schema": FILES}}})
    @blueprint.response(200, DeploymentSchema)
    @blueprint.refuses(400)
    def post(self) -> dict[str, object]:
        """Deploy resources.

        BPMN, DMN and form files are checked together; all of them are deployed, or none.
        """
        deployed = deployments.deploy(self.session, self.readings, by=auth.caller())
        found = [NOTHING | {KINDS[type(one)]: _document(self.session, one)} for one in deployed.definitions]
        key = deployed.deployment.key
        return {"deployment_key": key, "deployments": found, "warnings": deployed.warnings}


def _document(session: Session, definition: Definition) -> object:
    """Add to a decision how its file is called."""
    if not isinstance(definition, DecisionDefinition):
        return definition
    requirements = definitions.get(session, DecisionRequirements, definition.requirements_key)
    return {"decision": definition, "requirements": requirements}


def _expect_tenant(tenant: str) -> None:
    if tenant != TENANT:
        problem = Problem(Sentence("There is no tenant {tenant}.", tenant=tenant), "tenantId", "unknown-tenant")
        raise Invalid(
            "Expected to deploy to tenant {tenant}, but there is only {other_tenant}",
            [problem],
            tenant=tenant,
            other_tenant=TENANT,
        )
