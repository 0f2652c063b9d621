"""Actual values: imported from a workbook or CSV file, listed, corrected."""

from __future__ import annotations

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import fields
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, NameField, ProseField, example
from api.lists import one
from api.reviews import known
from api.views import View
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import Actual, Review
from engine.reviews.scores import actuals

blueprint = Blueprint("actuals", __name__, url_prefix="/api", description="What was reached of the measured indicators")


class ActualSchema(CamelSchema):
    """One version of a value: the first is the original, later ones are corrections."""

    key = KeyField()
    review_key = KeyField()
    indicator = fields.String(attribute="indicator_id", metadata=example("sales_revenue"))
    version = fields.Integer()
    value = fields.String(allow_none=True, metadata=example("480", "As written; null where it does not apply"))
    unit = fields.String(metadata=example("万元"))
    source = fields.String(metadata=example("CRM-2025Q3"))
    reason = fields.String(metadata=example("", "Why it was corrected, or does not apply"))
    period = fields.String(metadata=example("", "Such as 2025-07, where it is measured by periods"))
    entered_by = fields.String()
    entered_at = InstantField()
    confirmed_by = fields.String(allow_none=True)
    confirmed_at = InstantField(allow_none=True)


class ActualsSchema(CamelSchema):
    """Every version of every value of a review, the newest last."""

    items = fields.List(fields.Nested(ActualSchema), required=True)


class FileSchema(CamelSchema):
    """A workbook or CSV file headed 工号, 指标, 实际值, 单位, 数据来源, 期间, 说明, or by their English names."""

    file = Upload(required=True)


class ImportQuerySchema(CamelSchema):
    """Whether to enter what is right."""

    dry_run = fields.Boolean(load_default=False, metadata=example(value=True, description="Only check, enter nothing"))


class RowSchema(CamelSchema):
    """A row of an import."""

    row = fields.Integer(attribute="row.number", metadata=example(2))
    review_key = KeyField(attribute="review.key")
    indicator = fields.String(attribute="indicator.id", metadata=example("sales_revenue"))
    value = fields.String(attribute="row.cells.actual", metadata=example("480"))
    unit = fields.String(attribute="row.cells.unit", metadata=example("万元"))
    source = fields.String(attribute="row.cells.source", metadata=example("CRM-2025Q3"))


class ImportSchema(CamelSchema):
    """What an import found, and whether it was entered."""

    entered = fields.Boolean(required=True)
    rows = fields.List(fields.Nested(RowSchema), required=True)


class CorrectionSchema(CamelSchema):
    """The next version of a value."""

    indicator = NameField(required=True, metadata=example("sales_revenue"))
    value = NameField(required=True, allow_none=True, metadata=example("485", "null: it does not apply"))
    unit = NameField(least=0, load_default="", metadata=example("万元"))
    source = NameField(required=True, metadata=example("CRM-2025Q3"))
    reason = ProseField(load_default="", metadata=example("退货已冲销", "Due where a confirmed value is corrected"))
    period = NameField(
        least=0, most=10, load_default="", metadata=example("", "Such as 2025-07, where it is measured by periods")
    )


@blueprint.route("/cycles/<key:key>/actuals")
class Import(View):
    """The import of actual values."""

    @blueprint.arguments(FileSchema, location="files")
    @blueprint.arguments(ImportQuerySchema, location="query")
    @blueprint.response(200, ImportSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, files: dict[str, FileStorage], query: dict[str, bool], key: int) -> dict[str, object]:
        """Import actual values, all of them or none; wrong rows are named with row and column."""
        cycle, content = cycles.found(self.session, key), files["file"].stream.read()
        rows = actuals.check_csv(self.session, cycle, content, by=auth.caller())
        if not query["dry_run"]:
            actuals.import_csv(self.session, cycle, content, by=auth.caller())
        return {"entered": not query["dry_run"], "rows": rows}


@blueprint.route("/reviews/<key:key>/actuals")
class Actuals(View):
    """The values of a review."""

    @blueprint.response(200, ActualsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List the versions of a review's actual values."""
        one(self.session, select(Review).where(Review.key == key, access.scorecards(self.session, auth.caller())))
        visible = access.actuals(self.session, auth.caller())
        versions = select(Actual).where(Actual.review_key == key, visible).order_by(Actual.indicator_id, Actual.version)
        return {"items": self.session.scalars(versions).all()}

    @blueprint.arguments(CorrectionSchema)
    @blueprint.response(201, ActualSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Actual:
        """Enter the next version of a value; the ones before are kept."""
        review, indicator = known(self.session, key), body.pop("indicator")
        actual = actuals.enter(self.session, review, indicator, body.pop("value"), **body, by=auth.caller())
        actuals.announce(self.session, review, by=auth.caller())
        return actual
