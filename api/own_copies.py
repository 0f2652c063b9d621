"""A copy of one's own data."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, example
from api.papers import BINARY, PDF
from api.rosters import attached
from api.views import View
from engine.reviews.reports import own_copies
from engine.reviews.reports.own_copies import Form

MEDIA_TYPES = {Form.JSON: "application/json", Form.PDF: PDF}

blueprint = Blueprint("own_copies", __name__, url_prefix="/api/me", description="What is kept about who asks")


class OwnCopySchema(CamelSchema):
    """How to write the copy."""

    form = fields.Enum(Form, by_value=True, load_default=Form.JSON, metadata=example("json"))


@blueprint.route("/copies")
class OwnCopies(View):
    """Copies of what is kept about who asks."""

    @blueprint.arguments(OwnCopySchema)
    @blueprint.response(200, {"type": "object"})
    @blueprint.alt_response(200, schema=BINARY, content_type=PDF)
    @blueprint.refuses(404, 422)
    def post(self, body: dict[str, Any]) -> Response:
        """Get a copy of everything about oneself, without the identity of others who rated; it leaves a disclosure."""
        form: Form = body["form"]
        content = own_copies.of_oneself(self.session, form=form, by=auth.caller())
        return attached(content, f"my-data.{form.value}", MEDIA_TYPES[form])
