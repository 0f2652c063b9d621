"""Reviews: one appraisee's passage through a cycle."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, KeyField, NameField, ProseField, example
from api.lists import PageSchema, Rows, list_schema, listed, one
from api.views import View
from engine.reviews import access
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Cycle, Person, Review, ReviewState
from engine.reviews.organisation import people

blueprint = Blueprint("reviews", __name__, url_prefix="/api", description="One appraisee's passage through a cycle")


class ReviewSchema(CamelSchema):
    """One appraisee's passage through a cycle. Where it is in detail, its process instance tells (`/v2`)."""

    key = KeyField(attribute="Review.key")
    cycle_key = KeyField(attribute="Review.cycle_key")
    cycle = fields.String(metadata=example("2025 Q3"))
    appraisee = fields.String(metadata=example("zhang.wei"))
    appraisee_name = fields.String(metadata=example("张伟"))
    superior = fields.String(allow_none=True, metadata=example("li.na"))
    second_superior = fields.String(allow_none=True, metadata=example("wang.qiang"))
    state = fields.Enum(ReviewState, by_value=True, attribute="Review.state")
    closing_reason = fields.String(
        attribute="Review.closing_reason", metadata=example("", "Who closed it without an answer, and why")
    )
    process_instance_key = KeyField(attribute="Review.instance_key", allow_none=True)


class ReviewsQuerySchema(PageSchema):
    """Which reviews."""

    cycle_key = KeyField()
    appraisee = NameField(metadata=example("zhang.wei"))


class EnrolmentSchema(CamelSchema):
    """Somebody to review."""

    appraisee = NameField(required=True, metadata=example("zhang.wei"))


class ReasonSchema(CamelSchema):
    """Why something is left out."""

    reason = ProseField(required=True, metadata=example("产假"))


@blueprint.route("/reviews")
class Reviews(View):
    """The reviews."""

    @blueprint.arguments(ReviewsQuerySchema, location="query")
    @blueprint.response(200, list_schema("Review", ReviewSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List reviews: one's own, of those below, those one rates or judges, all for HR and finance."""
        statement = _known(self.session)
        if "cycle_key" in query:
            statement = statement.where(Review.cycle_key == query["cycle_key"])
        if "appraisee" in query:
            appraisee = select(Person.key).where(Person.username == query["appraisee"])
            statement = statement.where(Review.appraisee_key.in_(appraisee))
        return listed(self.session, statement, Review.key, query)


@blueprint.route("/reviews/<key:key>")
class OneReview(View):
    """One review."""

    @blueprint.response(200, ReviewSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> Any:
        """Get a review."""
        return one(self.session, _known(self.session).where(Review.key == key))


@blueprint.route("/reviews/<key:key>/closing")
class Closing(View):
    """The closing of a review."""

    @blueprint.arguments(ReasonSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> None:
        """Close a review without the appraisee's answer, as HR: it is never taken for a signature."""
        reviews.close(self.session, known(self.session, key), reason=body["reason"], by=auth.caller())


@blueprint.route("/cycles/<key:key>/reviews")
class Enrolment(View):
    """The enrolment of appraisees."""

    @blueprint.arguments(EnrolmentSchema)
    @blueprint.response(201, ReviewSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> Any:
        """Enrol somebody in a cycle that is not launched."""
        appraisee = people.named(self.session, body["appraisee"])
        review = cycles.enrol(self.session, cycles.found(self.session, key), appraisee, by=auth.caller())
        return one(self.session, _known(self.session).where(Review.key == review.key))


def known(session: Session, key: int) -> Review:
    """Return a review.

    Raises:
        NotFound: there is none, or none that the caller may know of.
    """
    statement: Rows = select(Review).where(Review.key == key, access.reviews(session, auth.caller()))
    review: Review = one(session, statement).Review
    return review


def _known(session: Session) -> Rows:
    superior, second = aliased(Person), aliased(Person)
    return (
        select(
            Review,
            Cycle.label.label("cycle"),
            Person.username.label("appraisee"),
            Person.name.label("appraisee_name"),
            superior.username.label("superior"),
            second.username.label("second_superior"),
        )
        .join(Cycle, Cycle.key == Review.cycle_key)
        .join(Person, Person.key == Review.appraisee_key)
        .outerjoin(superior, superior.key == Review.superior_key)
        .outerjoin(second, second.key == Review.second_superior_key)
        .where(access.reviews(session, auth.caller()))
    )
