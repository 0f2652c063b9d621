"""Documents: uploaded, handed in with a form, read by those who may see what they were handed in with."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from company import ANN, BOB, HR, complete, now, open_tasks, pin, start, variables
from diagrams import bpmn

from engine import db, worker
from engine.bpmn import access, deployments, documents
from engine.bpmn.deployments import Resource
from engine.bpmn.documents import Document, Upload
from engine.errors import Forbidden, Invalid, NotFound
from engine.identity import SYSTEM, Identity

pytestmark = pytest.mark.usefixtures("database")

FORM = {
    "id": "evidence",
    "type": "default",
    "schemaVersion": 19,
    "components": [
        {"type": "filepicker", "id": "p", "key": "evidence", "label": "Evidence", "accept": ".pdf", "multiple": True}
    ],
}
SHARED = """
    start s
    user u: form evidence; assignee ann
    user v: form evidence; assignee bob
    end e
    s > u > v > e
"""
KEPT = """
    start s
    user u: form evidence; assignee ann; out count = count(evidence)
    user v: form evidence; assignee bob
    end e
    s > u > v > e
"""
CAROL = Identity("carol")


def deploy_with_form(text: str) -> None:
    files = [Resource("p.bpmn", bpmn(text, "p")), Resource("evidence.form", json.dumps(FORM).encode())]
    with db.transaction() as session:
        deployments.deploy(session, deployments.read(files, by=SYSTEM), by=SYSTEM)


def upload(name: str = "report.pdf", content: bytes = b"%PDF-1.7", by: Identity = ANN, **said: Any) -> dict[str, Any]:
    with db.transaction() as session:
        return documents.reference(documents.upload(session, Upload(name, content, {}, **said), by=by))


def read(reference: dict[str, Any], by: Identity) -> bytes:
    with db.reading() as session:
        key = int(reference["documentId"])
        return documents.read(session, key, visible=access.documents(by), by=by).content


def remove(reference: dict[str, Any], by: Identity) -> None:
    with db.transaction() as session:
        documents.remove(session, int(reference["documentId"]), visible=access.documents(by), by=by)


def may_read(reference: dict[str, Any], by: Identity) -> bool:
    try:
        return bool(read(reference, by))
    except NotFound:
        return False


def test_a_document_is_its_uploaders_until_it_is_handed_in() -> None:
    reference = upload(content=b"%PDF-1.7 mine")

    assert read(reference, ANN) == b"%PDF-1.7 mine"
    assert not any(may_read(reference, by) for by in (BOB, HR, SYSTEM))


def test_a_reference_says_what_the_content_is() -> None:
    reference = upload("../报告.pdf", b"not a PDF")

    assert reference["camunda.document.type"] == "camunda"
    assert reference["metadata"]["fileName"] == "报告.pdf"
    assert reference["metadata"]["contentType"] == "application/octet-stream"
    assert reference["metadata"]["size"] == 9
    assert reference["contentHash"] == sha256(b"not a PDF").hexdigest()


@pytest.mark.parametrize(("content", "code"), [(b"", "empty-file"), (b"x" * (11 * 1024 * 1024), "file-too-large")])
def test_an_empty_or_too_large_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        upload(content=content)

    assert [problem.code for problem in refusal.value.problems] == [code]


def test_what_was_answered_becomes_a_variable_that_the_next_holder_may_read() -> None:
    deploy_with_form(SHARED)
    reference = upload()
    instance = start()

    complete("u", ANN, evidence=[reference])

    assert variables(instance)["evidence"][0]["documentId"] == reference["documentId"]
    assert variables(instance)["evidence"][0]["metadata"]["expiresAt"] is None
    assert all(may_read(reference, by) for by in (ANN, BOB, SYSTEM))
    assert not any(may_read(reference, by) for by in (CAROL, HR))


def test_the_next_holder_hands_the_same_file_on_and_cannot_read_it_any_more_afterwards() -> None:
    deploy_with_form(SHARED)
    reference = upload()
    instance = start()
    complete("u", ANN, evidence=[reference])

    complete("v", BOB, evidence=variables(instance)["evidence"])

    assert variables(instance)["evidence"][0]["documentId"] == reference["documentId"]
    assert not may_read(reference, BOB)


def test_what_stays_with_the_task_is_read_by_nobody_else() -> None:
    deploy_with_form(KEPT)
    reference = upload()
    instance = start()

    complete("u", ANN, evidence=[reference])

    assert variables(instance) == {"count": 1}
    assert may_read(reference, ANN)
    assert not any(may_read(reference, by) for by in (BOB, SYSTEM))


def refused(element: str, by: Identity, *references: dict[str, Any]) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        complete(element, by, evidence=list(references))
    return [problem.code for problem in refusal.value.problems]


def test_forged_ids_and_other_peoples_files_are_refused_alike() -> None:
    deploy_with_form(SHARED)
    start()
    theirs = upload(by=BOB)

    assert refused("u", ANN, theirs) == ["unknown-file"]
    assert refused("u", ANN, {**theirs, "documentId": "12345"}) == ["unknown-file"]
    assert refused("u", ANN, {**theirs, "documentId": "9" * 40}) == ["unknown-file"]
    assert refused("u", ANN, {**theirs, "documentId": "' OR 1=1"}) == ["unknown-file"]
    assert "u" in open_tasks()


def test_a_file_that_was_handed_in_once_belongs_there() -> None:
    deploy_with_form(SHARED)
    reference = upload()
    start()
    complete("u", ANN, evidence=[reference])
    start()

    assert refused("u", ANN, reference) == ["unknown-file"]


def test_a_refused_completion_hands_nothing_in() -> None:
    deploy_with_form(SHARED)
    start()
    good, bad = upload(), upload("program.exe", b"MZ")

    assert refused("u", ANN, good, bad) == ["file-type"]

    complete("u", ANN, evidence=[good])
    assert "v" in open_tasks()


def test_a_task_without_a_form_keeps_the_files_that_its_variables_name() -> None:
    with db.transaction() as session:
        text = "start s\nuser u: assignee ann; out proof = proof\nend e\ns > u > e"
        deployments.deploy(session, deployments.read([Resource("p.bpmn", bpmn(text, "p"))], by=SYSTEM), by=SYSTEM)
    reference, theirs = upload(), upload(by=BOB)
    start()

    complete("u", ANN, proof=[reference, theirs])
    pin(now() + timedelta(days=2))
    worker.sweep_documents()

    assert may_read(reference, SYSTEM)
    assert not may_read(theirs, BOB)


def test_what_nobody_hands_in_goes_after_a_day_or_when_its_uploader_said() -> None:
    deploy_with_form(KEPT)
    handed_in, unused, later = upload(), upload(), upload(expires_at=now() + timedelta(days=9))
    start()
    complete("u", ANN, evidence=[handed_in])

    pin(now() + timedelta(days=1, minutes=1))
    worker.sweep_documents()

    assert [may_read(one, ANN) for one in (handed_in, unused, later)] == [True, False, True]


def test_a_file_that_went_before_the_answer_came_is_said_to_be_gone() -> None:
    deploy_with_form(SHARED)
    start()
    reference = upload()
    pin(now() + timedelta(days=2))
    worker.sweep_documents()

    assert refused("u", ANN, reference) == ["unknown-file"]


def test_one_takes_an_own_document_back_until_it_is_handed_in() -> None:
    deploy_with_form(SHARED)
    unused, handed_in = upload(), upload()
    start()
    complete("u", ANN, evidence=[handed_in])

    remove(unused, ANN)

    assert not may_read(unused, ANN)
    with pytest.raises(Forbidden, match="it is handed in"):
        remove(handed_in, ANN)
    with pytest.raises(Forbidden, match="ann uploaded it"):
        remove(handed_in, BOB)
    with pytest.raises(NotFound):
        remove(upload(), BOB)


def test_of_very_many_named_documents_only_some_are_looked_for() -> None:
    assert len(documents.named([{"documentId": str(number)} for number in range(5_000)])) == documents.MOST_NAMED
    assert documents.named({"deep": [{"deeper": {"documentId": "7"}}, {"documentId": "7"}, {"documentId": None}]}) == [
        7
    ]


def test_the_content_is_not_loaded_where_only_the_name_is_asked() -> None:
    reference = upload()

    with db.reading() as session:
        found = session.get_one(Document, int(reference["documentId"]))
        loaded = "content" in found.__dict__

    assert not loaded
