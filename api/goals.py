"""The goals of a cycle, handed down from the company over departments to people."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.errors import ProblemItemSchema
from api.fields import CamelSchema, InstantField, KeyField, NameField, example
from api.views import View
from engine.reviews.cycle import cycles
from engine.reviews.models import Goal, GoalLevel, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import goals
from engine.reviews.rulebook.goals import Given
from engine.sentences import Sentence

blueprint = Blueprint("goals", __name__, url_prefix="/api/cycles", description="What is handed down")


class GoalDraftSchema(CamelSchema):
    """A goal to hand down; its target must be its share of the goal above."""

    level = fields.Enum(GoalLevel, by_value=True, required=True)
    owner = KeyField(load_default=None, allow_none=True)
    parent_key = KeyField(load_default=None, allow_none=True)
    indicator_id = NameField(data_key="indicator", required=True, metadata=example("sales_revenue"))
    target = NameField(required=True, most=40, metadata=example("700"))
    unit = NameField(least=0, load_default="", metadata=example("万元"))
    share = NameField(least=0, most=40, load_default="", metadata=example("70", "The per cent of the goal above"))


class GoalSchema(CamelSchema):
    """A goal, and what share of the goal above it carries."""

    key = KeyField()
    parent_key = KeyField(allow_none=True)
    level = fields.Enum(GoalLevel, by_value=True)
    department_key = KeyField(allow_none=True)
    person_key = KeyField(allow_none=True)
    indicator = fields.String(attribute="indicator_id", metadata=example("sales_revenue"))
    target = fields.String(metadata=example("700"))
    unit = fields.String(metadata=example("万元"))
    share = fields.String(metadata=example("70"))
    set_by = fields.String()
    set_at = InstantField()


class GoalsSchema(CamelSchema):
    """The goals of a cycle, and where the parts below one do not add up to it."""

    items = fields.List(fields.Nested(GoalSchema), required=True)
    findings = fields.List(fields.Nested(ProblemItemSchema), required=True)


@blueprint.route("/<key:key>/goals")
class Goals(View):
    """The goals of a cycle."""

    @blueprint.response(200, GoalsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List the goals of a cycle, as HR."""
        people.expect_role(auth.caller(), Role.HR, Sentence("list the goals of cycle {key}", key=key))
        cycle = cycles.found(self.session, key)
        return {"items": goals.of_cycle(self.session, cycle), "findings": list(goals.gaps(self.session, cycle))}

    @blueprint.arguments(GoalDraftSchema)
    @blueprint.response(201, GoalSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Goal:
        """Hand a goal down."""
        return goals.hand_down(self.session, cycles.found(self.session, key), Given(**body), by=auth.caller())
