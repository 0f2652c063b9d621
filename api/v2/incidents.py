"""Incidents: search, one, resolution."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Row, case, func, literal, select

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, InstantField, KeyField
from api.v2.fields import TENANT, TenantField
from api.v2.filters import FilterSchema, InstantFilter, KeyFilter, StateFilter, TextFilter
from api.v2.search import Found, Rows, query_schema, result_schema, run
from api.views import SearchView, View
from engine.bpmn import element_instances, incidents
from engine.bpmn.models import IncidentRecord, IncidentState, ProcessInstance
from engine.errors import ErrorType, NotFound
from engine.identity import Identity

blueprint = CamundaBlueprint("incidents", __name__, url_prefix="/v2/incidents")

STATE = case(
    (IncidentRecord.resolved_at.is_(None), literal(IncidentState.ACTIVE.value)),
    else_=literal(IncidentState.RESOLVED.value),
)

ELEMENT_INSTANCE = func.coalesce(
    element_instances.key_at(IncidentRecord.instance_key, IncidentRecord.token), IncidentRecord.instance_key
)
"""Where it happened; the process instance itself where no token had come yet."""

OTHER_TYPES = (
    "AD_HOC_SUB_PROCESS_NO_RETRIES",
    "EXECUTION_LISTENER_NO_RETRIES",
    "MESSAGE_SIZE_EXCEEDED",
    "RESOURCE_NOT_FOUND",
    "SECRET_RESOLUTION_ERROR",
    "TASK_LISTENER_NO_RETRIES",
    "UNSPECIFIED",
)
"""Camunda's types of what does not happen here."""


class IncidentSchema(CamelSchema):
    """An incident."""

    incident_key = KeyField(attribute="IncidentRecord.key")
    error_type = fields.String(attribute="IncidentRecord.kind")
    error_message = fields.String(attribute="IncidentRecord.message")
    element_id = fields.String(attribute="IncidentRecord.element_id")
    element_instance_key = KeyField()
    job_key = KeyField(attribute="IncidentRecord.job_key", allow_none=True)
    state = fields.String()
    creation_time = InstantField(attribute="IncidentRecord.created_at")
    process_definition_id = fields.String(attribute="ProcessInstance.process_id")
    process_definition_key = KeyField(attribute="ProcessInstance.definition_key")
    process_instance_key = KeyField(attribute="ProcessInstance.key")
    root_process_instance_key = KeyField(attribute="ProcessInstance.root_key")
    tenant_id = TenantField()


class IncidentFilterFieldsSchema(FilterSchema):
    """What may be asked of incidents, once."""

    incident_key = KeyFilter(IncidentRecord.key)
    error_type = StateFilter(IncidentRecord.kind, ErrorType, beside=OTHER_TYPES)
    error_message = TextFilter(IncidentRecord.message)
    element_id = TextFilter(IncidentRecord.element_id)
    element_instance_key = KeyFilter(ELEMENT_INSTANCE)
    job_key = KeyFilter(IncidentRecord.job_key)
    state = StateFilter(STATE, IncidentState, beside=("MIGRATED", "PENDING", "UNKNOWN"))
    creation_time = InstantFilter(IncidentRecord.created_at)
    process_definition_id = TextFilter(ProcessInstance.process_id)
    process_definition_key = KeyFilter(ProcessInstance.definition_key)
    process_instance_key = KeyFilter(ProcessInstance.key)
    tenant_id = TextFilter(literal(TENANT))


class IncidentFilterSchema(IncidentFilterFieldsSchema):
    """What may be asked of incidents."""

    or_ = fields.List(fields.Nested(IncidentFilterFieldsSchema), data_key="$or")


class IncidentResolutionSchema(CamelSchema):
    """Nothing is needed to resolve; the reference is Camunda's for its own records."""

    operation_reference = fields.Integer(strict=True, validate=validate.Range(min=1))


QUERY = query_schema(
    "Incident",
    IncidentFilterSchema,
    {
        "incidentKey": IncidentRecord.key,
        "errorType": IncidentRecord.kind,
        "elementId": IncidentRecord.element_id,
        "elementInstanceKey": ELEMENT_INSTANCE,
        "jobKey": IncidentRecord.job_key,
        "state": STATE,
        "creationTime": IncidentRecord.created_at,
        "processDefinitionId": ProcessInstance.process_id,
        "processDefinitionKey": ProcessInstance.definition_key,
        "processInstanceKey": ProcessInstance.key,
    },
)

IncidentResultSchema = result_schema("Incident", IncidentSchema)


@blueprint.route("/search")
class Search(SearchView):
    """The search of incidents."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, IncidentResultSchema)
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search incidents."""
        return run(self.session, known_to(auth.caller()), IncidentRecord.key, query)


@blueprint.route("/<key:key>")
class Incident(View):
    """One incident."""

    @blueprint.response(200, IncidentSchema)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> Row[Any]:
        """Get an incident."""
        found = self.session.execute(known_to(auth.caller()).where(IncidentRecord.key == key)).first()
        if found is None:
            raise NotFound("Expected to find incident {key}, but there is none that you may know of", key=key)
        return found


@blueprint.route("/<key:key>/resolution")
class Resolution(View):
    """The resolution of an incident."""

    @blueprint.arguments(IncidentResolutionSchema, required=False)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def post(self, _body: dict[str, Any], key: int) -> None:
        """Resolve an incident: what failed is done again, and is a new incident if it fails again."""
        incidents.resolve(self.session, key, by=auth.caller())


def known_to(identity: Identity) -> Rows:
    """Select the incidents somebody may know of, with what else is shown of them."""
    statement: Rows = (
        select(IncidentRecord, ProcessInstance, STATE.label("state"), ELEMENT_INSTANCE.label("element_instance_key"))
        .join(ProcessInstance, ProcessInstance.key == IncidentRecord.instance_key)
        .where(incidents.visible_to(identity))
    )
    return statement
