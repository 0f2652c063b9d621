"""The conditions under which processes start, asked with variables from outside."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.fields import TenantField, VariablesField
from api.views import View
from engine import keys
from engine.bpmn import starts

blueprint = CamundaBlueprint("conditionals", __name__, url_prefix="/v2/conditionals")


class ConditionalEvaluationRequestSchema(CamelSchema):
    """What the conditions see, and what the processes begin with; of every process, or of one definition."""

    variables = VariablesField(required=True)
    process_definition_key = KeyField(load_default=None)
    tenant_id = TenantField()


class StartedSchema(CamelSchema):
    """A process instance that a condition started."""

    process_definition_key = KeyField(attribute="definition_key")
    process_instance_key = KeyField(attribute="key")


class ConditionalEvaluationSchema(CamelSchema):
    """What came of an evaluation."""

    conditional_evaluation_key = KeyField()
    tenant_id = TenantField()
    process_instances = fields.List(fields.Nested(StartedSchema))


@blueprint.route("/evaluation")
class Evaluations(View):
    """The evaluations of start conditions."""

    @blueprint.arguments(ConditionalEvaluationRequestSchema)
    @blueprint.response(200, ConditionalEvaluationSchema)
    @blueprint.refuses(400, 403, 404)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Start the processes of which a start condition holds."""
        definition_key = body["process_definition_key"]
        found = starts.evaluate(self.session, body["variables"], by=auth.caller(), definition_key=definition_key)
        return {"conditional_evaluation_key": keys.issue(), "process_instances": found}
