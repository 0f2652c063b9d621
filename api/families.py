"""How cycles stand to others: kinds, parents, teams, tables by post; and the part of a period that a review covers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, KeyField, NameField, example
from api.reviews import known
from api.views import View
from engine.reviews.cycle import cycles, families, reviews
from engine.reviews.cycle.families import Relations
from engine.reviews.models import CycleKind, Role
from engine.reviews.organisation import people
from engine.sentences import Sentence

blueprint = Blueprint("families", __name__, url_prefix="/api", description="How cycles stand to others")


class RelationsSchema(CamelSchema):
    """What a cycle covers, of which longer one it is a part, and whose teams it counts."""

    kind = fields.Enum(CycleKind, by_value=True, required=True)
    parent_key = KeyField(load_default=None, allow_none=True)
    team_cycle_key = KeyField(load_default=None, allow_none=True)
    template_decision = NameField(
        least=0,
        load_default="",
        metadata=example("template-by-post", "A decision table that names the template by post"),
    )
    cut_off = DayField(
        load_default=None, allow_none=True, metadata=example("2025-08-31", "Who comes later sets targets only")
    )
    eligibility_decision = NameField(
        load_default="eligibility", metadata=example("eligibility", "A decision table that says who is rated")
    )
    pilot = fields.Boolean(load_default=False, metadata=example(value=False, description="Scored, but counts nowhere"))


class CoverageSchema(CamelSchema):
    """The days that a review covers."""

    first = DayField(required=True, metadata=example("2025-07-01"))
    last = DayField(required=True, metadata=example("2025-07-31"))


@blueprint.route("/cycles/<key:key>/relations")
class CycleRelations(View):
    """How a cycle stands to others."""

    @blueprint.response(200, RelationsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> Any:
        """Get how a cycle stands to others, as HR."""
        people.expect_role(auth.caller(), Role.HR, Sentence("get the relations of cycle {key}", key=key))
        return cycles.found(self.session, key)

    @blueprint.arguments(RelationsSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, Any], key: int) -> None:
        """Say how a cycle that is not launched stands to others."""
        cycle = cycles.found(self.session, key)
        families.relate(self.session, cycle, Relations(**body), by=auth.caller())


@blueprint.route("/reviews/<key:key>/coverage")
class Coverage(View):
    """The part of the period that a review covers."""

    @blueprint.arguments(CoverageSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, Any], key: int) -> None:
        """Let a review cover only some days of its cycle: against the other parts of a split it weighs by its days."""
        reviews.cover(self.session, known(self.session, key), body["first"], body["last"], by=auth.caller())
