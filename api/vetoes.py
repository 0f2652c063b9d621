"""Vetoes: indicators that count as nothing, for conduct that is forbidden."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, NameField, ProseField, example
from api.reviews import ReasonSchema, known
from api.views import View
from engine.reviews.models import Veto
from engine.reviews.scores import vetoes

blueprint = Blueprint("vetoes", __name__, url_prefix="/api", description="Forbidden conduct")

CONDUCT = example("9 月 28 日买存款 200 万元,10 月 2 日转出", "What was found, and where it can be looked up")


class NewVetoSchema(CamelSchema):
    """An indicator that is to count as nothing."""

    indicator_id = NameField(data_key="indicator", required=True, metadata=example("sales_revenue"))
    conduct = ProseField(required=True, metadata=CONDUCT)


class VetoSchema(CamelSchema):
    """An indicator that counts as nothing, until it is lifted."""

    key = KeyField()
    review_key = KeyField()
    indicator = fields.String(attribute="indicator_id", metadata=example("sales_revenue"))
    conduct = fields.String(metadata=CONDUCT)
    found_by = fields.String(metadata=example("sun.lei"))
    found_at = InstantField()
    lifted_by = fields.String(metadata=example(""))
    lifted_at = InstantField(allow_none=True)
    lifting_reason = fields.String(metadata=example(""))


class VetoesSchema(CamelSchema):
    """Vetoes, the oldest first."""

    items = fields.List(fields.Nested(VetoSchema), required=True)


@blueprint.route("/reviews/<key:key>/vetoes")
class Vetoes(View):
    """The vetoes of a review."""

    @blueprint.response(200, VetoesSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List the vetoes of a review, lifted ones too."""
        return {"items": vetoes.of_review(self.session, known(self.session, key), by=auth.caller())}

    @blueprint.arguments(NewVetoSchema)
    @blueprint.response(201, VetoSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Veto:
        """Let a measured indicator count as nothing, as finance or auditor; the value entered is kept beside it."""
        return vetoes.lay(self.session, known(self.session, key), **body, by=auth.caller())


@blueprint.route("/vetoes/<key:key>/lifting")
class Lifting(View):
    """The lifting of a veto."""

    @blueprint.arguments(ReasonSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> None:
        """Lift a veto with the reason; it stays on record."""
        by = auth.caller()
        vetoes.lift(self.session, vetoes.found(self.session, key, by=by), reason=body["reason"], by=by)
