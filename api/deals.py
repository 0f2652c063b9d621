"""Deals: imported from a CRM, and put into cells by source, by how long they took and by what they are worth."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict

from flask_smorest.fields import Upload
from marshmallow import fields
from werkzeug.datastructures import FileStorage

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, InstantField, KeyField, NameField, example
from api.views import View
from engine.reviews.reports import deal_cells, deals, weekly_figures
from engine.reviews.scores.quantities import plain

blueprint = Blueprint("deals", __name__, url_prefix="/api/deals", description="What was sold, and how")


class DealSchema(CamelSchema):
    """One version of a deal."""

    key = KeyField()
    person_key = KeyField()
    reference = fields.String(metadata=example("HT-2025-0812", "Its number in the system that it comes from"))
    version = fields.Integer()
    channel = fields.String(metadata=example("老客户转介"))
    lead_on = fields.Date()
    closed_on = fields.Date()
    value = fields.String(metadata=example("120000", "In yuan"))
    source = fields.String(metadata=example("CRM"))
    entered_by = fields.String()
    entered_at = InstantField()


class DealsSchema(CamelSchema):
    """The deals of an import."""

    items = fields.List(fields.Nested(DealSchema), required=True)


class DealFileSchema(CamelSchema):
    """A workbook or CSV file headed 工号, 订单号, 线索来源, 线索日期, 成交日期, 金额, 数据来源, or in English."""

    file = Upload(required=True)


class DealCellsQuerySchema(CamelSchema):
    """Which deals, and the lower bounds of the bands."""

    first = DayField(load_default=None, metadata=example("2025-07-01", "Closed from this day on"))
    last = DayField(load_default=None, metadata=example("2025-09-30", "Closed until this day"))
    days = NameField(least=0, load_default="", metadata=example("30, 90"))
    values = NameField(least=0, load_default="", metadata=example("10000, 100000"))


class DealCellSchema(CamelSchema):
    """Some deals, exactly."""

    deals = fields.Integer()
    value = fields.Function(lambda cell: plain(cell.value), metadata=example("120000", "In yuan"))
    days = fields.Integer(metadata=example(45, "The sum of their days"))
    mean_value = fields.Function(lambda cell: _exact(cell.mean_value), metadata=example("60000"))
    mean_days = fields.Function(lambda cell: _exact(cell.mean_days), metadata=example("45/2"))


class DealChannelSchema(CamelSchema):
    """One source: its whole, and its cells, a row for each band of days and in it a cell for each band of value."""

    name = fields.String(metadata=example("老客户转介"))
    whole = fields.Nested(DealCellSchema)
    rows = fields.List(fields.List(fields.Nested(DealCellSchema)))


class EffortSchema(CamelSchema):
    """What somebody did of one thing beside what they closed."""

    person_key = KeyField()
    measure = fields.String(metadata=example("拜访"))
    done = fields.Function(lambda effort: plain(effort.done), metadata=example("40"))
    deals = fields.Integer()
    per_deal = fields.Function(lambda effort: _exact(effort.per_deal), metadata=example("20"))


class DealCellsSchema(CamelSchema):
    """Deals in cells that add up to the whole; bands are half-open, and means are exact, such as 45/2."""

    day_bounds = fields.List(fields.String(), required=True)
    value_bounds = fields.List(fields.String(), required=True)
    formulas = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    whole = fields.Nested(DealCellSchema, required=True)
    channels = fields.List(fields.Nested(DealChannelSchema), required=True)
    efforts = fields.List(fields.Nested(EffortSchema), required=True)


class CellsQuery(TypedDict):
    """What is asked."""

    first: date | None
    last: date | None
    days: str
    values: str


@blueprint.route("/import")
class Import(View):
    """The import of deals."""

    @blueprint.arguments(DealFileSchema, location="files")
    @blueprint.response(201, DealsSchema)
    @blueprint.refuses(403, 422)
    def post(self, files: dict[str, FileStorage]) -> dict[str, Any]:
        """Import deals, all or none, as HR, finance or auditor; one that is there already is another version."""
        return {"items": deals.import_csv(self.session, files["file"].stream.read(), by=auth.caller())}


@blueprint.route("/cells")
class Cells(View):
    """The deals in cells."""

    @blueprint.arguments(DealCellsQuerySchema, location="query")
    @blueprint.response(200, DealCellsSchema)
    @blueprint.refuses(422)
    def get(self, query: CellsQuery) -> dict[str, Any]:
        """Put the deals that one may see into cells: the own, of those below, all for HR and finance."""
        by, within = auth.caller(), deal_cells.bands(query["days"], query["values"])
        sales = deals.newest(self.session, by=by, first=query["first"], last=query["last"])
        figures = weekly_figures.newest(self.session, by=by, first=query["first"], last=query["last"])
        return {
            "day_bounds": [plain(one) for one in within.days],
            "value_bounds": [plain(one) for one in within.values],
            "formulas": deal_cells.FORMULAS,
            "whole": deal_cells.whole(sales),
            "channels": deal_cells.by_channel(sales, within),
            "efforts": deal_cells.efforts(sales, figures),
        }


def _exact(value: Any) -> str | None:
    return None if value is None else plain(value)
