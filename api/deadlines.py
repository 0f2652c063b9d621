"""Deadlines: how a cycle counts time; those of open tasks are extended, and closed tasks are opened again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, post_load, validate

from api import auth
from api.blueprint import Blueprint
from api.cycles import CLOSE, CycleSchema
from api.fields import CamelSchema, DayField, InstantField, KeyField, NameField, ProseField, example
from api.views import View
from engine.reviews.cycle import cycles
from engine.reviews.deadlines import extensions, timing
from engine.reviews.deadlines.timing import Timing
from engine.reviews.models import Cycle, Extension, Role
from engine.reviews.organisation import people
from engine.sentences import Sentence

blueprint = Blueprint(
    "deadlines", __name__, url_prefix="/api", description="How cycles count time, and more of it for single tasks"
)

MOST_STEPS = 200


def days_by_step(description: str) -> fields.Dict:
    """Make a field for a number of working days by step."""
    days = fields.Integer(strict=True, validate=validate.Range(0, timing.MOST_DAYS))
    return fields.Dict(
        keys=NameField(),
        values=days,
        load_default=dict,
        validate=validate.Length(max=MOST_STEPS),
        metadata=example({"self_evaluation": 5}, description),
    )


class TimingSchema(CamelSchema):
    """How a cycle counts time. A step is named by the id of its user task."""

    calendar = NameField(load_default="CN", metadata=example("CN"))
    close_of_business = fields.Time(load_default=None, allow_none=True, metadata=CLOSE)
    deadlines = days_by_step("In how many working days a step is due, where not as the diagram says")
    grace = days_by_step("For how many working days more a step that closes takes what is late")

    @post_load
    def make(self, given: dict[str, Any], **_: object) -> Timing:
        """Make what it says."""
        return Timing(**given)


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


@blueprint.route("/cycles/<key:key>/deadlines")
class Deadlines(View):
    """The deadlines of a cycle."""

    @blueprint.arguments(TimingSchema)
    @blueprint.response(200, CycleSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: Timing, key: int) -> dict[str, Cycle]:
        """Decide how a cycle that is not launched counts time: calendar, cut-off, days and grace by step."""
        cycle = cycles.found(self.session, key)
        return {"Cycle": timing.decide(self.session, cycle, body, by=auth.caller())}


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
        people.expect_role(auth.caller(), Role.HR, Sentence("list the extensions of user task {key}", key=key))
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
