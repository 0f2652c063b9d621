"""Deliveries: what was sent to whom, how far it is, second service; closed steps and the terms of a cycle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, InstantField, KeyField, NameField, ProseField, example
from api.lists import one
from api.receiving import OpeningView
from api.reviews import known
from api.views import View
from engine.reviews import access
from engine.reviews.cases import windows
from engine.reviews.cycle import cycles, terms
from engine.reviews.cycle.terms import Terms
from engine.reviews.models import Cycle, Delivery, DeliveryState, Means, Proof, Result, Review
from engine.reviews.organisation import people
from engine.reviews.settlements import dues
from engine.reviews.signing import closings, deliveries, letters
from engine.reviews.signing.deliveries import Service

blueprint = Blueprint("deliveries", __name__, url_prefix="/api", description="What was sent, delivered, opened, closed")


class DeliverySchema(CamelSchema):
    """A paper on its way: a version of a result, a commitment letter, or the decision of an appeal."""

    key = KeyField(attribute="Delivery.key")
    review_key = KeyField(attribute="Delivery.review_key")
    result_version = fields.Integer(allow_none=True, metadata=example(1, "Of a result"))
    letter_key = KeyField(attribute="Delivery.letter_key", allow_none=True)
    appeal_key = KeyField(attribute="Delivery.appeal_key", allow_none=True)
    state = fields.Enum(DeliveryState, by_value=True, attribute="Delivery.state")
    sent_at = InstantField(attribute="Delivery.sent_at")
    delivered_at = InstantField(attribute="Delivery.delivered_at", allow_none=True)
    opened_at = InstantField(attribute="Delivery.opened_at", allow_none=True)
    served_at = InstantField(attribute="Delivery.served_at", allow_none=True)
    means = fields.Enum(Means, by_value=True, attribute="Delivery.means", allow_none=True)
    reference = fields.String(attribute="Delivery.reference", metadata=example("XA123456789CN"))
    proven_at = InstantField(attribute="Delivery.proven_at", allow_none=True)
    appeal_until = InstantField(
        allow_none=True, metadata={"description": "When the window for an appeal closes, or closed"}
    )


class DueSchema(CamelSchema):
    """By when a result is settled; what is in dispute waits for the decision."""

    due_on = fields.Date(metadata=example("2025-09-28"))
    held = fields.List(fields.String(), metadata=example(["collaboration"]))


class DeliveriesSchema(CamelSchema):
    """What of a review was sent, the newest first."""

    items = fields.List(fields.Nested(DeliverySchema), required=True)
    settlement = fields.Nested(DueSchema, required=True, allow_none=True)


class ServiceSchema(CamelSchema):
    """A second service, with its proof."""

    means = fields.Enum(Means, by_value=True, required=True)
    served_on = DayField(required=True, metadata=example("2025-09-28"))
    reference = NameField(required=True, least=0, metadata=example("XA123456789CN", "Receipt, or place"))
    witness = NameField(load_default=None, allow_none=True, metadata=example("chen.jing", "An account"))


class ClosingSchema(CamelSchema):
    """A step that HR closed in somebody's place: never a signature."""

    key = KeyField()
    process_id = fields.String(metadata=example("feedback-interview"))
    element_id = fields.String(metadata=example("hold_interview"))
    name = fields.String(metadata=example("上级绩效面谈 Hold interview"))
    holder = fields.String(metadata=example("li.na", "Before whom it lay"))
    reason = fields.String(metadata=example("上级离职"))
    closed_by = fields.String(metadata=example("zhao.min"))
    closed_at = InstantField()


class ClosingsSchema(CamelSchema):
    """The closed steps of a review, the oldest first."""

    items = fields.List(fields.Nested(ClosingSchema), required=True)


class ClosingRequestSchema(CamelSchema):
    """Why a step is closed."""

    reason = ProseField(required=True, metadata=example("上级离职"))


