"""The migration of process instances."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.views import View
from engine.bpmn import instance_migrations
from engine.bpmn.instance_migrations import Goal

blueprint = CamundaBlueprint("migrations", __name__, url_prefix="/v2/process-instances")


class MappingInstructionSchema(CamelSchema):
    """Which element of the target stands for one of the source."""

    source_element_id = fields.String(required=True, validate=validate.Length(min=1))
    target_element_id = fields.String(required=True, validate=validate.Length(min=1))


class MigrationInstructionSchema(CamelSchema):
    """Where a process instance is to go; elements that are not mapped keep their ids."""

    target_process_definition_key = KeyField(required=True)
    mapping_instructions = fields.List(fields.Nested(MappingInstructionSchema), required=True)
    operation_reference = fields.Integer(strict=True, validate=validate.Range(min=1))

    @validates_schema
    def expect_one_target(self, body: dict[str, Any], **_: Any) -> None:
        """Refuse to guess which of two targets of an element is meant."""
        sources = [mapping["source_element_id"] for mapping in body["mapping_instructions"]]
        if len(set(sources)) < len(sources):
            raise ValidationError("An element is mapped more than once.", "mappingInstructions")


@blueprint.route("/<key:key>/migration")
class Migration(View):
    """The migration of a process instance."""

    @blueprint.arguments(MigrationInstructionSchema)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def post(self, body: dict[str, Any], key: int) -> None:
        """Migrate a process instance."""
        instance_migrations.migrate(self.session, key, goal_of(body), by=auth.caller())


def goal_of(body: dict[str, Any]) -> Goal:
    """Return where instances are to go."""
    mapping = {one["source_element_id"]: one["target_element_id"] for one in body["mapping_instructions"]}
    return Goal(body["target_process_definition_key"], mapping)
