"""How many element instances are where: of one process instance, and of all of a process definition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, Row, func, select, true
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema
from api.v2.element_instances import INCIDENT
from api.v2.process_instances import ProcessInstanceFilterSchema, known_to
from api.v2.search import Rows
from api.views import SearchView, View
from engine.bpmn.models import Element, ElementInstance, ElementState, ProcessInstance
from engine.identity import operator_sees

blueprint = CamundaBlueprint("element-statistics", __name__, url_prefix="/v2")


class ElementStatisticsSchema(CamelSchema):
    """How many instances of an element wait, were cancelled, have an incident, and were completed."""

    element_id = fields.String()
    active = fields.Integer()
    canceled = fields.Integer()
    incidents = fields.Integer()
    completed = fields.Integer()


class ElementStatisticsResultSchema(Schema):
    """The elements of which there are instances."""

    items = fields.List(fields.Nested(ElementStatisticsSchema))


class ElementStatisticsQuerySchema(Schema):
    """Of which process instances."""

    filter = fields.Nested(ProcessInstanceFilterSchema, load_default=true)


@blueprint.route("/process-instances/<key:key>/statistics/element-instances")
class OfInstance(View):
    """The element instances of a process instance."""

    @blueprint.response(200, ElementStatisticsResultSchema)
    @blueprint.refuses(400)
    def get(self, key: int) -> dict[str, Any]:
        """Get the element statistics of a process instance."""
        return {"items": _counted(self.session, ElementInstance.instance_key == key)}


@blueprint.route("/process-definitions/<key:key>/statistics/element-instances")
class OfDefinition(SearchView):
    """The element instances of a process definition."""

    @blueprint.arguments(ElementStatisticsQuerySchema)
    @blueprint.response(200, ElementStatisticsResultSchema)
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any], key: int) -> dict[str, Any]:
        """Get the element statistics of a process definition."""
        asked = known_to(auth.caller()).with_only_columns(ProcessInstance.key, maintain_column_froms=True)
        chosen = ElementInstance.instance_key.in_(asked.where(query["filter"]))
        return {"items": _counted(self.session, (Element.definition_key == key) & chosen)}


def _counted(session: Session, asked: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Count by element what an operator may know of."""
    counts = {
        "active": ElementInstance.state == ElementState.ACTIVE,
        "canceled": ElementInstance.state == ElementState.TERMINATED,
        "incidents": INCIDENT.is_not(None),
        "completed": ElementInstance.state == ElementState.COMPLETED,
    }
    columns = (func.count().filter(condition).label(name) for name, condition in counts.items())
    statement: Rows = (
        select(Element.element_id, *columns)
        .select_from(ElementInstance)
        .join(Element, Element.key == ElementInstance.element_key)
        .where(asked, Element.type != "PROCESS", operator_sees(auth.caller()))
        .group_by(Element.element_id)
        .order_by(Element.element_id)
    )
    return session.execute(statement).all()
