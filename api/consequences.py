"""What follows results: follow-ups, awards and points, and what became of what hung on a version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy import select

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, ProseField, example
from api.lists import PageSchema, list_schema, listed
from api.reviews import known
from api.rosters import XLSX, attached
from api.views import View
from engine.reviews.consequences import awards, closings, exports, follow_ups, points, visibility
from engine.reviews.consequences.awards import Nomination
from engine.reviews.cycle import cycles
from engine.reviews.models import (
    Award,
    AwardState,
    Became,
    Cycle,
    FollowUp,
    FollowUpKind,
    FollowUpState,
    PointEntry,
    ResultConsequence,
    Review,
)
from engine.reviews.organisation import people

BINARY = {"type": "string", "format": "binary"}

blueprint = Blueprint("consequences", __name__, url_prefix="/api", description="What follows results")


class FollowUpSchema(CamelSchema):
    """What a rule proposes because of a result; its steps are user tasks of its process instance."""

    key = KeyField()
    review_key = KeyField()
    result_key = KeyField()
    rule = fields.String(attribute="rule_id", metadata=example("reward"))
    kind = fields.Enum(FollowUpKind, by_value=True)
    grounds = fields.String(metadata=example("2025 Q3: 良好"))
    state = fields.Enum(FollowUpState, by_value=True)
    choice = fields.String(metadata=example("study"))
    motive = fields.String(metadata=example(""))
    reason = fields.String(metadata=example("等级良好,规则适用"))
    decided_by = fields.String(metadata=example("zhao.min"))
    process_instance_key = KeyField(attribute="instance_key", allow_none=True)


class FollowUpsSchema(CamelSchema):
    """Follow-ups."""

    items = fields.List(fields.Nested(FollowUpSchema), required=True)


class FollowUpClosingSchema(CamelSchema):
    """Why a follow-up is closed."""

    reason = ProseField(required=True, metadata=example("上级已离职,计划无人确认"))


class AwardCaseSchema(CamelSchema):
    """The concrete case behind an award."""

    project = fields.String(required=True, metadata=example("华东续约"))
    fact = fields.String(required=True, metadata=example("三周内与法务、交付重订条款"))
    figure = fields.String(required=True, metadata=example("续约率由 81% 升到 88%"))


class AwardNominationSchema(CamelSchema):
    """Who is named for which award, and why."""

    employee_id = fields.String(required=True, metadata=example("S003"))
    award = fields.String(required=True, metadata=example("star"))
    period = fields.String(load_default="", metadata=example("2025-07", "The month, for a monthly award"))
    citation = ProseField(
        required=True, metadata=example("把一个要流失的大客户留了下来,并把做法写成了全队的标准流程。")
    )
    case = fields.Nested(AwardCaseSchema, required=True)


class AwardSchema(CamelSchema):
    """An award; only a conferred one is seen by everybody."""

    key = KeyField()
    cycle_key = KeyField()
    person_key = KeyField()
    award = fields.String(attribute="rule_id", metadata=example("star"))
    name = fields.String(metadata=example("全员营销之星"))
    period = fields.String(metadata=example("2025-07"))
    citation = fields.String()
    case = fields.Nested(AwardCaseSchema)
    points = fields.Integer(metadata=example(50))
    state = fields.Enum(AwardState, by_value=True)
    reason = fields.String(metadata=example(""))
    decided_at = InstantField(allow_none=True)


class AwardsSchema(CamelSchema):
    """Awards."""

    items = fields.List(fields.Nested(AwardSchema), required=True)


class AwardDecisionSchema(CamelSchema):
    """Whether an award is conferred."""

    conferred = fields.Boolean(required=True, metadata=example(value=True))
    reason = ProseField(required=True, metadata=example("事例属实"))


class PointSchema(CamelSchema):
    """Points that somebody got or redeemed."""

    key = KeyField(attribute="PointEntry.key")
    person_key = KeyField(attribute="PointEntry.person_key")
    points = fields.Integer(attribute="PointEntry.points", metadata=example(50))
    reason = fields.String(attribute="PointEntry.reason", metadata=example("全员营销之星"))
    entered_by = fields.String(attribute="PointEntry.entered_by")
    entered_at = InstantField(attribute="PointEntry.entered_at")


class RedemptionSchema(CamelSchema):
    """How many points are redeemed, and for what."""

    points = fields.Integer(required=True, metadata=example(30))
    reason = ProseField(required=True, metadata=example("调休半天"))


class BalanceSchema(CamelSchema):
    """How many points somebody has."""

    balance = fields.Integer(required=True, metadata=example(20))


class ConsequenceSchema(CamelSchema):
    """What became of one thing that hung on a version of a result."""

    key = KeyField()
    before_key = KeyField()
    after_key = KeyField()
    what = fields.String(metadata=example("settlement"))
    name = fields.String(metadata=example("commission"))
    became = fields.Enum(Became, by_value=True)
    told = fields.String(metadata=example("10000.00 → 15000.00"))
    said_at = InstantField()


class ConsequencesSchema(CamelSchema):
    """What became of what hung on a result."""

    items = fields.List(fields.Nested(ConsequenceSchema), required=True)


@blueprint.route("/cycles/<key:key>/follow-ups")
class FollowUps(View):
    """What follows a cycle's results."""

    @blueprint.response(200, FollowUpsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, Sequence[FollowUp]]:
        """List the follow-ups that the caller may know of."""
        return {"items": follow_ups.of_cycle(self.session, cycles.found(self.session, key), by=auth.caller())}

    @blueprint.response(201, FollowUpsSchema)
    @blueprint.refuses(403, 404, 409)
    def post(self, key: int) -> dict[str, Sequence[FollowUp]]:
        """Propose, as HR, what the rules say and is not proposed yet; each begins with HR's own decision."""
        return {"items": follow_ups.propose(self.session, cycles.found(self.session, key), by=auth.caller())}


