"""Scorecards: what a review has so far: rules, targets, ratings that the caller may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, example
from api.lists import one
from api.views import View
from engine.reviews import access
from engine.reviews.cycle import reviews
from engine.reviews.models import Person, Rater, Rating, Review, TargetState
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Section
from engine.reviews.scores.quantities import plain
from engine.reviews.signing import targets

blueprint = Blueprint("scorecards", __name__, url_prefix="/api", description="Targets and ratings of a review")


class IndicatorSchema(CamelSchema):
    """An indicator of the template, with the target set for it."""

    id = fields.String(metadata=example("sales_revenue"))
    name = fields.String(metadata=example("销售额完成率"))
    name_en = fields.String(metadata=example("Sales revenue"))
    section = fields.String(metadata=example("quantitative"))
    weight = fields.String(metadata=example("30"))
    unit = fields.String(metadata=example("万元"))
    rated_by = fields.List(fields.String(), metadata=example([], "The rater groups; none for a measured indicator"))
    target = fields.String(allow_none=True, metadata=example("500"))


class TargetRemarkSchema(CamelSchema):
    """Why a version of the targets was returned."""

    comment = fields.String()
    decided_by = fields.String()
    decided_at = InstantField()


class RatingSchema(CamelSchema):
    """A single rating: seen by who gave it, by HR, and by the panel of an appeal; an anonymous one when opened."""

    rater = fields.String(metadata=example("li.na"))
    group = fields.String(attribute="Rater.group_id", metadata=example("superior"))
    indicator = fields.String(attribute="Rating.indicator_id", metadata=example("collaboration"))
    version = fields.Integer(attribute="Rating.version")
    rating = fields.String(attribute="Rating.rating", metadata=example("4.5"))
    evidence = fields.String(attribute="Rating.comment")
    case = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        attribute="Rating.case",
        metadata=example(
            {"project": "客户甲续约", "fact": "协调 3 个部门", "figure": "28 天→15 天"}, "The case behind it"
        ),
    )
    given_at = InstantField(attribute="Rating.given_at")


class ScorecardSchema(CamelSchema):
    """What a review has so far."""

    review_key = KeyField()
    targets_version = fields.Integer(allow_none=True, metadata=example(1))
    targets_state = fields.Enum(TargetState, by_value=True, allow_none=True)
    note = fields.String(metadata=example("", "What the appraisee wrote beside the targets"))
    indicators = fields.List(fields.Nested(IndicatorSchema))
    remarks = fields.List(fields.Nested(TargetRemarkSchema))
    ratings = fields.List(fields.Nested(RatingSchema))


class RatingsSchema(CamelSchema):
    """The ratings of a review that the caller may see."""

    items = fields.List(fields.Nested(RatingSchema), required=True)


@blueprint.route("/reviews/<key:key>/scorecard")
class Scorecard(View):
    """The scorecard of a review."""

    @blueprint.response(200, ScorecardSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """Get the scorecard of a review, with those single ratings that the caller may see."""
        allowed = access.scorecards(self.session, auth.caller())
        review: Review = one(self.session, select(Review).where(Review.key == key, allowed)).Review
        sheet = targets.of_review(self.session, review)
        agreed = sheet.targets if sheet else {}
        sections = reviews.template(self.session, review).sections
        return {
            "review_key": key,
            "targets_version": sheet and sheet.version,
            "targets_state": sheet and sheet.state,
            "note": sheet.note if sheet else "",
            "indicators": [_line(section, one_, agreed) for section in sections for one_ in section.indicators],
            "remarks": targets.remarks(self.session, review),
            "ratings": _ratings(self, key),
        }


@blueprint.route("/reviews/<key:key>/ratings")
class Ratings(View):
    """The ratings of a review."""

    @blueprint.response(200, RatingsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List the ratings that the caller may see: those one gave, as a panel or as HR all."""
        one(self.session, select(Review).where(Review.key == key, access.reviews(self.session, auth.caller())))
        return {"items": _ratings(self, key)}


def _ratings(view: View, review_key: int) -> Sequence[Any]:
    allowed = access.ratings(view.session, auth.caller())
    return rows(view.session, and_(Rating.review_key == review_key, allowed))


def rows(session: Session, chosen: ColumnElement[bool]) -> Sequence[Any]:
    """List some ratings with who gave them, in the order they were given."""
    return session.execute(
        select(Rating, Rater, Person.username.label("rater"))
        .join(Rater, Rater.key == Rating.rater_key)
        .join(Person, Person.key == Rater.person_key)
        .where(chosen)
        .order_by(Rating.key)
    ).all()


def _line(section: Section, indicator: Indicator, agreed: dict[str, str]) -> dict[str, object]:
    return {
        "id": indicator.id,
        "name": indicator.name,
        "name_en": indicator.name_en,
        "section": section.id,
        "weight": plain(indicator.weight),
        "unit": indicator.unit,
        "rated_by": indicator.rated_by,
        "target": agreed.get(indicator.id),
    }
