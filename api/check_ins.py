"""Monthly check-ins: scheduled on a cycle, read month by month on a review. They have no score."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, example
from api.reviews import known
from api.views import View
from engine.reviews.cycle import cycles
from engine.reviews.feedback import check_ins

blueprint = Blueprint(
    "check-ins", __name__, url_prefix="/api", description="Months of a cycle, tracked without a grade"
)


class MonthlyValueSchema(CamelSchema):
    """How far an indicator is."""

    indicator = fields.String(metadata=example("sales_revenue"))
    value = fields.String(metadata=example("150"))


class CheckInSchema(CamelSchema):
    """One month of one review. What is written in it are user tasks of its process instance."""

    key = KeyField()
    review_key = KeyField()
    month = fields.String(metadata=example("2025-08"))
    begun_at = InstantField()
    focus = fields.String(metadata=example("续约十家老客户"))
    values = fields.List(fields.Nested(MonthlyValueSchema))
    summary = fields.String(metadata=example("续约四家,新客户三家"))
    obstacles = fields.String(metadata=example(""))
    summarised_at = InstantField(allow_none=True)
    answer = fields.String(metadata=example("节奏合适"))
    answered_at = InstantField(allow_none=True)


class CheckInsSchema(CamelSchema):
    """The check-ins of a review, month by month."""

    items = fields.List(fields.Nested(CheckInSchema), required=True)


class RoundSchema(CamelSchema):
    """The process that begins a cycle's check-ins each month."""

    process_instance_key = KeyField(attribute="key")


@blueprint.route("/reviews/<key:key>/check-ins")
class CheckIns(View):
    """The check-ins of a review."""

    @blueprint.response(200, CheckInsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List them: one's own, those of the people below, all for HR."""
        return {"items": check_ins.of_review(self.session, known(self.session, key), by=auth.caller())}


@blueprint.route("/cycles/<key:key>/check-ins")
class Schedule(View):
    """The check-ins of a cycle."""

    @blueprint.response(201, RoundSchema)
    @blueprint.refuses(403, 404, 409)
    def post(self, key: int) -> Any:
        """Let a launched cycle have check-ins each month until it ends, as HR."""
        return check_ins.schedule(self.session, cycles.found(self.session, key), by=auth.caller())
