"""The preview of the migration of process instances, of which Camunda's API knows nothing."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api import auth
from api.blueprint import Blueprint
from api.errors import ProblemItemSchema
from api.fields import CamelSchema, KeyField, example
from api.v2.migrations import MigrationInstructionSchema, goal_of
from api.views import SearchView
from engine.bpmn import instance_migrations
from engine.bpmn.instance_migrations import Preview

blueprint = Blueprint(
    "process-instances-preview",
    __name__,
    url_prefix="/api/process-instances",
    description="What a migration would do; /v2 has the migration itself",
)

MOST = 200
"""How many instances one preview tells of."""


class MigrationPreviewQuerySchema(MigrationInstructionSchema):
    """Which process instances would go where."""

    process_instance_keys = fields.List(KeyField(), required=True, validate=validate.Length(1, MOST))


class MigrationMoveSchema(CamelSchema):
    """An element under way, and the one that stands for it in the target."""

    source_element_id = fields.String(attribute="source", metadata=example("self_evaluation"))
    target_element_id = fields.String(attribute="target", metadata=example("self_assessment"))
    user_task_key = KeyField(attribute="task.key", allow_none=True, dump_default=None)
    name = fields.String(attribute="task.name", allow_none=True, dump_default=None)
    assignee = fields.String(attribute="task.assignee", allow_none=True, dump_default=None)


class MigrationPreviewSchema(CamelSchema):
    """What would become of one process instance; it cannot be migrated if there are problems."""

    process_instance_key = KeyField(attribute="instance_key")
    business_id = fields.String(allow_none=True)
    moves = fields.List(fields.Nested(MigrationMoveSchema))
    armed = fields.List(fields.String(metadata=example("reminder", "An event that would be awaited from now")))
    closed = fields.List(fields.String(metadata=example("reminder", "An event that would no longer be awaited")))
    problems = fields.List(fields.Nested(ProblemItemSchema))


class MigrationPreviewsSchema(CamelSchema):
    """What would become of each."""

    items = fields.List(fields.Nested(MigrationPreviewSchema), required=True)


@blueprint.route("/migration-preview")
class MigrationPreview(SearchView):
    """The preview of a migration."""

    @blueprint.arguments(MigrationPreviewQuerySchema)
    @blueprint.response(200, MigrationPreviewsSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any]) -> dict[str, list[Preview]]:
        """Preview the migration of process instances, as an operator; nothing is changed."""
        goal, keys = goal_of(body), body["process_instance_keys"]
        by = auth.caller()
        return {"items": [instance_migrations.preview(self.session, key, goal, by=by) for key in keys]}
