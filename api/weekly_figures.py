"""Weekly figures: what people reached week by week, and the weeks in which the rate of conversion fell off."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict

from flask_smorest.fields import Upload
from marshmallow import fields
from werkzeug.datastructures import FileStorage

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, InstantField, KeyField, ProseField, example
from api.views import View
from engine.reviews.models import WeekExplanation
from engine.reviews.reports import boards, conversions, weekly_figures
from engine.reviews.scores.quantities import plain

blueprint = Blueprint("weekly_figures", __name__, url_prefix="/api/weekly-figures", description="Week by week")


class WeeklyFigureSchema(CamelSchema):
    """The newest version of one figure."""

    person_key = KeyField()
    week = fields.Date(metadata=example("2025-07-07", "Its Monday"))
    tier = fields.String(metadata=example("新客"))
    measure = fields.String(metadata=example("leads", "leads and converted make the rate; any other is behaviour"))
    value = fields.Function(lambda figure: plain(figure.value), metadata=example("100"))


class WeeklyFiguresSchema(CamelSchema):
    """Figures, by week."""

    items = fields.List(fields.Nested(WeeklyFigureSchema), required=True)


class WeeksQuerySchema(CamelSchema):
    """Which weeks."""

    first = DayField(load_default=None, metadata=example("2025-07-07"))
    last = DayField(load_default=None, metadata=example("2025-09-29"))


class WeeklyFileSchema(CamelSchema):
    """A workbook or CSV file headed 工号, 周, 层级, 项目, 数值, 来源, or by their English names."""

    file = Upload(required=True)


class WeeklyEnteredSchema(CamelSchema):
    """How many figures were entered."""

    entered = fields.Integer(required=True)


class WeekSchema(CamelSchema):
    """One week beside the eight before it; rates are exact, such as 1/5, and null without leads."""

    monday = fields.Date()
    leads = fields.Function(lambda week: plain(week.own.leads))
    converted = fields.Function(lambda week: plain(week.own.converted))
    rate = fields.Function(lambda week: _exact(week.own.rate))
    usual = fields.Function(lambda week: _exact(week.before.rate if week.before else None))
    has_fallen = fields.Boolean(metadata={"description": "Further below than chance explains"})


class WeeksSchema(CamelSchema):
    """The weeks from the first to the last."""

    items = fields.List(fields.Nested(WeekSchema), required=True)


class NewExplanationSchema(CamelSchema):
    """Why a week fell off."""

    week = DayField(required=True, metadata=example("2025-09-01", "Its Monday"))
    text = ProseField(required=True, metadata=example("展会取消"))


class ExplanationSchema(CamelSchema):
    """Why a week fell off, as a superior said."""

    superior_key = KeyField()
    week = fields.Date()
    text = fields.String()
    written_at = InstantField()


class Days(TypedDict):
    """The days that were asked for."""

    first: date | None
    last: date | None


@blueprint.route("")
class Figures(View):
    """The figures."""

    @blueprint.arguments(WeeksQuerySchema, location="query")
    @blueprint.response(200, WeeklyFiguresSchema)
    @blueprint.refuses(422)
    def get(self, query: Days) -> dict[str, Any]:
        """List the newest version of each figure that one may see: of oneself, those below, all for HR and finance."""
        return {"items": weekly_figures.newest(self.session, by=auth.caller(), **query)}


@blueprint.route("/import")
class Import(View):
    """The import of figures."""

    @blueprint.arguments(WeeklyFileSchema, location="files")
    @blueprint.response(201, WeeklyEnteredSchema)
    @blueprint.refuses(403, 422)
    def post(self, files: dict[str, FileStorage]) -> dict[str, int]:
        """Import figures, all or none, as HR, finance or auditor; one that is there already is another version."""
        content = files["file"].stream.read()
        return {"entered": len(weekly_figures.import_csv(self.session, content, by=auth.caller()))}


@blueprint.route("/weeks")
class Weeks(View):
    """The weeks."""

    @blueprint.response(200, WeeksSchema)
    def get(self) -> dict[str, Any]:
        """Give the rate of conversion week by week, over those whom one may see."""
        return {"items": conversions.weeks(weekly_figures.newest(self.session, by=auth.caller()))}


@blueprint.route("/explanations")
class Explanations(View):
    """What is said of weeks that fell off."""

    @blueprint.arguments(NewExplanationSchema)
    @blueprint.response(201, ExplanationSchema)
    @blueprint.refuses(404, 409, 422)
    def post(self, body: dict[str, Any]) -> WeekExplanation:
        """Say why a week fell off, as whoever leads those people."""
        return boards.explain(self.session, body["week"], body["text"], by=auth.caller())


def _exact(value: Any) -> str | None:
    return None if value is None else plain(value)
