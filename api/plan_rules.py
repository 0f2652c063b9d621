"""Plan rules: by which decision table the results of a cycle propose improvement plans."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import fields, post_load, validate
from sqlalchemy import select

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, NameField, example
from api.lists import one
from api.views import View
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle
from engine.reviews.plans import plan_rules, triggers
from engine.reviews.plans.plan_rules import MOST, PlanRules

blueprint = Blueprint("plan_rules", __name__, url_prefix="/api", description="When results propose improvement plans")

_COUNT = validate.Range(1, MOST)
_MAPPING = example({"to_improve": "D"}, "The ids of the cycle's levels, each with the grade the table speaks of")


class PlanRulesSchema(CamelSchema):
    """When a cycle's results propose a plan; without a trigger people alone do."""

    trigger = NameField(least=0, load_default="", metadata=example("pip-trigger-004", "The id of the decision table"))
    mapping = fields.Dict(keys=NameField(), values=NameField(), load_default=dict, metadata=_MAPPING)
    repeated = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=_COUNT,
        metadata=example(2, "How many results in a row are a repetition"),
    )
    target = fields.Decimal(
        load_default=Decimal(100), as_string=True, metadata=example("70", "The total at which a period is reached")
    )
    lookback = fields.Integer(
        load_default=6,
        strict=True,
        validate=_COUNT,
        metadata=example(6, "For how many months after a passed plan another one is a relapse"),
    )

    @post_load
    def make(self, given: dict[str, Any], **_: object) -> PlanRules:
        """Make what it says."""
        return PlanRules(**given)


@blueprint.route("/cycles/<key:key>/plan-rules")
class CyclePlanRules(View):
    """The plan rules of a cycle."""

    @blueprint.response(200, PlanRulesSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> PlanRules:
        """Get by which table a cycle's results propose improvement plans."""
        visible = select(Cycle).where(Cycle.key == key, access.cycles(self.session, auth.caller()))
        return plan_rules.of_cycle(self.session, one(self.session, visible).Cycle)

    @blueprint.arguments(PlanRulesSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: PlanRules, key: int) -> None:
        """Choose by which table the results of a cycle that is not launched propose plans, as HR."""
        triggers.choose(self.session, cycles.found(self.session, key), body, by=auth.caller())