class LetterSchema(CamelSchema):
    """A commitment letter as it was signed or imposed, with its digest."""

    key = KeyField()
    content = fields.Dict(keys=fields.String())
    digest = fields.String(metadata=example("9f86d081…"))
    intact = fields.Boolean(metadata={"description": "Whether the content still has that digest"})
    archived_at = InstantField()


class TermsSchema(CamelSchema):
    """How the papers of a cycle are delivered, signed and appealed against."""

    proof = fields.Enum(Proof, by_value=True, required=True)
    service_days = fields.Integer(required=True, strict=True, metadata=example(5))
    appeal_days = fields.Integer(required=True, strict=True, metadata=example(5))
    returns = fields.Integer(required=True, strict=True, metadata=example(3))
    settlement_days = fields.Integer(required=True, strict=True, metadata=example(5))


@blueprint.route("/reviews/<key:key>/deliveries")
class Deliveries(View):
    """What of a review was sent."""

    @blueprint.response(200, DeliveriesSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List what was sent to the appraisee, and how far it is."""
        review = known(self.session, key)
        sent = deliveries.of_review(self.session, review, by=auth.caller())
        settlement = dues.of_review(self.session, review) if sent else None
        return {"items": list(_documents(self.session, review, sent)), "settlement": settlement}


@blueprint.route("/deliveries/<key:key>/service")
class SecondService(View):
    """The second service of a paper."""

    @blueprint.arguments(ServiceSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> None:
        """Record a second service, as HR; the window for an appeal is counted from it."""
        visible = select(Delivery).where(Delivery.key == key, access.deliveries(self.session, auth.caller()))
        delivery = one(self.session, visible).Delivery
        witness = people.named(self.session, body["witness"]) if body["witness"] else None
        deliveries.serve(self.session, delivery, Service(**{**body, "witness": witness}), by=auth.caller())


@blueprint.route("/reviews/<key:key>/closings")
class Closings(View):
    """The closed steps of a review."""

    @blueprint.response(200, ClosingsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List the steps that HR closed."""
        return {"items": closings.of_review(self.session, known(self.session, key), by=auth.caller())}

    @blueprint.arguments(ClosingRequestSchema)
    @blueprint.response(201, ClosingSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> Any:
        """Close the open step of a review, as HR: it is never taken for a signature."""
        return closings.close(self.session, known(self.session, key), reason=body["reason"], by=auth.caller())


@blueprint.route("/reviews/<key:key>/letter")
class CommitmentLetter(OpeningView):
    """The commitment letter of a review."""

    def shows(self, _session: Session, delivery: Delivery, /, **address: Any) -> bool:
        """Tell whether a letter was delivered."""
        return delivery.letter_key is not None and delivery.review_key == int(address["key"])

    @blueprint.response(200, LetterSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """Get the newest commitment letter, as it was signed or imposed."""
        letter = letters.of_review(self.session, known(self.session, key), by=auth.caller())
        kept = {name: getattr(letter, name) for name in ("key", "content", "digest", "archived_at")}
        return {**kept, "intact": letters.is_intact(letter)}


@blueprint.route("/cycles/<key:key>/terms")
class CycleTerms(View):
    """The terms of a cycle."""

    @blueprint.response(200, TermsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> Terms:
        """Get the terms of a cycle."""
        visible = select(Cycle).where(Cycle.key == key, access.cycles(self.session, auth.caller()))
        return terms.of_cycle(self.session, one(self.session, visible).Cycle.key)

    @blueprint.arguments(TermsSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, Any], key: int) -> None:
        """Choose the terms of a cycle that is not launched, as HR."""
        terms.choose(self.session, cycles.found(self.session, key), Terms(**body), by=auth.caller())


def _documents(session: Session, review: Review, sent: Any) -> Iterator[dict[str, object]]:
    for delivery in sent:
        result = session.get(Result, delivery.result_key) if delivery.result_key else None
        until = delivery.closed_at or (windows.closes_at(session, review) if result else None)
        yield {"Delivery": delivery, "result_version": result and result.version, "appeal_until": until}
