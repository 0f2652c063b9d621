"""The indicator library: indicators that templates take over by name."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, NameField, example
from api.views import View
from engine.reviews.models import LibraryEntry, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import library
from engine.sentences import Sentence

blueprint = Blueprint("library", __name__, url_prefix="/api/indicators", description="Indicators to take over by name")

RULES = example(
    {"name": "获客成本", "name_en": "Acquisition cost", "direction": "lower-linear", "unit": "元", "target": "200"},
    "An indicator as a template has it, without its weight",
)


class LibraryEntrySchema(CamelSchema):
    """One version of an indicator. It never changes: a change is another version."""

    key = KeyField()
    id = fields.String(attribute="entry_id", metadata=example("cac"))
    version = fields.Integer()
    rules = fields.Dict(keys=fields.String(), metadata=RULES)
    defined_by = fields.String()
    defined_at = InstantField()


class LibrarySchema(CamelSchema):
    """The newest version of each indicator."""

    items = fields.List(fields.Nested(LibraryEntrySchema), required=True)


class DefinitionSchema(CamelSchema):
    """An indicator to define."""

    entry_id = NameField(data_key="id", required=True, most=50, metadata=example("cac"))
    rules = fields.Dict(keys=fields.String(), required=True, metadata=RULES)


@blueprint.route("")
class Library(View):
    """The indicators."""

    @blueprint.response(200, LibrarySchema)
    @blueprint.refuses(403)
    def get(self) -> dict[str, object]:
        """List the newest version of each indicator, as HR."""
        people.expect_role(auth.caller(), Role.HR, Sentence("list the library"))
        return {"items": library.entries(self.session)}

    @blueprint.arguments(DefinitionSchema)
    @blueprint.response(201, LibraryEntrySchema)
    @blueprint.refuses(403, 422)
    def post(self, body: dict[str, Any]) -> LibraryEntry:
        """Define the next version of an indicator."""
        return library.define(self.session, body["entry_id"], body["rules"], by=auth.caller())
