"""Message subscriptions: what process instances wait for now."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import and_, literal, select

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, InstantField, KeyField
from api.v2.fields import TENANT, ConstantField, TenantField
from api.v2.filters import FilterSchema, InstantFilter, KeyFilter, NumberFilter, TextFilter
from api.v2.search import Found, Rows, query_schema, result_schema, run
from api.views import SearchView
from engine.bpmn.models import ElementInstance, HistoryRow, MessageSubscription, ProcessDefinition, ProcessInstance
from engine.identity import Identity, operator_sees

blueprint = CamundaBlueprint("message-subscriptions", __name__, url_prefix="/v2/message-subscriptions")

STATE, KIND = "CREATED", "PROCESS_EVENT"
"""All that are kept wait still, and wait in an instance."""


class MessageSubscriptionSchema(CamelSchema):
    """A message that an instance waits for."""

    message_subscription_key = KeyField(attribute="MessageSubscription.key")
    message_subscription_state = ConstantField(value=STATE)
    message_subscription_type = ConstantField(value=KIND)
    message_name = fields.String(attribute="MessageSubscription.message_name")
    correlation_key = fields.String(attribute="MessageSubscription.correlation_key")
    last_updated_date = InstantField(attribute="HistoryRow.at")
    element_id = fields.String(attribute="MessageSubscription.event_id")
    element_instance_key = KeyField(attribute="ElementInstance.key")
    process_definition_key = KeyField(attribute="ProcessDefinition.key")
    process_definition_id = fields.String(attribute="ProcessDefinition.process_id")
    process_definition_name = fields.String(attribute="ProcessDefinition.name", allow_none=True)
    process_definition_version = fields.Integer(attribute="ProcessDefinition.version")
    process_instance_key = KeyField(attribute="MessageSubscription.instance_key")
    root_process_instance_key = KeyField(attribute="ProcessInstance.root_key")
    business_id = fields.String(attribute="ProcessInstance.business_id", allow_none=True)
    inbound_connector_type = ConstantField(value=None)
    tool_name = ConstantField(value=None)
    tool_properties = ConstantField(value={})
    tenant_id = TenantField()


class MessageSubscriptionFilterSchema(FilterSchema):
    """What may be asked of message subscriptions."""

    message_subscription_key = KeyFilter(MessageSubscription.key)
    message_subscription_state = TextFilter(literal(STATE))
    message_subscription_type = TextFilter(literal(KIND))
    message_name = TextFilter(MessageSubscription.message_name)
    correlation_key = TextFilter(MessageSubscription.correlation_key)
    last_updated_date = InstantFilter(HistoryRow.at)
    element_id = TextFilter(MessageSubscription.event_id)
    element_instance_key = KeyFilter(ElementInstance.key)
    process_definition_key = KeyFilter(ProcessDefinition.key)
    process_definition_id = TextFilter(ProcessDefinition.process_id)
    process_definition_name = TextFilter(ProcessDefinition.name)
    process_definition_version = NumberFilter(ProcessDefinition.version)
    process_instance_key = KeyFilter(MessageSubscription.instance_key)
    business_id = TextFilter(ProcessInstance.business_id)
    tenant_id = TextFilter(literal(TENANT))


QUERY = query_schema(
    "MessageSubscription",
    MessageSubscriptionFilterSchema,
    {
        "messageSubscriptionKey": MessageSubscription.key,
        "messageSubscriptionState": literal(STATE),
        "messageSubscriptionType": literal(KIND),
        "messageName": MessageSubscription.message_name,
        "correlationKey": MessageSubscription.correlation_key,
        "lastUpdatedDate": HistoryRow.at,
        "elementId": MessageSubscription.event_id,
        "elementInstanceKey": ElementInstance.key,
        "processDefinitionId": ProcessDefinition.process_id,
        "processDefinitionName": ProcessDefinition.name,
        "processDefinitionVersion": ProcessDefinition.version,
        "processInstanceKey": MessageSubscription.instance_key,
        "businessId": ProcessInstance.business_id,
        "tenantId": literal(TENANT),
    },
)


@blueprint.route("/search")
class Search(SearchView):
    """The search of message subscriptions."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("MessageSubscription", MessageSubscriptionSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search message subscriptions."""
        return run(self.session, _known_to(auth.caller()), MessageSubscription.key, query)


def _known_to(identity: Identity) -> Rows:
    """Select what instances wait for, with the token that waits and the step in which it began."""
    stay = (
        ElementInstance.instance_key == MessageSubscription.instance_key,
        ElementInstance.token == MessageSubscription.token,
    )
    came = (HistoryRow.instance_key == ElementInstance.instance_key, HistoryRow.sequence == ElementInstance.entered_in)
    statement: Rows = (
        select(MessageSubscription, ProcessInstance, ProcessDefinition, ElementInstance, HistoryRow)
        .join(ProcessInstance, ProcessInstance.key == MessageSubscription.instance_key)
        .join(ProcessDefinition, ProcessDefinition.key == ProcessInstance.definition_key)
        .join(ElementInstance, and_(*stay))
        .join(HistoryRow, and_(*came))
        .where(operator_sees(identity))
    )
    return statement
