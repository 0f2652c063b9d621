"""Notices: what one was told."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, example
from api.lists import PageSchema, list_schema, listed
from api.receiving import ArrivalView
from api.views import View
from engine.reviews import access, notices
from engine.reviews.models import Notice

blueprint = Blueprint("notices", __name__, url_prefix="/api/notices", description="What one was told")


class NoticeSchema(CamelSchema):
    """Something one was told; `kind` names the text, `details` what it mentions."""

    key = KeyField(attribute="Notice.key")
    kind = fields.String(attribute="Notice.kind", metadata=example("result-released"))
    details = fields.Dict(
        keys=fields.String(), attribute="Notice.details", metadata=example({"review": "2251799813685249", "version": 1})
    )
    written_at = InstantField(attribute="Notice.written_at")
    read_at = InstantField(attribute="Notice.read_at", allow_none=True)


class NoticesQuerySchema(PageSchema):
    """Which notices."""

    unread = fields.Boolean(load_default=False, metadata=example(value=True, description="Only what is not read yet"))


@blueprint.route("")
class Notices(ArrivalView):
    """One's own notices."""

    @blueprint.arguments(NoticesQuerySchema, location="query")
    @blueprint.response(200, list_schema("Notice", NoticeSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List one's own notices."""
        own = select(Notice).where(access.notices(self.session, auth.caller()))
        return listed(self.session, own.where(Notice.read_at.is_(None)) if query["unread"] else own, Notice.key, query)


@blueprint.route("/<key:key>/reading")
class Reading(View):
    """The reading of a notice."""

    @blueprint.response(204)
    @blueprint.refuses(404)
    def put(self, key: int) -> None:
        """Mark one of one's own notices as read."""
        notices.mark_read(self.session, key, by=auth.caller())
