"""Forms, as form-js schemas."""

from __future__ import annotations

from marshmallow import fields

from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.fields import TenantField
from api.views import View
from engine import exact_json
from engine.bpmn import definitions
from engine.bpmn.models import FormDefinition

blueprint = CamundaBlueprint("forms", __name__, url_prefix="/v2/forms")


class FormSchema(CamelSchema):
    """One version of a form; its schema is JSON in a string."""

    form_key = KeyField(attribute="key")
    form_id = fields.String()
    version = fields.Integer()
    schema = fields.Function(lambda form: exact_json.dumps(form.schema).decode())
    tenant_id = TenantField()


@blueprint.route("/<key:key>")
class Form(View):
    """One version of a form."""

    @blueprint.response(200, FormSchema)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> FormDefinition:
        """Get a form."""
        return definitions.get(self.session, FormDefinition, key)
