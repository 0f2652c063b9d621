"""The board of a superior: the own line at a glance, by person and together."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, example
from api.views import View
from engine.reviews.reports import boards
from engine.reviews.scores.quantities import plain

blueprint = Blueprint("boards", __name__, url_prefix="/api/board", description="A superior's own line")


class TrackSchema(CamelSchema):
    """How far an indicator is, as the newest check-in or the targets say it."""

    indicator = fields.String(attribute="indicator_id", metadata=example("sales_revenue"))
    target = fields.String(metadata=example("500"))
    value = fields.String(metadata=example("420"))
    unit = fields.String(metadata=example("万元"))


class BoardLineSchema(CamelSchema):
    """One running review of somebody below."""

    review_key = KeyField(attribute="review.key")
    person = fields.String(attribute="person.username", metadata=example("zhang.wei"))
    cycle = fields.String(attribute="cycle.label", metadata=example("2025 Q3"))
    tasks = fields.List(fields.String(), metadata={"description": "The steps that the person has before them"})
    next_due = InstantField(allow_none=True)
    late = fields.Integer(metadata={"description": "How many of them are late"})
    month = fields.String(metadata=example("2025-08", "The month of the newest check-in"))
    summarised = fields.Boolean()
    tracks = fields.List(fields.Nested(TrackSchema))


class TogetherSchema(CamelSchema):
    """An indicator over the whole line, where values can be added up."""

    name = fields.String(metadata=example("销售额完成率"))
    unit = fields.String(metadata=example("万元"))
    target = fields.Function(lambda row: plain(row.target))
    value = fields.Function(lambda row: plain(row.value))
    people = fields.Integer()


class BoardSchema(CamelSchema):
    """The line by person, and together."""

    lines = fields.List(fields.Nested(BoardLineSchema), required=True)
    together = fields.List(fields.Nested(TogetherSchema), required=True)


@blueprint.route("")
class Board(View):
    """The board."""

    @blueprint.response(200, BoardSchema)
    def get(self) -> dict[str, Any]:
        """Show the running reviews of everybody in the line below whoever asks; whom they rate is not among it."""
        lines = boards.of_line(self.session, by=auth.caller())
        return {"lines": lines, "together": boards.together(lines)}
