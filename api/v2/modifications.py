"""The modification of process instances, and of variables."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api import auth
from api.blueprint import PROBLEM_TYPE, CamundaBlueprint
from api.errors import ProblemSchema
from api.fields import CamelSchema, KeyField
from api.v2.fields import VariablesField
from api.views import View
from engine.bpmn import modifications
from engine.bpmn.modifications import Activating, Modification, Moving, Scope

blueprint = CamundaBlueprint("modifications", __name__, url_prefix="/v2/process-instances")
variables_blueprint = CamundaBlueprint("element-instance-variables", __name__, url_prefix="/v2/element-instances")

EXISTING = "-1"
"""As the key of an ancestor: what there is."""

ELEMENT_ID = validate.Length(min=1)


class AncestorField(KeyField):
    """The key of what is around an element; -1 means what there is."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if value == EXISTING else super()._deserialize(value, attr, data, **kwargs)


class VariableInstructionSchema(CamelSchema):
    """Variables, and the element at which they are to be set."""

    variables = VariablesField(required=True)
    scope_id = fields.String(load_default="")


class ActivateInstructionSchema(CamelSchema):
    """An element to be activated."""

    element_id = fields.String(required=True, validate=ELEMENT_ID)
    variable_instructions = fields.List(fields.Nested(VariableInstructionSchema), load_default=list)
    ancestor_element_instance_key = AncestorField(load_default=None)


class TerminateInstructionSchema(CamelSchema):
    """Element instances: one by its key, or all of an element."""

    element_id = fields.String(validate=ELEMENT_ID)
    element_instance_key = KeyField()

    @validates_schema
    def expect_one_name(self, body: dict[str, Any], **_: Any) -> None:
        """Refuse to guess what is meant."""
        if len(body) != 1:
            raise ValidationError("Either elementId or elementInstanceKey must be given.")


class SourceElementInstructionSchema(CamelSchema):
    """The element instances that are moved."""

    source_type = fields.String(required=True, validate=validate.OneOf(["byId", "byKey"]))
    source_element_id = fields.String(validate=ELEMENT_ID)
    source_element_instance_key = KeyField()

    @validates_schema
    def expect_its_name(self, body: dict[str, Any], **_: Any) -> None:
        """Refuse what does not say what its type promises."""
        wanted = "source_element_id" if body.get("source_type") == "byId" else "source_element_instance_key"
        if body.keys() - {"source_type"} != {wanted}:
            raise ValidationError("sourceElementId goes with byId, sourceElementInstanceKey with byKey.")


class AncestorScopeInstructionSchema(CamelSchema):
    """In what a moved element is activated."""

    ancestor_scope_type = fields.Enum(Scope, by_value=True, required=True)
    ancestor_element_instance_key = AncestorField(load_default=None)


class MoveInstructionSchema(CamelSchema):
    """Elements that end, for which others begin."""

    source_element_instruction = fields.Nested(SourceElementInstructionSchema, required=True)
    target_element_id = fields.String(required=True, validate=ELEMENT_ID)
    ancestor_scope_instruction = fields.Nested(AncestorScopeInstructionSchema, load_default=None)
    variable_instructions = fields.List(fields.Nested(VariableInstructionSchema), load_default=list)


class ModificationInstructionSchema(CamelSchema):
    """What is to be done to a process instance at once."""

    activate_instructions = fields.List(fields.Nested(ActivateInstructionSchema), load_default=list)
    move_instructions = fields.List(fields.Nested(MoveInstructionSchema), load_default=list)
    terminate_instructions = fields.List(fields.Nested(TerminateInstructionSchema), load_default=list)
    operation_reference = fields.Integer(strict=True, validate=validate.Range(min=1))


class SetVariablesSchema(CamelSchema):
    """Variables to be set: where they are defined, or at this element instance alone."""

    variables = VariablesField(required=True)
    local = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    operation_reference = fields.Integer(strict=True, validate=validate.Range(min=1))


@blueprint.route("/<key:key>/modification")
class InstanceModification(View):
    """The modification of a process instance."""

    @blueprint.arguments(ModificationInstructionSchema)
    @blueprint.response(204)
    @blueprint.refuses(400, 404)
    def post(self, body: dict[str, Any], key: int) -> None:
        """Modify a process instance."""
        modification = Modification(
            tuple(_activating(one["element_id"], one) for one in body["activate_instructions"]),
            tuple(_moving(one) for one in body["move_instructions"]),
            tuple(one.get("element_instance_key") or one["element_id"] for one in body["terminate_instructions"]),
        )
        modifications.modify(self.session, key, modification, by=auth.caller())


@variables_blueprint.route("/<key:key>/variables")
class ElementVariables(View):
    """The variables of an element instance, or of a process instance."""

    @variables_blueprint.arguments(SetVariablesSchema)
    @variables_blueprint.response(204)
    @variables_blueprint.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_TYPE
    )  # where the key is no number
    @variables_blueprint.refuses(400)
    def put(self, body: dict[str, Any], key: int) -> None:
        """Set the variables of an element instance."""
        given, local = body["variables"], body["local"]
        modifications.set_variables(self.session, key, given, local=local, by=auth.caller())


def _activating(element_id: str, body: dict[str, Any]) -> Activating:
    given: dict[str, dict[str, Any]] = {}
    for one in body["variable_instructions"]:
        given.setdefault(one["scope_id"], {}).update(one["variables"])
    return Activating(element_id, body.get("ancestor_element_instance_key"), given)


def _moving(body: dict[str, Any]) -> Moving:
    source = body["source_element_instruction"]
    place = source.get("source_element_instance_key") or source["source_element_id"]
    scope = body["ancestor_scope_instruction"] or {"ancestor_scope_type": Scope.CHOSEN}
    about = {**body, "ancestor_element_instance_key": scope.get("ancestor_element_instance_key")}
    return Moving(place, _activating(body["target_element_id"], about), scope["ancestor_scope_type"])
