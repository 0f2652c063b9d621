"""Documents: files that people upload, hand in with a form, and download again.

A document is its uploader's until it is handed in; from then on it belongs to the task whose form named it, or to the
record of HR it was handed in with, and is kept as long as they are. What nobody hands in goes after a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, delete, select, true, update
from sqlalchemy.orm import Mapped, Session, mapped_column, undefer

from engine import clock, db, exact_json, keys
from engine.bpmn import filetypes
from engine.bpmn.forms import File
from engine.bpmn.forms.sentences import problem
from engine.bpmn.models import UserTask
from engine.db import Base, Instant, Key
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.sentences import Sentence

STORE = "database"
"""The one store there is, by the name that references give it."""

KEPT_UNUSED = timedelta(days=1)
"""How long a document is kept that nobody hands in, unless its uploader says until when."""

MOST_NAMED = 1_000
"""How many documents one person's answers can name."""


class Document(Base):
    """A file in the database."""

    __tablename__ = "document"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[str]
    content_type: Mapped[str]
    """What the content was judged to be, not what the uploader called it."""
    size: Mapped[int]
    digest: Mapped[str]
    """SHA-256 of the content, in hexadecimal."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    remarks: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON: what the uploader says of it, `customProperties`, `processDefinitionId`, `processInstanceKey`. It proves
    nothing."""
    uploaded_by: Mapped[str] = mapped_column(index=True)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    """When it goes; None once it is handed in."""
    task_key: Mapped[int | None] = mapped_column(ForeignKey("user_task.key"), index=True, default=None)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"), index=True, default=None)
    shared: Mapped[bool] = mapped_column(default=False)
    """Whether the answer that names it became a variable, so that whoever works in the instance sees it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in, with what its sender says of it."""

    name: str
    content: bytes
    remarks: Mapping[str, Any]
    expires_at: datetime | None = None


def upload(session: Session, file: Upload, *, by: Identity) -> Document:
    """Keep a file for its uploader.

    Raises:
        Invalid: it is empty, larger than the operator allows, or would expire in the past.
    """
    now = clock.now(session)
    name = filetypes.cleaned(file.name)
    if problems := list(_upload_problems(name, file, now)):
        raise Invalid("Expected to upload {name}, but it does not fit", problems, name=name)
    document = Document(
        key=keys.issue(),
        name=name,
        content_type=filetypes.judged(name, file.content),
        size=len(file.content),
        digest=sha256(file.content).hexdigest(),
        content=file.content,
        remarks=exact_json.dumps(file.remarks),
        uploaded_by=by.username,
        uploaded_at=now,
        expires_at=file.expires_at or now + KEPT_UNUSED,
    )
    session.add(document)
    session.flush()  # what it is handed in with refers to it
    return document


def upload_several(
    session: Session, files: Iterable[Upload], *, by: Identity
) -> tuple[list[Document], list[tuple[Upload, tuple[Problem, ...]]]]:
    """Keep those files that fit; return them, and the others with what is wrong with them."""
    made, failed = [], []
    for file in files:
        try:
            made.append(upload(session, file, by=by))
        except Invalid as refusal:
            failed.append((file, refusal.problems))
    return made, failed


def _upload_problems(name: str, file: Upload, now: datetime) -> Iterator[Problem]:
    largest = db.bound().settings.largest_document
    if not file.content:
        yield problem("empty-file", "file", file=name)
    if len(file.content) > largest:
        yield problem("file-too-large", "file", file=name, size=len(file.content), largest=largest)
    if file.expires_at is not None and file.expires_at <= now:
        yield Problem(Sentence("It would expire in the past."), "metadata.expiresAt", "past-expiry")


