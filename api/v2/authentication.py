"""Who asks, in Camunda's shape."""

from __future__ import annotations

from marshmallow import fields

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema
from api.v2.fields import TENANT, ConstantField
from api.views import View

blueprint = CamundaBlueprint("authentication", __name__, url_prefix="/v2/authentication")


class TenantSchema(CamelSchema):
    """The one tenant."""

    tenant_id = fields.String()
    name = fields.String()
    description = fields.String(allow_none=True)


class AccountSchema(CamelSchema):
    """An account: its groups, and which of Camunda's two components it could use."""

    username = fields.String()
    display_name = ConstantField(value=None)
    email = ConstantField(value=None)
    authorized_components = fields.List(fields.String())
    tenants = fields.List(fields.Nested(TenantSchema))
    groups = fields.List(fields.String())
    roles = ConstantField(value=[])
    sales_plan_type = ConstantField(value=None)
    c8_links = ConstantField(value={})
    can_logout = ConstantField(value=True)


@blueprint.route("/me")
class Me(View):
    """The account that asks."""

    @blueprint.response(200, AccountSchema)
    @blueprint.refuses()
    def get(self) -> dict[str, object]:
        """Get the account that asks."""
        caller = auth.caller()
        return {
            "username": caller.username,
            "authorized_components": ["operate", "tasklist"] if caller.operator else ["tasklist"],
            "tenants": [{"tenant_id": TENANT, "name": "Default", "description": None}],
            "groups": sorted(caller.groups),
        }
