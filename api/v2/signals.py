"""Signals: broadcast to all who listen."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.fields import TenantField, VariablesField
from api.views import View
from engine import keys
from engine.bpmn import signals

blueprint = CamundaBlueprint("signals", __name__, url_prefix="/v2/signals")


class BroadcastRequestSchema(CamelSchema):
    """A signal for all who listen now."""

    signal_name = fields.String(required=True, validate=validate.Length(min=1))
    variables = VariablesField(load_default=dict)
    tenant_id = TenantField()


class BroadcastSchema(CamelSchema):
    """A signal that was broadcast."""

    signal_key = KeyField()
    tenant_id = TenantField()


@blueprint.route("/broadcast")
class Broadcasts(View):
    """The signals that are broadcast."""

    @blueprint.arguments(BroadcastRequestSchema)
    @blueprint.response(200, BroadcastSchema)
    @blueprint.refuses(400, 404)
    def post(self, body: dict[str, Any]) -> dict[str, int]:
        """Broadcast a signal."""
        signals.broadcast(self.session, body["signal_name"], body["variables"], by=auth.caller())
        return {"signal_key": keys.issue()}
