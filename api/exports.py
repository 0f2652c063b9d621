"""Exports: results as tables, and who was handed what."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate
from sqlalchemy import select

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, example
from api.lists import PageSchema, list_schema, listed, one
from api.rosters import XLSX, attached
from api.views import View
from engine.reviews import access
from engine.reviews.models import Cycle, Disclosure, DisclosureKind
from engine.reviews.reports import exports
from engine.reviews.reports.exports import Form

CSV = "text/csv; charset=utf-8"
BINARY = {"type": "string", "format": "binary"}
MEDIA_TYPES = {Form.XLSX: XLSX, Form.CSV: CSV}

blueprint = Blueprint("exports", __name__, url_prefix="/api", description="Files that leave the system")


class ExportSchema(CamelSchema):
    """How to export."""

    form = fields.Enum(Form, by_value=True, load_default=Form.XLSX, metadata=example("xlsx"))
    language = fields.String(load_default="zh_CN", validate=validate.OneOf(["zh_CN", "en"]), metadata=example("zh_CN"))


class DisclosureSchema(CamelSchema):
    """A file that was handed out."""

    key = KeyField(attribute="Disclosure.key")
    kind = fields.Enum(DisclosureKind, by_value=True, attribute="Disclosure.kind")
    form = fields.String(attribute="Disclosure.form", metadata=example("xlsx"))
    cycle_key = KeyField(attribute="Disclosure.cycle_key", allow_none=True)
    person_key = KeyField(attribute="Disclosure.person_key", allow_none=True)
    about = fields.String(
        attribute="Disclosure.about",
        metadata=example("", "Of a case file what it is of, such as appeal 1125899906842624"),
    )
    rows = fields.Integer(attribute="Disclosure.rows", metadata=example(7))
    digest = fields.String(attribute="Disclosure.digest", metadata=example("9f86d0…", "SHA-256 of the file"))
    made_by = fields.String(attribute="Disclosure.made_by", metadata=example("zhao.min"))
    made_at = InstantField(attribute="Disclosure.made_at")


@blueprint.route("/cycles/<key:key>/exports")
class ResultExport(View):
    """The export of a cycle's results."""

    @blueprint.arguments(ExportSchema)
    @blueprint.response(200, BINARY, content_type=XLSX)
    @blueprint.alt_response(200, schema=BINARY, content_type=CSV)
    @blueprint.refuses(404, 422)
    def post(self, body: dict[str, Any], key: int) -> Response:
        """Export the results of a cycle that the caller may see, as a workbook or as CSV; it leaves a disclosure."""
        caller = auth.caller()
        cycle = one(self.session, select(Cycle).where(Cycle.key == key, access.cycles(self.session, caller))).Cycle
        chinese = body["language"] == "zh_CN"
        content = exports.of_results(self.session, cycle, form=body["form"], by=caller, chinese=chinese)
        return attached(content, f"results-{key}.{body['form'].value}", MEDIA_TYPES[body["form"]])


@blueprint.route("/disclosures")
class Disclosures(View):
    """The files that were handed out."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Disclosure", DisclosureSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List the files handed out, the newest first: all for HR and auditors, else one's own."""
        known = select(Disclosure).where(access.disclosures(self.session, auth.caller()))
        return listed(self.session, known, Disclosure.key, query)
