"""Reopenings: what was given in a review is corrected, given or signed again, by request and approval."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api import auth
from api.actuals import CorrectionSchema
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, ProseField, example
from api.reviews import known
from api.views import View
from engine.reviews.cycle import reopenings
from engine.reviews.models import Reopening, ReopeningKind, ReopeningState
from engine.reviews.scores.actuals import Value

blueprint = Blueprint(
    "reopenings", __name__, url_prefix="/api", description="Corrections of what was given, by request and approval"
)


class ReopeningSchema(CamelSchema):
    """A request to reopen what was given; HR's decision and what follows are user tasks of its process instance."""

    key = KeyField()
    review_key = KeyField()
    kind = fields.Enum(ReopeningKind, by_value=True)
    change = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        metadata=example({"indicator": "sales_revenue", "value": "560"}, "Of an actual value; else empty"),
    )
    reason = fields.String(metadata=example("漏记一笔九月的合同"))
    state = fields.Enum(ReopeningState, by_value=True)
    requested_by = fields.String(metadata=example("sun.lei"))
    requested_at = InstantField()
    decided_by = fields.String(metadata=example("zhao.min"))
    decided_at = InstantField(allow_none=True)
    remark = fields.String(metadata=example("", "Why it was declined"))
    settled_at = InstantField(allow_none=True)
    process_instance_key = KeyField(attribute="instance_key", allow_none=True)


class ReopeningsSchema(CamelSchema):
    """The reopenings of a review, the newest first."""

    items = fields.List(fields.Nested(ReopeningSchema), required=True)


class ReopeningRequestSchema(CamelSchema):
    """What is to be reopened, other than an actual value, and why."""

    kind = fields.Enum(
        ReopeningKind,
        by_value=True,
        required=True,
        validate=validate.NoneOf([ReopeningKind.ACTUAL]),
        metadata=example("signature"),
    )
    reason = ProseField(required=True, metadata=example("签认时附错了文件"))


@blueprint.route("/reviews/<key:key>/reopenings")
class Reopenings(View):
    """The reopenings of a review."""

    @blueprint.response(200, ReopeningsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List what was asked to be reopened in a review: one's own, those below, all for HR and finance."""
        review = known(self.session, key)
        return {"items": reopenings.of_review(self.session, review, by=auth.caller())}

    @blueprint.arguments(ReopeningRequestSchema)
    @blueprint.response(201, ReopeningSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Reopening:
        """Ask to reopen the self-evaluation or the signature: the appraisee, the superior or HR may."""
        ask = (
            reopenings.reopen_signature
            if body["kind"] is ReopeningKind.SIGNATURE
            else reopenings.reopen_self_evaluation
        )
        return ask(self.session, known(self.session, key), reason=body["reason"], by=auth.caller())


@blueprint.route("/reviews/<key:key>/corrections")
class Corrections(View):
    """The corrections of values that a result rests on."""

    @blueprint.arguments(CorrectionSchema)
    @blueprint.response(201, ReopeningSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Reopening:
        """Ask for the correction of an actual value that a result rests on, as finance, auditor or HR."""
        entry = Value(body["indicator"], body["value"], body["unit"], body["source"], body["reason"], body["period"])
        return reopenings.correct_actual(self.session, known(self.session, key), entry, by=auth.caller())
