"""Appeals: lodged by the appraisee, heard by a panel whose votes stay sealed until the last is cast."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth, errors
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, ProseField, example
from api.lists import PageSchema, Rows, list_schema, listed, one
from api.receiving import CaseView
from api.reviews import known
from api.v2.documents import DocumentReferenceSchema
from api.views import View
from engine.bpmn import documents
from engine.errors import Conflict
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cases import appeals, evidence, lodgings, windows
from engine.reviews.cases.lodgings import Typed
from engine.reviews.models import (
    Appeal,
    AppealState,
    Cycle,
    PanelMember,
    PanelState,
    Person,
    Review,
    Verdict,
    Vote,
)
from engine.sentences import Sentence

blueprint = Blueprint("appeals", __name__, url_prefix="/api", description="Appeals against results")


class AppealSummarySchema(CamelSchema):
    """An appeal against one version of a result."""

    key = KeyField(attribute="Appeal.key")
    review_key = KeyField(attribute="Appeal.review_key")
    cycle = fields.String(metadata=example("2025 Q3"))
    appellant = fields.String(attribute="Appeal.lodged_by", metadata=example("zhang.wei"))
    lodged_at = InstantField(attribute="Appeal.lodged_at")
    state = fields.Enum(AppealState, by_value=True, attribute="Appeal.state")
    verdict = fields.Enum(Verdict, by_value=True, attribute="Appeal.verdict", allow_none=True)
    process_instance_key = KeyField(attribute="Appeal.instance_key", allow_none=True)


class SeatSchema(CamelSchema):
    """A member of a panel; the vote only where the caller may see it."""

    member = fields.String(metadata=example("chen.jing"))
    name = fields.String(metadata=example("陈静"))
    chair = fields.Boolean(attribute="PanelMember.chair")
    verdict = fields.Enum(Verdict, by_value=True, allow_none=True)
    reasons = fields.String(allow_none=True)


class AppealSchema(AppealSummarySchema):
    """An appeal with its grounds, its panel and its decision."""

    grounds = fields.String(attribute="Appeal.grounds", metadata=example("客户满意度的评分没有依据"))
    items = fields.List(fields.String(), attribute="Appeal.items", metadata=example(["customer_satisfaction"]))
    remedy = fields.String(attribute="Appeal.remedy", metadata=example("更正客户满意度的评分"))
    sought = fields.Enum(Verdict, by_value=True, attribute="Appeal.sought", metadata=example("corrected"))
    late_reason = fields.String(attribute="Appeal.late_reason", metadata=example("", "Why it came late, if it did"))
    earlier_key = KeyField(attribute="Appeal.earlier_key", allow_none=True)
    joined_to_key = KeyField(attribute="Appeal.joined_to_key", allow_none=True)
    reasons = fields.String(attribute="Appeal.reasons", metadata=example("", "Of the decision, or of the rejection"))
    ended_at = InstantField(attribute="Appeal.ended_at", allow_none=True)
    documents = fields.List(fields.Nested(DocumentReferenceSchema))
    panel = fields.List(fields.Nested(SeatSchema))


class LodgingSchema(CamelSchema):
    """What the appraisee appeals against, why, and what is asked for."""

    grounds = ProseField(required=True, metadata=example("客户满意度的评分没有依据"))
    items = fields.List(
        fields.String(),
        required=True,
        validate=validate.Length(max=200),
        metadata=example(["customer_satisfaction"], "The indicators in dispute"),
    )
    remedy = ProseField(required=True, metadata=example("更正客户满意度的评分"))
    sought = fields.Enum(
        Verdict,
        by_value=True,
        load_default=Verdict.CORRECTED,
        metadata={"description": "What the panel is asked for: corrected, reevaluated, or annulled"},
    )
    late_reason = fields.String(
        load_default="",
        validate=validate.Length(max=8000),
        metadata=example("", "Where the window has closed: why it is late; HR decides whether it is let in"),
    )
    documents = fields.List(
        KeyField(),
        data_key="documentIds",
        load_default=list,
        metadata={"description": "What was uploaded to /v2/documents as evidence"},
    )


@blueprint.route("/appeals")
class Appeals(View):
    """The appeals."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Appeal", AppealSummarySchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List appeals: one's own, those one judges, all for HR."""
        return listed(self.session, _known(self.session), Appeal.key, query)


@blueprint.route("/appeals/<key:key>")
class OneAppeal(CaseView):
    """One appeal."""

    @blueprint.response(200, AppealSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """Get an appeal. Before the last vote is cast, nobody sees any but the own."""
        return _document(self.session, key)


@blueprint.route("/reviews/<key:key>/appeals")
class Lodging(View):
    """The lodging of an appeal."""

    @blueprint.arguments(LodgingSchema)
    @blueprint.response(201, AppealSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Any:
        """Appeal against one's own result, while the window is open.

        What came late without a reason is refused with the instant, and kept: `/reviews/{key}/appeal-draft`.
        """
        review, by = known(self.session, key), auth.caller()
        if not body["late_reason"].strip() and lodgings.is_late(self.session, review, by=by):
            return errors.answer_refusal(_kept(self.session, review, body, by))
        appeal = appeals.lodge(self.session, review, **body, by=by)
        return _document(self.session, appeal.key)


def known_appeal(session: Session, key: int) -> Appeal:
    """Find an appeal that the caller may know of."""
    return appeals.known(session, key, by=auth.caller())


def summary(session: Session, key: int) -> dict[str, object]:
    """Describe an appeal as the list does."""
    return one(session, _known(session).where(Appeal.key == key))._asdict()


def _kept(session: Session, review: Review, body: dict[str, Any], by: Identity) -> Conflict:
    """Keep what was sent too late, and say when the window closed."""
    typed = Typed(
        grounds=body["grounds"], items=tuple(body["items"]), remedy=body["remedy"], sought=body["sought"]
    )  # fmt: skip
    lodgings.keep(session, review, typed, body["documents"], by=by)
    closed = windows.over_since(session, review)
    late = lodgings.late(session, review, closed) if closed else ""
    reason = Sentence("{late}: ask for late admission; what you sent is kept", late=late)
    return Conflict("Expected to lodge an appeal in review {key}, but {reason}", key=review.key, reason=reason)


def _known(session: Session) -> Rows:
    return (
        select(Appeal, Cycle.label.label("cycle"))
        .join(Review, Review.key == Appeal.review_key)
        .join(Cycle, Cycle.key == Review.cycle_key)
        .where(access.appeals(session, auth.caller()))
    )


def _document(session: Session, key: int) -> dict[str, object]:
    row = one(session, _known(session).where(Appeal.key == key))
    seats = session.execute(
        select(PanelMember, Vote.verdict, Vote.reasons, Person.username.label("member"), Person.name.label("name"))
        .join(Person, Person.key == PanelMember.person_key)
        .outerjoin(Vote, (Vote.member_key == PanelMember.key) & access.votes(session, auth.caller()))
        .where(PanelMember.appeal_key == key, PanelMember.state != PanelState.EXCLUDED)
        .order_by(PanelMember.place, PanelMember.key)
    )
    papers = [documents.reference(found) for found in evidence.of_appeal(session, row.Appeal)]
    return {**row._asdict(), "documents": papers, "panel": seats.all()}