@blueprint.route("/cycles/<key:key>/follow-ups/exports")
class FollowUpExports(View):
    """Exports of what follows a cycle's results."""

    @blueprint.response(200, BINARY, content_type=XLSX)
    @blueprint.refuses(403, 404)
    def post(self, key: int) -> Response:
        """Export follow-ups, awards and points as a workbook, as HR or finance; it leaves a disclosure."""
        content = exports.of_cycle(self.session, cycles.found(self.session, key), by=auth.caller())
        return attached(content, f"follow-ups-{key}.xlsx", XLSX)


@blueprint.route("/follow-ups/<key:key>/closing")
class FollowUpClosing(View):
    """The end of a follow-up that somebody leaves undone."""

    @blueprint.arguments(FollowUpClosingSchema)
    @blueprint.response(200, FollowUpSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> FollowUp:
        """Let a follow-up lapse, as HR, with a reason: nobody's answer, and no other consequence."""
        row = follow_ups.seen(self.session, key, by=auth.caller())
        closings.close(self.session, row, reason=body["reason"], by=auth.caller())
        return row


@blueprint.route("/cycles/<key:key>/awards")
class Awards(View):
    """The awards of a cycle."""

    @blueprint.response(200, AwardsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, Sequence[Award]]:
        """List the awards of a cycle: conferred ones for everybody, all for HR."""
        return {"items": awards.of_cycle(self.session, cycles.found(self.session, key), by=auth.caller())}

    @blueprint.arguments(AwardNominationSchema)
    @blueprint.response(201, AwardSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Award:
        """Name somebody for an award, as the superior or HR, with a concrete case."""
        cycle: Cycle = cycles.found(self.session, key)
        person = people.by_employee_id(self.session, body["employee_id"])
        said = Nomination(body["award"], body["period"], body["citation"], body["case"])
        return awards.nominate(self.session, cycle, person, said, by=auth.caller())


@blueprint.route("/awards/<key:key>/decision")
class AwardDecision(View):
    """The decision on an award."""

    @blueprint.arguments(AwardDecisionSchema)
    @blueprint.response(200, AwardSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Award:
        """Confer an award, which publishes it, or decline it, as HR."""
        award = awards.found(self.session, key, by=auth.caller())
        awards.decide(self.session, award, conferred=body["conferred"], reason=body["reason"], by=auth.caller())
        return award


@blueprint.route("/points")
class Points(View):
    """The points that were given and redeemed."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Point", PointSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List entries, the newest first: one's own, all for HR."""
        seen = select(PointEntry).where(visibility.points(self.session, auth.caller()))
        return listed(self.session, seen, PointEntry.key, query)


@blueprint.route("/people/<string:employee_id>/redemptions")
class Redemptions(View):
    """The redemption of points."""

    @blueprint.arguments(RedemptionSchema)
    @blueprint.response(201, BalanceSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], employee_id: str) -> dict[str, int]:
        """Redeem somebody's points, as HR; answers with what is left."""
        person = people.by_employee_id(self.session, employee_id)
        points.redeem(self.session, person, body["points"], reason=body["reason"], by=auth.caller())
        return {"balance": points.balance(self.session, person)}


@blueprint.route("/reviews/<key:key>/consequences")
class Consequences(View):
    """What became of what hung on a review's result."""

    @blueprint.response(200, ConsequencesSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, Sequence[ResultConsequence]]:
        """List it as far as the caller may know, the oldest first: it is for HR and finance."""
        review: Review = known(self.session, key)
        seen = select(ResultConsequence).where(
            ResultConsequence.review_key == review.key, visibility.result_consequences(self.session, auth.caller())
        )
        return {"items": self.session.scalars(seen.order_by(ResultConsequence.key)).all()}
