"""Results: the list of those the caller may see, and the sheet of one with every figure's inputs and formula."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import fields, validate
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, example
from api.lists import PageSchema, list_schema, listed
from api.receiving import OpeningView
from api.reviews import known
from api.views import View
from engine.reviews import access
from engine.reviews.models import Cycle, Delivery, Person, Result, Review
from engine.reviews.reports import sheets
from engine.reviews.signing import deliveries

blueprint = Blueprint("results", __name__, url_prefix="/api", description="Totals, grades and how they come about")


class ResultSchema(CamelSchema):
    """The newest version of a result that the caller may see."""

    key = KeyField(attribute="Result.key")
    review_key = KeyField(attribute="Result.review_key")
    cycle = fields.String(metadata=example("2025 Q3"))
    appraisee = fields.String(metadata=example("zhang.wei"))
    version = fields.Integer(attribute="Result.version")
    total = fields.String(attribute="Result.total", metadata=example("87.68"))
    grade = fields.String(attribute="Result.grade", allow_none=True, metadata=example("良好"))
    released_at = InstantField(attribute="Result.released_at", allow_none=True)


class ResultsQuerySchema(PageSchema):
    """Which results."""

    cycle_key = KeyField()


class VersionSchema(CamelSchema):
    """Which version."""

    version = fields.Integer(load_default=None, validate=validate.Range(1, 2**31 - 1), metadata=example(1))


class NodeSchema(CamelSchema):
    """A figure: its name and value, and where it was computed its formula and inputs."""

    name = fields.String(metadata=example("completion"))
    value = fields.String(metadata=example("0.96"))
    exact = fields.String(metadata=example("24/25", "Where the value is rounded for print"))
    text = fields.String(metadata=example("480", "As it was written"))
    label = fields.String(metadata=example("2025-07 v1", "What it is called where no rule names it"))
    formula = fields.String(metadata=example("actual / target"))
    inputs = fields.List(fields.Nested("NodeSchema"))
    absent = fields.List(fields.String(), metadata=example([], "The parts that did not apply"))
    shares = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata=example({}, "The per cent that each part then carries")
    )


class ShareSchema(CamelSchema):
    """What a rater group gave to a line; `share` is the weight it carried once absent groups' had passed on."""

    group = fields.String(metadata=example("cross"))
    name = fields.String(metadata=example("跨部门"))
    name_en = fields.String(metadata=example("Cross-department"))
    weight = fields.String(metadata=example("20"))
    share = fields.String(metadata=example("20.00"))
    rating = fields.String(metadata=example("3"))
    counted = fields.Boolean()
    reason = fields.String(metadata=example("", "Why it is absent"))


class LineSchema(CamelSchema):
    """One indicator: how its score comes about."""

    indicator = fields.String(metadata=example("sales_revenue"))
    name = fields.String(metadata=example("销售额完成率"))
    name_en = fields.String(metadata=example("Sales revenue"))
    weight = fields.String(metadata=example("30"))
    applies = fields.Boolean()
    score = fields.String(metadata=example("28.80"))
    formula = fields.String(metadata=example("weight * completion"))
    deviation = fields.String(metadata=example("-4.00%", "From the target, as the template reads the word"))
    inputs = fields.List(fields.Nested(NodeSchema))
    shares = fields.List(fields.Nested(ShareSchema))


class PartSchema(CamelSchema):
    """One section; in a blend of totals, as one rater group sees it."""

    section = fields.String(metadata=example("quantitative"))
    name = fields.String(metadata=example("定量指标"))
    name_en = fields.String(metadata=example("Quantitative"))
    weight = fields.String(metadata=example("70"))
    group = fields.String(allow_none=True)
    score = fields.String(metadata=example("63.18"))
    formula = fields.String()
    inputs = fields.List(fields.Nested(NodeSchema))
    lines = fields.List(fields.Nested(LineSchema))


class SheetVersionSchema(CamelSchema):
    """One version of the result."""

    version = fields.Integer()
    total = fields.String(metadata=example("87.68"))
    grade = fields.String(allow_none=True, metadata=example("良好"))
    reason = fields.String(metadata=example("", "Why there is another version"))
    computed_at = fields.String()
    released_at = fields.String(allow_none=True)


class SheetSchema(SheetVersionSchema):
    """A result as it is printed."""

    review_key = KeyField(attribute="review")
    cycle = fields.String(metadata=example("2025 Q3"))
    employee_id = fields.String(metadata=example("S003"))
    appraisee = fields.String(metadata=example("zhang.wei"))
    appraisee_name = fields.String(metadata=example("张伟"))
    appraisee_name_en = fields.String(metadata=example("Zhang Wei"))
    template = fields.String(metadata=example("sales"))
    template_version = fields.Integer()
    template_title = fields.String()
    template_title_en = fields.String()
    formula = fields.String()
    mark = fields.List(
        fields.String(), metadata=example(["", ""], "What an appeal has made of it, in Chinese and English")
    )
    sections = fields.List(fields.Nested(PartSchema))
    terms = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata=example({"completion": ["完成率", "Completion"]}, "What the names in formulas mean, zh and en"),
    )
    figures = fields.Nested(NodeSchema)
    decided = fields.List(
        fields.String(),
        metadata=example(
            ["dimension-weights v1: post = 财务主管 → performance = 20, behaviour = 60, collaboration = 20"],
            "How tables of HR's chose template and weights",
        ),
    )
    covers = fields.String(metadata=example("", "The days that it is of, where they are not those of the whole cycle"))
    sheets = fields.List(
        fields.Nested(lambda: SheetSchema(exclude=("sheets",))),
        metadata=example([], "Those of other days"),
    )
    versions = fields.List(fields.Nested(SheetVersionSchema))
    plans = fields.List(
        KeyField(),
        metadata=example([], "The improvement plans observed within the period, for who may know of them"),
    )


@blueprint.route("/results")
class Results(View):
    """The results."""

    @blueprint.arguments(ResultsQuerySchema, location="query")
    @blueprint.response(200, list_schema("Result", ResultSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List results: one's own once released, of those below once computed, of appeals one judges, all for HR."""
        visible = access.results(self.session, auth.caller())
        newest = select(func.max(Result.key)).where(visible).group_by(Result.review_key)
        statement = (
            select(Result, Cycle.label.label("cycle"), Person.username.label("appraisee"))
            .join(Review, Review.key == Result.review_key)
            .join(Cycle, Cycle.key == Review.cycle_key)
            .join(Person, Person.key == Review.appraisee_key)
            .where(Result.key.in_(newest))
        )
        if "cycle_key" in query:
            statement = statement.where(Review.cycle_key == query["cycle_key"])
        return listed(self.session, statement, Result.key, query)


@blueprint.route("/reviews/<key:key>/result")
class Sheet(OpeningView):
    """The result of a review."""

    def shows(self, session: Session, delivery: Delivery, /, **address: Any) -> bool:
        """Tell whether it was this version that was delivered."""
        version = request.args.get("version", type=int)
        return deliveries.is_of_result(session, delivery, review_key=address["key"], version=version)

    @blueprint.arguments(VersionSchema, location="query")
    @blueprint.response(200, SheetSchema)
    @blueprint.refuses(404, 422)
    def get(self, query: dict[str, Any], key: int) -> sheets.Sheet:
        """Get the sheet of a result: the newest version one may see, or a given one."""
        review = known(self.session, key)
        return sheets.of_review(self.session, review, by=auth.caller(), version=query["version"])
