"""The course of an appeal: what the sides and HR do in it besides their tasks."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api import auth
from api.appeals import AppealSummarySchema, known_appeal, summary
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, InstantField, KeyField, NameField, ProseField, example
from api.reviews import ReasonSchema, known
from api.views import View
from engine.errors import NotFound
from engine.reviews.cases import (
    appeals,
    joinders,
    lodgings,
    reevaluations,
    representations,
    second_reviews,
    suspensions,
)
from engine.reviews.cycle import reviews
from engine.reviews.models import AppealDraft, AppealRepresentation, AppealSuspension, Standing, Verdict
from engine.reviews.organisation import people
from engine.sentences import Sentence

blueprint = Blueprint("courses", __name__, url_prefix="/api", description="The course of appeals")

DOCUMENTS = {"description": "What was uploaded to /v2/documents as evidence"}


class AppealDraftSchema(CamelSchema):
    """What was typed into an appeal that came late, as it is kept for the request for late admission."""

    grounds = fields.String(metadata=example("客户满意度的评分没有依据"))
    items = fields.List(fields.String(), metadata=example(["customer_satisfaction"]))
    remedy = fields.String(metadata=example("更正客户满意度的评分"))
    sought = fields.Enum(Verdict, by_value=True, metadata=example("corrected"))
    documents = fields.List(fields.String(), data_key="documentIds")
    saved_at = InstantField()


class SuspendingSchema(CamelSchema):
    """Until when an appeal's deadlines stand still, and why."""

    until = DayField(required=True, metadata=example("2025-11-14", "The last day that does not count"))
    reason = ProseField(required=True, metadata=example("等待客户复函"))


class SuspensionSchema(CamelSchema):
    """Working days that do not count."""

    key = KeyField()
    begins_on = DayField()
    ends_on = DayField()
    reason = fields.String(metadata=example("等待客户复函"))
    begun_by = fields.String(metadata=example("zhao.min"))


class NewRaterSchema(CamelSchema):
    """Who rates again from now on."""

    person = NameField(required=True, metadata=example("qian.li", "The account"))


class SpeakerSchema(CamelSchema):
    """Who speaks for the appellant from now on, why, and what shows it."""

    person = NameField(required=True, metadata=example("deng.hui", "The account"))
    standing = fields.Enum(Standing, by_value=True, required=True, metadata=example("authorised"))
    proof = ProseField(required=True, metadata=example("授权委托书,2025-11-03"))


class RepresentationSchema(CamelSchema):
    """That somebody speaks for the appellant."""

    key = KeyField()
    person_key = KeyField()
    standing = fields.Enum(Standing, by_value=True)
    proof = fields.String(metadata=example("授权委托书,2025-11-03"))
    recorded_by = fields.String(metadata=example("zhao.min"))
    recorded_at = InstantField()


class JoiningSchema(CamelSchema):
    """Which appeals are heard together with one, and why."""

    appeals = fields.List(
        KeyField(), data_key="appealKeys", required=True, validate=validate.Length(max=200), metadata=example(["42"])
    )
    reason = ProseField(required=True, metadata=example("针对同一目标值"))


class SecondReviewSchema(CamelSchema):
    """Why a decision is to be reviewed once more, on new evidence."""

    grounds = ProseField(required=True, metadata=example("客户的书面说明在裁决后才收到"))
    documents = fields.List(KeyField(), data_key="documentIds", load_default=list, metadata=DOCUMENTS)


@blueprint.route("/reviews/<key:key>/appeal-draft")
class Draft(View):
    """What was typed into an appeal that came late."""

    @blueprint.response(200, AppealDraftSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> AppealDraft:
        """Get what was kept of one's own appeal that was refused as late."""
        review = known(self.session, key)
        reviews.expect_person(
            self.session, review.appraisee_key, auth.caller(), Sentence("read the draft in review {key}", key=key)
        )
        kept = lodgings.draft(self.session, review)
        if kept is None:
            raise NotFound("Expected to find what was kept of an appeal in review {key}, but nothing is", key=key)
        return kept


@blueprint.route("/appeals/<key:key>/withdrawal")
class Withdrawal(View):
    """The withdrawal of an appeal."""

    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409)
    def post(self, key: int) -> None:
        """Take the appeal back, as the appellant or who speaks for the appellant: the result then stands."""
        appeals.withdraw(self.session, known_appeal(self.session, key), by=auth.caller())


@blueprint.route("/appeals/<key:key>/closing")
class Closing(View):
    """The end of an appeal that nobody is left to pursue."""

    @blueprint.arguments(ReasonSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> None:
        """Close the appeal, as HR: the result then stands."""
        appeals.lapse(self.session, known_appeal(self.session, key), reasons=body["reason"], by=auth.caller())


@blueprint.route("/appeals/<key:key>/suspensions")
class Suspensions(View):
    """The suspensions of an appeal's deadlines."""

    @blueprint.arguments(SuspendingSchema)
    @blueprint.response(201, SuspensionSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> AppealSuspension:
        """Suspend the deadlines, as HR: what is due moves by the working days in it."""
        return suspensions.suspend(self.session, known_appeal(self.session, key), **body, by=auth.caller())


@blueprint.route("/appeals/<key:key>/resumption")
class Resumption(View):
    """The early end of a suspension."""

    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409)
    def post(self, key: int) -> None:
        """Let the deadlines run again, as HR: what was not needed of the suspension is taken back."""
        suspensions.resume(self.session, known_appeal(self.session, key), by=auth.caller())


@blueprint.route("/appeals/<key:key>/prolongation")
class Prolongation(View):
    """The one prolongation of an appeal."""

    @blueprint.arguments(ReasonSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> None:
        """Give the appeal ten working days more, once, as HR."""
        suspensions.prolong(self.session, known_appeal(self.session, key), **body, by=auth.caller())


@blueprint.route("/appeals/<key:key>/rater")
class NewRater(View):
    """Who rates again, where a panel decided so."""

    @blueprint.arguments(NewRaterSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, str], key: int) -> None:
        """Name another, as HR, than the one who was named and cannot rate: the open task goes over."""
        appeal, person = known_appeal(self.session, key), people.named(self.session, body["person"])
        reevaluations.replace(self.session, appeal, person, by=auth.caller())


@blueprint.route("/appeals/<key:key>/representations")
class Representations(View):
    """Who speaks for an appellant."""

    @blueprint.arguments(SpeakerSchema)
    @blueprint.response(201, RepresentationSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> AppealRepresentation:
        """Record who speaks for the appellant from now on, as HR: open tasks go over."""
        appeal, person = known_appeal(self.session, key), people.named(self.session, body.pop("person"))
        return representations.appoint(self.session, appeal, person, **body, by=auth.caller())


@blueprint.route("/appeals/<key:key>/joinder")
class Joinder(View):
    """The hearing of several appeals together."""

    @blueprint.arguments(JoiningSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> None:
        """Have other appeals heard together with this one, as HR; each keeps its own decision."""
        others = [known_appeal(self.session, other) for other in body["appeals"]]
        leading = known_appeal(self.session, key)
        joinders.join(self.session, leading, others, reason=body["reason"], by=auth.caller())


@blueprint.route("/appeals/<key:key>/second-review")
class SecondReview(View):
    """The second and last review of a decided appeal."""

    @blueprint.arguments(SecondReviewSchema)
    @blueprint.response(201, AppealSummarySchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, object]:
        """Ask for it, on new evidence alone."""
        asked = second_reviews.ask(self.session, known_appeal(self.session, key), **body, by=auth.caller())
        return summary(self.session, asked.key)
