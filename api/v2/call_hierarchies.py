"""Call hierarchies: which process instance called which."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import Row, func, select

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.search import Rows
from api.views import View
from engine.bpmn.models import ProcessDefinition, ProcessInstance
from engine.errors import NotFound
from engine.identity import operator_sees
from engine.sentences import Sentence

blueprint = CamundaBlueprint("call-hierarchies", __name__, url_prefix="/v2/process-instances")


class CallingInstanceSchema(CamelSchema):
    """A process instance on the way from the top."""

    process_instance_key = KeyField(attribute="key")
    process_definition_key = KeyField(attribute="definition_key")
    process_definition_name = fields.String(attribute="name")


@blueprint.route("/<key:key>/call-hierarchy")
class CallHierarchy(View):
    """The way from the instance at the top to this one."""

    @blueprint.response(200, CallingInstanceSchema(many=True))
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> list[Row[Any]]:
        """Get the call hierarchy of a process instance."""
        way: list[Row[Any]] = []
        wanted: int | None = key
        while wanted is not None:
            row: Row[Any] | None = self.session.execute(
                _ONE.where(ProcessInstance.key == wanted, operator_sees(auth.caller()))
            ).first()
            if row is None:
                reason = Sentence("there is none that you may know of")
                raise NotFound("Expected to find process instance {wanted}, but {reason}", wanted=wanted, reason=reason)
            way.append(row)
            wanted = row.parent_key
        return way[::-1]


_NAME = func.coalesce(func.nullif(ProcessDefinition.name, ""), ProcessDefinition.process_id).label("name")
_ONE: Rows = select(ProcessInstance.key, ProcessInstance.definition_key, ProcessInstance.parent_key, _NAME).join(
    ProcessDefinition, ProcessDefinition.key == ProcessInstance.definition_key
)
