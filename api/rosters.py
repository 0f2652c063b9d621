"""The organisation as files: imported after a look at what would change, and exported; and what was changed."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response
from flask_smorest.fields import Upload
from marshmallow import fields, validate
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from api import auth, errors
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, example
from api.lists import PageSchema, list_schema, listed, one
from api.views import View
from engine.errors import Problem
from engine.reviews import access
from engine.reviews.models import Amendment, Leave, LeaveKind, Person, Protection, ProtectionKind
from engine.reviews.organisation.rosters import imports, writing
from engine.reviews.organisation.rosters.imports import Preview
from engine.reviews.organisation.rosters.state import Effect

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

blueprint = Blueprint("rosters", __name__, url_prefix="/api/people", description="The organisation as files")


class RosterFileSchema(CamelSchema):
    """An XLSX workbook, a ZIP file of CSV files, or a CSV file with one sheet's columns."""

    file = Upload(required=True)


class RosterQuerySchema(CamelSchema):
    """What to do with what is right."""

    dry_run = fields.Boolean(load_default=False, metadata=example(value=True, description="Only look, change nothing"))
    partly = fields.Boolean(
        load_default=False, metadata=example(value=False, description="Enter the good rows where others are wrong")
    )


class ChangeSchema(CamelSchema):
    """A record that is added or changed."""

    sheet = fields.String(attribute="sheet.name", metadata=example("lines"))
    subject = fields.String(metadata=example("S003", "The employee id or code"))
    effect = fields.Enum(Effect, by_value=True)
    before = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    after = fields.Dict(keys=fields.String(), values=fields.String())


class RowProblemSchema(CamelSchema):
    """What is wrong with a row."""

    where = fields.String(metadata=example("人员!B7", "Sheet, column and row"))
    code = fields.String(metadata=example("unknown-reference"))
    message = fields.String(metadata=example("There is no S999 in people"))


class PreviewSchema(CamelSchema):
    """What an import found, and whether it was entered."""

    entered = fields.Boolean(required=True)
    rows = fields.Integer(required=True)
    bad_rows = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    problems = fields.List(fields.Nested(RowProblemSchema), required=True)
    to_mend = fields.String(
        required=True,
        allow_none=True,
        metadata=example(None, "The wrong rows as an XLSX workbook, in base64, each with what is wrong; null without"),
    )


class ExportQuerySchema(CamelSchema):
    """How to export."""

    form = fields.String(load_default="xlsx", validate=validate.OneOf(["xlsx", "csv"]), metadata=example("xlsx"))
    sensitive = fields.Boolean(
        load_default=False, metadata=example(value=False, description="Leave and protection too, for HR alone")
    )
    language = fields.String(load_default="zh_CN", validate=validate.OneOf(["zh_CN", "en"]), metadata=example("zh_CN"))


class LeaveSchema(CamelSchema):
    """When somebody was away for long."""

    kind = fields.Enum(LeaveKind, by_value=True)
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)


class ProtectionSchema(CamelSchema):
    """When somebody was protected against notice (Labour Contract Law art. 42)."""

    kind = fields.Enum(ProtectionKind, by_value=True)
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)


class SensitiveSchema(CamelSchema):
    """What of somebody is for HR and the person alone."""

    leaves = fields.List(fields.Nested(LeaveSchema), required=True)
    protections = fields.List(fields.Nested(ProtectionSchema), required=True)


class AmendmentSchema(CamelSchema):
    """One change of what is known of the organisation."""

    sheet = fields.String(attribute="Amendment.sheet", metadata=example("lines"))
    before = fields.Raw(attribute="Amendment.before", allow_none=True, metadata={"type": "object"})
    after = fields.Raw(attribute="Amendment.after", allow_none=True, metadata={"type": "object"})
    amended_by = fields.String(attribute="Amendment.amended_by")
    amended_at = InstantField(attribute="Amendment.amended_at")


