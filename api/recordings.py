"""Recordings: handed in with an own appeal or a review that is not over, with what must be said of them (E-96)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from api import auth
from api.appeals import known_appeal
from api.blueprint import Blueprint
from api.fields import CamelSchema, KeyField, ProseField, example
from api.reviews import known
from api.v2.documents import DocumentReferenceSchema
from api.views import View
from engine.bpmn import documents
from engine.bpmn.documents import Document
from engine.reviews.cases import evidence, recordings
from engine.reviews.cases.recordings import Declaration

blueprint = Blueprint("recordings", __name__, url_prefix="/api", description="Voices as evidence")


class RecordingSchema(CamelSchema):
    """A recording that was uploaded to /v2/documents, and what is said of it; it is erased after its last day."""

    document_id = KeyField(required=True, metadata=example("2251799813685281"))
    purpose = ProseField(required=True, metadata=example("证明当面承认漏算", "What it is to show"))
    heard = ProseField(required=True, metadata=example("李娜", "Whose voices are on it"))
    notice = ProseField(required=True, metadata=example("开始时当面告知", "How they were told of it, and for what"))
    kept_until = fields.Date(required=True, metadata=example("2026-06-30"))


@blueprint.route("/appeals/<key:key>/recordings")
class OfAppeal(View):
    """The recordings of an appeal."""

    @blueprint.arguments(RecordingSchema)
    @blueprint.response(201, DocumentReferenceSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, Any]:
        """Hand a recording in with one's own appeal, with what must be said of it."""
        appeal, document = known_appeal(self.session, key), _declared(self.session, body)
        evidence.attach_recording_to_appeal(self.session, appeal, document, by=auth.caller())
        return _reference(self.session, document)


@blueprint.route("/reviews/<key:key>/recordings")
class OfReview(View):
    """The recordings of a review."""

    @blueprint.arguments(RecordingSchema)
    @blueprint.response(201, DocumentReferenceSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, Any]:
        """Hand a recording in with a review that is not over, as its appraisee or superior."""
        review, document = known(self.session, key), _declared(self.session, body)
        evidence.attach_recording(self.session, review, document, by=auth.caller())
        return _reference(self.session, document)


def _declared(session: Session, body: dict[str, Any]) -> int:
    said = dict(body)
    document: int = said.pop("document_id")
    recordings.declare(session, document, Declaration(**said), by=auth.caller())
    return document


def _reference(session: Session, document: int) -> dict[str, Any]:
    return documents.reference(session.get_one(Document, document), kept=True)