def read(session: Session, key: int, *, visible: ColumnElement[bool], by: Identity) -> Document:
    """Return a document with its content; `visible` chooses those that `by` may know of.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    wanted = select(Document).where(Document.key == key, visible).options(undefer(Document.content))
    found = session.scalars(wanted).first()
    if found is None:
        raise NotFound(
            "Expected to find document {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    return found


def remove(session: Session, key: int, *, visible: ColumnElement[bool], by: Identity) -> None:
    """Take back an own document that is not handed in.

    Raises:
        NotFound: there is none, or none that `by` may know of.
        Forbidden: it is somebody else's, or is handed in.
    """
    found = session.scalars(select(Document).where(Document.key == key, visible)).first()
    if found is None:
        raise NotFound(
            "Expected to delete document {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    if found.uploaded_by != by.username:
        raise Forbidden(
            "Expected to delete document {key}, but {uploaded_by} uploaded it", key=key, uploaded_by=found.uploaded_by
        )
    gone = delete(Document).where(Document.key == key, Document.expires_at.is_not(None)).returning(Document.key)
    if session.execute(gone).first() is None:
        raise Forbidden("Expected to delete document {key}, but it is handed in", key=key)


def reference(document: Document, *, kept: bool = False) -> dict[str, Any]:
    """Return what stands for a document in variables and answers, in Camunda 8's shape; `kept` if it stays for good."""
    remarks = exact_json.loads(document.remarks)
    expires = None if kept or document.expires_at is None else document.expires_at
    instance = remarks.get("processInstanceKey") if document.instance_key is None else str(document.instance_key)
    return {
        "camunda.document.type": "camunda",
        "storeId": STORE,
        "documentId": str(document.key),
        "contentHash": document.digest,
        "metadata": {
            "fileName": document.name,
            "contentType": document.content_type,
            "size": document.size,
            "expiresAt": expires and expires.isoformat().replace("+00:00", "Z"),
            "processDefinitionId": remarks.get("processDefinitionId"),
            "processInstanceKey": instance,
            "customProperties": remarks.get("customProperties") or {},
        },
    }


def named(value: object) -> list[int]:
    """Return the keys of the documents that a value refers to, each once, and not too many."""
    return list(dict.fromkeys(islice(_keys(value), MOST_NAMED)))


def offered(session: Session, answers: Mapping[str, Any], *, by: Identity) -> dict[str, File]:
    """Return by their ids the documents that answers name, for their check."""
    keys_named = named(answers)
    found = session.scalars(select(Document).where(Document.key.in_(keys_named))) if keys_named else ()
    return {
        str(one.key): File(
            reference(one, kept=True),
            one.name,
            one.content_type,
            own=one.uploaded_by == by.username and one.expires_at is not None,
        )
        for one in found
    }


def hand_in(session: Session, key: int, *, by: Identity) -> bool:
    """Keep an own document for good, as part of a record; tell whether there was one that was not handed in yet."""
    return _taken(session, key, Document.uploaded_by == by.username, expires_at=None)


def hand_in_with(session: Session, task: UserTask, answers: Mapping[str, Any], files: Mapping[str, File]) -> None:
    """Make the own ones of the documents that accepted answers name part of a task.

    Raises:
        Conflict: one was handed in elsewhere, or went, a moment ago.
    """
    place = {"expires_at": None, "task_key": task.key, "instance_key": task.instance_key}
    for key in named(answers):
        file = files.get(str(key))
        if file and file.own and not _taken(session, key, true(), **place):
            raise Conflict("Expected to hand document {key} in, but it was handed in elsewhere or has expired", key=key)


def share(session: Session, task: UserTask, handed_in: list[int], scopes: Iterable[Mapping[str, object]]) -> None:
    """Note which of the documents handed in with a task have become variables, now that they are in these scopes."""
    seen = set(handed_in) & {key for scope in scopes for key in named(scope)}
    theirs = (Document.key.in_(seen), Document.task_key == task.key)
    session.execute(update(Document).where(*theirs).values(shared=True))


def sweep(session: Session) -> int:
    """Drop the documents that nobody handed in in time; return how many."""
    late = delete(Document).where(Document.expires_at <= clock.now(session)).returning(Document.key)
    return len(session.execute(late).all())


def _taken(session: Session, key: int, condition: ColumnElement[bool], **values: object) -> bool:
    """Change a document that is not handed in yet; tell whether there was one."""
    free = update(Document).where(Document.key == key, Document.expires_at.is_not(None), condition)
    return session.execute(free.values(**values).returning(Document.key)).first() is not None


def _keys(value: object) -> Iterator[int]:
    """Walk through a value without recursion, however deep it is."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Mapping):
            key = here.get("documentId")
            if isinstance(key, str) and key.isascii() and key.isdigit() and len(key) < 20 and int(key) < 1 << 63:
                yield int(key)
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(reversed(here))
