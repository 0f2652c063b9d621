"""Messages: published for whoever waits or will wait, or given to one who waits now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import fields, validate

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.fields import TenantField, VariablesField
from api.views import View
from engine.bpmn import messages
from engine.bpmn.messages import Publication

blueprint = CamundaBlueprint("messages", __name__, url_prefix="/v2/messages")

LONGEST_KEPT = int(timedelta(days=3650) / timedelta(milliseconds=1))
"""The longest time to live, in milliseconds: ten years."""


class CorrelationRequestSchema(CamelSchema):
    """A message for one who waits now."""

    name = fields.String(required=True, validate=validate.Length(min=1))
    correlation_key = fields.String(load_default="")
    variables = VariablesField(load_default=dict)
    tenant_id = TenantField()


class PublicationRequestSchema(CorrelationRequestSchema):
    """A message for whoever waits, or begins to wait while it is kept."""

    time_to_live = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, LONGEST_KEPT))
    message_id = fields.String(load_default="")


class PublicationSchema(CamelSchema):
    """A published message."""

    message_key = KeyField()
    tenant_id = TenantField()


class CorrelationSchema(PublicationSchema):
    """A message that an instance has taken."""

    process_instance_key = KeyField()


@blueprint.route("/publication")
class Publications(View):
    """The published messages."""

    @blueprint.arguments(PublicationRequestSchema)
    @blueprint.response(200, PublicationSchema)
    @blueprint.refuses(400)
    def post(self, body: dict[str, Any]) -> dict[str, int]:
        """Publish a message."""
        message = Publication(
            body["name"],
            body["correlation_key"],
            body["variables"],
            time_to_live=timedelta(milliseconds=body["time_to_live"]),
            message_id=body["message_id"] or None,
        )
        return {"message_key": messages.publish(self.session, message, by=auth.caller())}


@blueprint.route("/correlation")
class Correlations(View):
    """The messages given to one who waits."""

    @blueprint.arguments(CorrelationRequestSchema)
    @blueprint.response(200, CorrelationSchema)
    @blueprint.refuses(400, 404)
    def post(self, body: dict[str, Any]) -> dict[str, int]:
        """Correlate a message."""
        message = Publication(body["name"], body["correlation_key"], body["variables"])
        message_key, instance_key = messages.correlate(self.session, message, by=auth.caller())
        return {"message_key": message_key, "process_instance_key": instance_key}
