"""The organisation as files: looked at before it is imported, and exported."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from flask import Blueprint, Response, flash, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from api import auth
from api.rosters import XLSX, attached
from api.views import View
from engine.errors import Conflict, Invalid, Problem
from engine.reviews.organisation.rosters import imports, writing
from engine.reviews.organisation.rosters.imports import Preview
from engine.reviews.organisation.rosters.state import Change, Effect
from web import languages, sentences
from web.addresses import go
from web.languages import N_, gettext

EFFECTS = {
    Effect.ADD: (N_("new"), "good"),
    Effect.CHANGE: (N_("changed"), "info"),
    Effect.LEAVE: (N_("leaving"), "warn"),
}
SHOWN = 100
"""How many changes and problems the page lists; the counts tell of all."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as the page shows it."""

    sheet: str
    subject: str
    effect: str
    effect_kind: str
    before: str
    after: str


blueprint = Blueprint("rosters", __name__)


class Import(View):
    """The import of the organisation."""

    def post(self) -> AnyResponse | str:
        """Show what a file would change, or enter what was shown."""
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid("Expected to import the organisation, but there is no file")
        content = file.stream.read()
        how, digest = request.form.get("enter"), hashlib.sha256(content).hexdigest()
        if how is None:
            preview = imports.check(self.session, file.filename, content, by=auth.caller())
            return render_template("parts/roster.html", preview=preview, digest=digest, **_shown(preview))
        if request.form.get("seen") != digest:
            raise Conflict("Expected to import the file that was looked at, but another one was sent")
        entered = imports.enter(self.session, file.filename, content, by=auth.caller(), partly=how == "good")
        flash(gettext("Imported: {count} changes.").format(count=len(entered.changes)))
        return go(url_for("web.people.index"))


class Export(View):
    """The export of the organisation."""

    def get(self) -> Response:
        """Hand the organisation out in the reader's language."""
        sensitive, chinese = request.args.get("sensitive") == "true", languages.current() == "zh_CN"
        if request.args.get("form") == "csv":
            packed = writing.csv_files(self.session, by=auth.caller(), sensitive=sensitive, chinese=chinese)
            return attached(packed, "people.zip", "application/zip")
        book = writing.workbook(self.session, by=auth.caller(), sensitive=sensitive, chinese=chinese)
        return attached(book, "people.xlsx", XLSX)


blueprint.add_url_rule("/people/import", view_func=Import.as_view("import_"))
blueprint.add_url_rule("/people/export", view_func=Export.as_view("export"))


def _shown(preview: Preview) -> dict[str, object]:
    return {
        "counts": [(gettext(name), kind, preview.count(effect)) for effect, (name, kind) in EFFECTS.items()],
        "changes": [_line(change) for change in preview.changes[:SHOWN]],
        "problems": preview.problems[:SHOWN],
        "more_changes": max(0, len(preview.changes) - SHOWN),
        "more_problems": max(0, len(preview.problems) - SHOWN),
        "to_mend": f"data:{XLSX};base64,{base64.b64encode(writing.to_mend(preview.bad, _said)).decode()}"
        if preview.bad
        else "",
    }


def _said(problem: Problem) -> str:
    return gettext(": ").join((problem.where, sentences.said(problem)))


def _line(change: Change) -> ChangeLine:
    before = change.before or {}
    told = [name for name in change.after if name not in change.sheet.key[:1]]
    effect, kind = EFFECTS[change.effect]
    return ChangeLine(
        sheet=gettext(change.sheet.name),
        subject=change.subject,
        effect=gettext(effect),
        effect_kind=kind,
        before=_told(change, before, told),
        after=_told(change, change.after, told),
    )


def _told(change: Change, record: dict[str, str], columns: list[str]) -> str:
    chinese = languages.current() == "zh_CN"
    values = [(change.sheet.column(name), record.get(name, "")) for name in columns]
    return " · ".join(column.choices.get(value, value) if chinese else value for column, value in values if value)
