"""The indicator library: what templates take over by name, each in versions that never change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn.instances import ZONE
from engine.errors import NotFound
from engine.reviews.models import LibraryEntry
from engine.reviews.rulebook import library, rulebooks
from web import names, parameters
from web.addresses import go
from web.languages import gettext
from web.navigation import runs_cycles
from web.rules import ADDABLE, NOTATIONS

ASKED = (
    "name", "name_en", "direction", "notation", "unit", "target", "source", "cadence", "collected", "horizon", "cap",
)  # fmt: skip
"""The fields of the form; what is left empty is left to the rules."""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One version of an indicator."""

    entry_id: str
    version: int
    name: str
    measuring: str
    unit: str
    source: str
    by: str
    at: datetime


blueprint = Blueprint("library", __name__)


class Index(View):
    """The indicator library."""

    def get(self) -> str:
        """List every version, the newest of each indicator first, and ask for the next."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to show the indicator library, but the page is for HR")
        return render_template("library.html", lines=read_all(self.session), zone=ZoneInfo(ZONE), **_choices())

    def post(self) -> Response:
        """Define the next version of an indicator."""
        given = {name: text for name in ASKED if (text := request.form.get(name, "").strip())}
        tags = [tag.strip() for tag in request.form.get("tags", "").split(",") if tag.strip()]
        rules = {**given, **({"tags": tags} if tags else {})}
        library.define(self.session, request.form.get("entry_id", "").strip(), rules, by=auth.caller())
        return go(url_for(".index"))


blueprint.add_url_rule("/library", view_func=Index.as_view("index"))


def read_all(session: Session) -> list[EntryLine]:
    """Read the versions of all indicators."""
    rows = library.versions(session)
    authors = names.of_accounts(session, [row.defined_by for row in rows])
    return [_line(row, authors[row.defined_by]) for row in rows]


def _line(row: LibraryEntry, by: str) -> EntryLine:
    indicator = rulebooks.read_indicator({"id": row.entry_id, "weight": 1, **row.rules})
    return EntryLine(
        entry_id=row.entry_id,
        version=row.version,
        name=names.either(indicator.name, indicator.name_en),
        measuring=parameters.measuring(indicator),
        unit=indicator.unit,
        source=indicator.source,
        by=by,
        at=row.defined_at,
    )


def _choices() -> dict[str, list[tuple[str, str]]]:
    lists = {
        "directions": ADDABLE,
        "notations": NOTATIONS,
        "cadences": parameters.CADENCES,
        "collections": parameters.COLLECTIONS,
        "horizons": parameters.HORIZONS,
    }
    return {name: [(value, gettext(text)) for value, text in texts.items()] for name, texts in lists.items()}
