"""Documents over HTTP, in the shapes of Camunda 8."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from camunda_orchestration_sdk.types import File
from flask.testing import FlaskClient

from engine import db

Client = Callable[[str], FlaskClient]
PDF = b"%PDF-1.7 evidence"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
SCRIPT = b"<script>alert(1)</script>"


def send(client: FlaskClient, *files: tuple[str, bytes], address: str = "", **parts: Any) -> Any:
    name = "files" if address.startswith("/batch") else "file"
    body = {name: [(BytesIO(content), called) for called, content in files], **parts}
    return client.post(f"/v2/documents{address}", data=body, content_type="multipart/form-data")


def test_camundas_client_uploads_reads_and_deletes_a_document(sdk: Callable[[str], CamundaClient]) -> None:
    ann = sdk("ann")
    metadata = of.DocumentMetadata(file_name="报告.pdf", expires_at=datetime(2099, 1, 1, tzinfo=UTC))
    file = File(payload=BytesIO(PDF), file_name="ignored.bin", mime_type="text/html")

    made = ann.create_document(data=of.CreateDocumentData(file=file, metadata=metadata))

    assert (made.camunda_document_type, made.store_id) == ("camunda", "database")
    assert made.metadata.file_name == "报告.pdf"
    assert made.metadata.content_type == "application/pdf"
    assert made.metadata.size == len(PDF)
    assert made.metadata.expires_at == datetime(2099, 1, 1, tzinfo=UTC)
    content = ann.get_document(document_id=made.document_id, content_hash=made.content_hash)
    assert content.payload.read() == PDF
    ann.delete_document(document_id=made.document_id)
    with pytest.raises(refused.NotFoundError):
        ann.get_document(document_id=made.document_id)


def test_several_are_uploaded_at_once_and_those_that_do_not_fit_are_named(client: Client) -> None:
    said = [json.dumps({"fileName": "one.pdf", "customProperties": {"weight": 0.1}}), json.dumps({}), "{}"]

    answer = send(client("ann"), ("1", PDF), ("two.txt", b""), ("../3.txt", b"3"), address="/batch", metadataList=said)

    assert answer.status_code == 207
    assert [one["metadata"]["fileName"] for one in answer.json["createdDocuments"]] == ["one.pdf", "3.txt"]
    assert answer.json["createdDocuments"][0]["metadata"]["customProperties"] == {"weight": Decimal("0.1")}
    assert answer.json["failedDocuments"] == [
        {"fileName": "two.txt", "status": 400, "title": "Bad Request", "detail": "two.txt is empty."}
    ]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.svg", SVG, "application/octet-stream"),
        ("a.html", SCRIPT, "application/octet-stream"),
        ("a.pdf.html", SCRIPT, "application/octet-stream"),
        ("a.png", SCRIPT, "application/octet-stream"),
    ],
)
def test_a_download_is_saved_and_never_shown_as_a_page(client: Client, name: str, content: bytes, kind: str) -> None:
    key = send(client("ann"), (name, content)).json["documentId"]

    answer = client("ann").get(f"/v2/documents/{key}")

    assert answer.get_data() == content
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_name_with_breaks_and_quotes_breaks_no_header(client: Client) -> None:
    metadata = json.dumps({"fileName": 'a\r\nSet-Cookie: x="1";.pdf'})
    key = send(client("ann"), ("x", PDF), metadata=metadata).json["documentId"]

    answer = client("ann").get(f"/v2/documents/{key}")

    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''aSet-Cookie%20x%3D1%3B.pdf"
    assert "Set-Cookie" not in answer.headers


def test_nobody_else_finds_a_document(client: Client) -> None:
    key = send(client("ann"), ("a.pdf", PDF)).json["documentId"]

    answers = [client(who).get(f"/v2/documents/{key}") for who in ("bo", "root")]
    deleted = client("bo").delete(f"/v2/documents/{key}")

    assert [answer.status_code for answer in (*answers, deleted)] == [404, 404, 404]


def test_another_hash_finds_nothing(client: Client) -> None:
    reference = send(client("ann"), ("a.pdf", PDF)).json

    answer = client("ann").get(f"/v2/documents/{reference['documentId']}?contentHash=another")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("content", "parts", "address", "where"),
    [
        (None, {}, "", "file"),
        (None, {}, "/batch", "files"),
        (b"", {}, "", "file"),
        (PDF, {"metadata": '{"expiresAt": "2001-01-01T00:00:00Z"}'}, "", "metadata.expiresAt"),
        (PDF, {"metadata": '{"expiresAt": 1}'}, "", "metadata"),
        (PDF, {"metadata": "[]"}, "", "metadata"),
        (PDF, {"metadata": '{"fileName": "' + "x" * 20_000 + '"}'}, "", "metadata"),
        (PDF, {"metadataList": ["{}", "{}"]}, "/batch", "metadataList"),
        (PDF, {}, "?documentId=mine", "documentId"),
        (PDF, {}, "?storeId=gcp", "storeId"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    client: Client, content: bytes | None, parts: dict[str, Any], address: str, where: str
) -> None:
    files = [] if content is None else [("a.pdf", content)]

    answer = send(client("ann"), *files, address=address, **parts)

    assert answer.status_code == 400
    assert [problem["where"] for problem in answer.json["problems"]] == [where]


def test_metadata_that_is_no_json_is_refused(client: Client) -> None:
    assert send(client("ann"), ("a.pdf", PDF), metadata="{").status_code == 400


def test_the_operator_says_how_large_a_document_may_be(client: Client, database: db.Database) -> None:
    database.settings = replace(database.settings, largest_document=100)

    taken, refused_ = (send(client("ann"), ("a.txt", b"x" * size)) for size in (100, 101))

    assert taken.status_code == 201
    assert refused_.json["problems"][0]["message"] == "a.txt has 101 bytes; at most 100 are taken."


def test_the_same_upload_sent_again_is_kept_once(client: Client) -> None:
    def sent() -> Any:
        body = {"file": (BytesIO(PDF), "a.pdf")}
        return client("ann").post("/v2/documents", data=body, headers={"Idempotency-Key": "once"}).json

    assert sent()["documentId"] == sent()["documentId"]
