"""More time: the deadlines of open tasks are extended, and tasks that their deadline closed are opened again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, InstantField, KeyField, ProseField, example
from api.views import View
from engine.reviews import extensions, people
from engine.reviews.models import Extension, Role

blueprint = Blueprint("deadlines", __name__, url_prefix="/api", description="More time for single tasks (E-48)")


class ExtensionSchema(CamelSchema):
    """More time that HR gave for one task."""

    key = KeyField(attribute="Extension.key")
    user_task_key = KeyField(attribute="Extension.task_key")
    before = InstantField(attribute="Extension.before", allow_none=True)
    after = InstantField(attribute="Extension.after")
    reason = fields.String(attribute="Extension.reason", metadata=example("出差"))
    reopened_user_task_key = KeyField(attribute="Extension.reopened_key", allow_none=True)
    extended_by = fields.String(attribute="Extension.extended_by", metadata=example("zhao.min"))
    extended_at = InstantField(attribute="Extension.extended_at")


class ExtensionsSchema(CamelSchema):
    """Extensions, the first one first."""

    items = fields.List(fields.Nested(ExtensionSchema), required=True)


class MoreTimeSchema(CamelSchema):
    """Until when, and why."""

    until = DayField(required=True, metadata=example("2025-10-17", "The last day; it ends at the cut-off"))
    reason = ProseField(required=True, metadata=example("出差"))


class ExtendingSchema(MoreTimeSchema):
    """The tasks to extend: all of them, or none."""

    user_task_keys = fields.List(
        KeyField(),
        required=True,
        validate=validate.Length(1, extensions.MOST_TASKS),
        metadata=example(["2251799813685252"]),
    )


@blueprint.route("/extensions")
class Extensions(View):
    """The extensions."""

    @blueprint.arguments(ExtendingSchema)
    @blueprint.response(201, ExtensionsSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any]) -> dict[str, object]:
        """Extend the deadlines of open tasks, as HR; their timers move with them, and their holders are told."""
        given = extensions.extend(
            self.session, body["user_task_keys"], body["until"], reason=body["reason"], by=auth.caller()
        )
        return _listed(given)


@blueprint.route("/user-tasks/<key:key>/extensions")
class ExtensionsOfTask(View):
    """The extensions of a task."""

    @blueprint.response(200, ExtensionsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List what HR extended of a task."""
        people.expect_role(auth.caller(), Role.HR, f"list the extensions of user task {key}")
        return _listed(extensions.of_task(self.session, extensions.found(self.session, key).key))


@blueprint.route("/user-tasks/<key:key>/reopening")
class Reopening(View):
    """The reopening of a task that its deadline closed."""

    @blueprint.arguments(MoreTimeSchema)
    @blueprint.response(201, ExtensionSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, Extension]:
        """Open a closed task again, as HR, while the process has not gone on beyond the next join or task."""
        reopened = extensions.reopen(self.session, key, body["until"], reason=body["reason"], by=auth.caller())
        return {"Extension": reopened}


def _listed(given: Sequence[Extension]) -> dict[str, object]:
    return {"items": [{"Extension": extension} for extension in given]}
