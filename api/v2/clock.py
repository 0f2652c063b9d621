"""The clock, for tests and demonstrations (D19): Forbidden where it is not controlled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from marshmallow import fields, validate

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema
from api.views import View
from engine import clock
from engine.errors import Forbidden
from engine.sentences import Sentence

blueprint = CamundaBlueprint("clock", __name__, url_prefix="/v2/clock")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MILLISECOND = 253_402_300_799_999
"""The end of the year 9999."""


class PinSchema(CamelSchema):
    """The instant that shall stand for now, in milliseconds since 1970."""

    timestamp = fields.Integer(required=True, strict=True, validate=validate.Range(0, LAST_MILLISECOND))


@blueprint.route("")
class Clock(View):
    """The clock."""

    @blueprint.arguments(PinSchema)
    @blueprint.response(204)
    @blueprint.refuses(400)
    def put(self, pin: dict[str, int]) -> None:
        """Pin the clock."""
        _expect_operator(Sentence("pin"))
        clock.pin(self.session, EPOCH + timedelta(milliseconds=pin["timestamp"]))


@blueprint.route("/reset")
class Reset(View):
    """The clock's own way."""

    @blueprint.response(204)
    @blueprint.refuses()
    def post(self) -> None:
        """Reset the clock."""
        _expect_operator(Sentence("reset"))
        clock.reset(self.session)


def _expect_operator(verb: str) -> None:
    if not auth.caller().operator:
        raise Forbidden(
            "Expected to {verb} the clock, but {username} is no operator", verb=verb, username=auth.caller().username
        )
