"""Element instances: search, one, its incidents."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, literal, select
from sqlalchemy.orm import aliased

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, InstantField, KeyField
from api.v2 import incidents
from api.v2.fields import TENANT, TenantField
from api.v2.filters import FilterSchema, FlagFilter, InstantFilter, KeyFilter, StateFilter, TextFilter
from api.v2.search import Found, Rows, query_schema, result_schema, run
from api.views import SearchView, View
from engine.bpmn import element_instances
from engine.bpmn.models import Element, ElementInstance, ElementState, HistoryRow, IncidentRecord, ProcessInstance
from engine.errors import NotFound
from engine.identity import Identity

blueprint = CamundaBlueprint("element-instances", __name__, url_prefix="/v2/element-instances")

_entered, _left, _scope = aliased(HistoryRow), aliased(HistoryRow), aliased(ElementInstance)

INCIDENT = (
    select(func.min(IncidentRecord.key))
    .where(
        IncidentRecord.instance_key == ElementInstance.instance_key,
        IncidentRecord.token == ElementInstance.token,
        IncidentRecord.resolved_at.is_(None),
    )
    .correlate(ElementInstance)
    .scalar_subquery()
)


def _within(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Make of a condition on the element instance around it one on an element instance."""
    around = (_scope.instance_key == ElementInstance.instance_key, _scope.token == ElementInstance.parent)
    return exists().where(*around, condition)


class ElementInstanceSchema(CamelSchema):
    """A token's stay on an element."""

    element_instance_key = KeyField(attribute="ElementInstance.key")
    element_id = fields.String(attribute="Element.element_id")
    element_name = fields.String(attribute="Element.name")
    type = fields.String(attribute="Element.type")
    state = fields.String(attribute="ElementInstance.state")
    start_date = InstantField(attribute="entered_at")
    end_date = InstantField(attribute="left_at", allow_none=True)
    has_incident = fields.Function(lambda row: row.incident_key is not None, metadata={"type": "boolean"})
    incident_key = KeyField(allow_none=True)
    process_definition_key = KeyField(attribute="Element.definition_key")
    process_definition_id = fields.String(attribute="ProcessInstance.process_id")
    process_instance_key = KeyField(attribute="ElementInstance.instance_key")
    root_process_instance_key = KeyField(attribute="ProcessInstance.root_key")
    tenant_id = TenantField()


class ElementInstanceFilterFieldsSchema(FilterSchema):
    """What may be asked of element instances, once."""

    element_instance_key = KeyFilter(ElementInstance.key)
    element_instance_scope_key = KeyFilter(_scope.key, within=_within)
    element_id = TextFilter(Element.element_id)
    element_name = TextFilter(Element.name)
    type = TextFilter(Element.type)
    state = StateFilter(ElementInstance.state, ElementState, beside=())
    start_date = InstantFilter(_entered.at)
    end_date = InstantFilter(_left.at)
    has_incident = FlagFilter(INCIDENT.is_not(None))
    incident_key = KeyFilter(INCIDENT)
    process_definition_key = KeyFilter(Element.definition_key)
    process_definition_id = TextFilter(ProcessInstance.process_id)
    process_instance_key = KeyFilter(ElementInstance.instance_key)
    tenant_id = TextFilter(literal(TENANT))


class ElementInstanceFilterSchema(ElementInstanceFilterFieldsSchema):
    """What may be asked of element instances."""

    or_ = fields.List(fields.Nested(ElementInstanceFilterFieldsSchema), data_key="$or")


QUERY = query_schema(
    "ElementInstance",
    ElementInstanceFilterSchema,
    {
        "elementInstanceKey": ElementInstance.key,
        "elementId": Element.element_id,
        "elementName": Element.name,
        "type": Element.type,
        "state": ElementInstance.state,
        "startDate": _entered.at,
        "endDate": _left.at,
        "incidentKey": INCIDENT,
        "processDefinitionKey": Element.definition_key,
        "processDefinitionId": ProcessInstance.process_id,
        "processInstanceKey": ElementInstance.instance_key,
        "tenantId": literal(TENANT),
    },
)


@blueprint.route("/search")
class Search(SearchView):
    """The search of element instances."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("ElementInstance", ElementInstanceSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search element instances."""
        return run(self.session, _known_to(auth.caller()), ElementInstance.key, query)


@blueprint.route("/<key:key>")
class Stay(View):
    """One element instance."""

    @blueprint.response(200, ElementInstanceSchema)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> Row[Any]:
        """Get an element instance."""
        found = self.session.execute(_known_to(auth.caller()).where(ElementInstance.key == key)).first()
        if found is None:
            raise NotFound("Expected to find element instance {key}, but there is none that you may know of", key=key)
        return found


@blueprint.route("/<key:key>/incidents/search")
class Incidents(SearchView):
    """The search of an element instance's incidents."""

    @blueprint.arguments(incidents.QUERY)
    @blueprint.response(200, incidents.IncidentResultSchema)
    @blueprint.refuses(400, 404)
    def post(self, query: dict[str, Any], key: int) -> Found:
        """Search the incidents of an element instance and of those inside it."""
        if self.session.execute(_known_to(auth.caller()).where(ElementInstance.key == key)).first() is None:
            raise NotFound("Expected to find element instance {key}, but there is none that you may know of", key=key)
        statement = incidents.known_to(auth.caller()).where(incidents.ELEMENT_INSTANCE.in_(_inside(key)))
        return run(self.session, statement, IncidentRecord.key, query)


def _inside(key: int) -> Select[int]:
    """Select the keys of an element instance and of all inside it."""
    stays = select(ElementInstance.key, ElementInstance.instance_key, ElementInstance.token)
    inside = stays.where(ElementInstance.key == key).cte(recursive=True)
    around = and_(inside.c.instance_key == ElementInstance.instance_key, inside.c.token == ElementInstance.parent)
    return select(inside.union_all(stays.join(inside, around)).c.key)


def _known_to(identity: Identity) -> Rows:
    """Select the element instances somebody may know of, with what else is shown of them."""
    entered = (_entered.instance_key == ElementInstance.instance_key, _entered.sequence == ElementInstance.entered_in)
    left = (_left.instance_key == ElementInstance.instance_key, _left.sequence == ElementInstance.left_in)
    dates = (_entered.at.label("entered_at"), _left.at.label("left_at"))
    statement: Rows = (
        select(ElementInstance, Element, ProcessInstance, *dates, INCIDENT.label("incident_key"))
        .join(Element, Element.key == ElementInstance.element_key)
        .join(ProcessInstance, ProcessInstance.key == ElementInstance.instance_key)
        .join(_entered, and_(*entered))
        .outerjoin(_left, and_(*left))
        .where(element_instances.visible_to(identity))
    )
    return statement
