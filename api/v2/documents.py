"""Documents: uploaded, handed in by reference, downloaded by whoever may see what they were handed in with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from flask import Response, request
from marshmallow import ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from api import auth, wire
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, InstantField
from api.v2.fields import ConstantField, VariablesField
from api.views import View
from engine.bpmn import documents, filetypes
from engine.bpmn.documents import STORE, Document, Upload
from engine.errors import Invalid, NotFound, Problem
from engine.reviews import access
from engine.sentences import Sentence

blueprint = CamundaBlueprint("documents", __name__, url_prefix="/v2/documents")

LONGEST_METADATA = 20_000
"""Characters of what is said about one document."""


class MetadataSchema(CamelSchema):
    """What a sender says of a document. Its type and size are found out, not believed."""

    file_name = fields.String(validate=validate.Length(max=1_000))
    content_type = fields.String()
    size = fields.Integer()
    expires_at = InstantField(allow_none=True)
    process_definition_id = fields.String(allow_none=True)
    process_instance_key = fields.String(allow_none=True, validate=validate.Regexp(r"^\d{1,19}$"))
    custom_properties = VariablesField(allow_none=True)


class DocumentMetadataSchema(CamelSchema):
    """What is known of a document."""

    file_name = fields.String(attribute="fileName")
    content_type = fields.String(attribute="contentType")
    size = fields.Integer()
    expires_at = fields.String(attribute="expiresAt", allow_none=True)
    process_definition_id = fields.String(attribute="processDefinitionId", allow_none=True)
    process_instance_key = fields.String(attribute="processInstanceKey", allow_none=True)
    custom_properties = VariablesField(attribute="customProperties")


class DocumentReferenceSchema(CamelSchema):
    """What stands for a document in variables and answers."""

    kind = ConstantField("camunda", data_key="camunda.document.type")
    store_id = fields.String(attribute="storeId")
    document_id = fields.String(attribute="documentId")
    content_hash = fields.String(attribute="contentHash")
    metadata = fields.Nested(DocumentMetadataSchema)


class FailedDocumentSchema(CamelSchema):
    """A file that was not taken."""

    file_name = fields.String()
    status = fields.Integer()
    title = fields.String()
    detail = fields.String()


class BatchSchema(CamelSchema):
    """What became of several files."""

    created_documents = fields.List(fields.Nested(DocumentReferenceSchema))
    failed_documents = fields.List(fields.Nested(FailedDocumentSchema))


class PlaceSchema(CamelSchema):
    """Where a new document is to be kept."""

    store_id = fields.String(validate=validate.Equal(STORE))


class NewPlaceSchema(PlaceSchema):
    """Where a new document is to be kept. Its id is given here and by nobody else."""

    document_id = fields.String(validate=validate.Equal("", error="A document's id is given by the engine."))


def _asked(name: str) -> dict[str, object]:
    """Describe a text of the query that may be left out; what does not fit names no document, and is no bad request."""
    return {"in": "query", "name": name, "schema": {"type": "string"}}


FILE = {"type": "string", "format": "binary"}
METADATA = {"type": "object", "description": "A JSON object: fileName, expiresAt, customProperties and the like"}
ONE = {"type": "object", "properties": {"file": FILE, "metadata": METADATA}, "required": ["file"]}
SEVERAL = {
    "type": "object",
    "properties": {"files": {"type": "array", "items": FILE}, "metadataList": {"type": "array", "items": METADATA}},
    "required": ["files"],
}


def _multipart(schema: Mapping[str, Any]) -> dict[str, object]:
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


@blueprint.route("")
class Documents(View):
    """The documents."""

    @blueprint.arguments(NewPlaceSchema, location="query")
    @blueprint.doc(requestBody=_multipart(ONE))
    @blueprint.response(201, DocumentReferenceSchema)
    @blueprint.refuses(400, 415)
    def post(self, _place: dict[str, Any]) -> dict[str, Any]:
        """Upload a document. It goes after a day unless it is handed in, or its metadata says until when it is kept."""
        file = request.files.get("file")
        if file is None:
            raise Invalid("Expected to upload a document, but there is no file", [_missing("file")])
        made = documents.upload(self.session, read(file, request.form.get("metadata", "")), by=auth.caller())
        return documents.reference(made)


@blueprint.route("/batch")
class Batch(View):
    """Several documents at once."""

    @blueprint.arguments(PlaceSchema, location="query")
    @blueprint.doc(requestBody=_multipart(SEVERAL))
    @blueprint.response(201, BatchSchema)
    @blueprint.alt_response(207, schema=BatchSchema, success=True)
    @blueprint.refuses(400, 415)
    def post(self, _place: dict[str, Any]) -> tuple[dict[str, object], int]:
        """Upload documents. Those that do not fit are named, the others are kept."""
        files, said = request.files.getlist("files"), request.form.getlist("metadataList")
        if not files:
            raise Invalid("Expected to upload documents, but there is no file", [_missing("files")])
        if said and len(said) != len(files):
            problem = Problem(Sentence("There must be as many of them as files."), "metadataList", "does-not-fit")
            raise Invalid("Expected to upload documents, but not every file has its metadata", [problem])
        uploads = [read(file, metadata) for file, metadata in zip(files, said or [""] * len(files), strict=True)]
        made, failed = documents.upload_several(self.session, uploads, by=auth.caller())
        answer: dict[str, object] = {
            "created_documents": [documents.reference(document) for document in made],
            "failed_documents": [_failure(upload, problems) for upload, problems in failed],
        }
        return answer, 207 if failed else 201


@blueprint.route("/<key:key>")
class OneDocument(View):
    """One document."""

    @blueprint.doc(parameters=[_asked("storeId"), _asked("contentHash")])
    @blueprint.alt_response(
        200, schema={"type": "string", "format": "binary"}, content_type=filetypes.UNKNOWN, success=True
    )
    @blueprint.refuses(404)
    def get(self, key: int) -> Response:
        """Download a document."""
        _expect_store(key)
        person = auth.caller()
        found = documents.read(self.session, key, visible=access.documents(self.session, person), by=person)
        if request.args.get("contentHash", found.digest) != found.digest:
            raise NotFound("Expected to find document {key}, but its content has another hash", key=key)
        return download(found)

    @blueprint.doc(parameters=[_asked("storeId")])
    @blueprint.response(204)
    @blueprint.refuses(404)
    def delete(self, key: int) -> None:
        """Delete a document of one's own that is not handed in."""
        _expect_store(key)
        person = auth.caller()
        documents.remove(self.session, key, visible=access.documents(self.session, person), by=person)