@blueprint.route("/import")
class Import(View):
    """The import of the organisation."""

    @blueprint.arguments(RosterFileSchema, location="files")
    @blueprint.arguments(RosterQuerySchema, location="query")
    @blueprint.response(200, PreviewSchema)
    @blueprint.refuses(403, 422)
    def post(self, files: dict[str, FileStorage], query: dict[str, bool]) -> dict[str, object]:
        """Import departments, posts, people and what holds for them from day to day.

        A dry run tells what is wrong, row by row, and what would change. Else all rows are entered or, with `partly`,
        the good ones; the same file brought twice changes nothing.
        """
        name, content = _received(files["file"])
        if query["dry_run"]:
            return _answer(imports.check(self.session, name, content, by=auth.caller()), entered=False)
        entered = imports.enter(self.session, name, content, by=auth.caller(), partly=query["partly"])
        return _answer(entered, entered=True)


@blueprint.route("/export")
class Export(View):
    """The export of the organisation."""

    @blueprint.arguments(ExportQuerySchema, location="query")
    @blueprint.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
    @blueprint.alt_response(200, schema={"type": "string", "format": "binary"}, content_type="application/zip")
    @blueprint.refuses(403, 422)
    def get(self, query: dict[str, Any]) -> Response:
        """Export the organisation as a workbook or as a ZIP file of CSV files, which an import takes back."""
        how = {"sensitive": query["sensitive"], "chinese": query["language"] == "zh_CN"}
        if query["form"] == "csv":
            return attached(writing.csv_files(self.session, by=auth.caller(), **how), "people.zip", "application/zip")
        return attached(writing.workbook(self.session, by=auth.caller(), **how), "people.xlsx", XLSX)


@blueprint.route("/<key:key>/sensitive")
class Sensitive(View):
    """What of somebody is for HR and the person alone."""

    @blueprint.response(200, SensitiveSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """Get somebody's leave and protection: the own ones, anybody's for HR; a superior sees none."""
        caller = auth.caller()
        one(self.session, select(Person).where(Person.key == key, access.people(self.session, caller)))
        return {
            name: self.session.scalars(select(kind).where(kind.person_key == key, seen).order_by(kind.valid_from)).all()
            for name, kind, seen in (
                ("leaves", Leave, access.leaves(self.session, caller)),
                ("protections", Protection, access.protections(self.session, caller)),
            )
        }


@blueprint.route("/<key:key>/amendments")
class Amendments(View):
    """What was changed of somebody."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Amendment", AmendmentSchema))
    @blueprint.refuses(404, 422)
    def get(self, query: dict[str, Any], key: int) -> dict[str, object]:
        """List what was changed of somebody's records, by whom and when, the newest first; for HR."""
        caller = auth.caller()
        (person,) = one(self.session, select(Person).where(Person.key == key, access.people(self.session, caller)))
        own = select(Amendment).where(Amendment.subject == person.employee_id, access.amendments(self.session, caller))
        return listed(self.session, own, Amendment.key, query)


def attached(content: bytes, name: str, content_type: str) -> Response:
    """Answer with a file to be saved."""
    headers = {"Content-Disposition": f"attachment; filename={name}", "X-Content-Type-Options": "nosniff"}
    return Response(content, headers=headers, content_type=content_type)


def _received(file: FileStorage) -> tuple[str, bytes]:
    return file.filename or "file", file.stream.read()


def _mended(problem: Problem) -> str:
    return f"{problem.where}: {errors.said(problem)}"


def _answer(preview: Preview, *, entered: bool) -> dict[str, object]:
    return {
        "entered": entered,
        "rows": preview.rows,
        "bad_rows": len(preview.bad),
        "unchanged": preview.unchanged,
        "changes": preview.changes,
        "problems": [errors.item(problem) for problem in preview.problems],
        "to_mend": base64.b64encode(writing.to_mend(preview.bad, _mended)).decode() if preview.bad else None,
    }