def _expect_store(key: int) -> None:
    name = request.args.get("storeId", STORE)
    if name != STORE:
        raise NotFound(
            "Expected to find document {key} in store {name}, but there is only {store}",
            key=key,
            name=name,
            store=STORE,
        )


def read(file: FileStorage, metadata: str = "") -> Upload:
    """Read a file with what is said of it, as JSON.

    Raises:
        Invalid: the metadata is none.
    """
    said = _metadata(metadata)
    remarks = {
        "processDefinitionId": said.get("process_definition_id"),
        "processInstanceKey": said.get("process_instance_key"),
        "customProperties": said.get("custom_properties"),
    }
    name = said.get("file_name") or file.filename or ""
    return Upload(name, file.stream.read(), remarks, said.get("expires_at"))


def download(document: Document) -> Response:
    """Answer with a document as a file to be saved: no browser shows it as a page of ours."""
    kind = document.content_type if document.content_type in filetypes.HARMLESS else filetypes.UNKNOWN
    return Response(
        document.content,
        content_type=kind,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "no-store",
        },
    )


def _failure(upload: Upload, problems: Iterable[Problem]) -> dict[str, object]:
    detail = "; ".join(problem.message for problem in problems)
    return {"file_name": filetypes.cleaned(upload.name), "status": 400, "title": "Bad Request", "detail": detail}


def _metadata(text: str) -> dict[str, Any]:
    if not text:
        return {}
    if len(text) > LONGEST_METADATA:
        problem = Problem(
            Sentence("At most {longest_metadata} characters are taken.", longest_metadata=LONGEST_METADATA),
            "metadata",
            "too-long",
        )
        raise Invalid("Expected to read a document's metadata, but it does not fit", [problem])
    try:
        said: dict[str, Any] = MetadataSchema(unknown="exclude").load(wire.read(text))
    except ValidationError as error:
        problem = Problem(str(error), "metadata", "does-not-fit")
        raise Invalid("Expected to read a document's metadata, but it does not fit", [problem]) from error
    return said


def _missing(name: str) -> Problem:
    return Problem(Sentence("A part of the name {name} with a file is needed.", name=name), name, "missing-file")
