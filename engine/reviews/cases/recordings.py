"""Recordings: voices as evidence need a purpose, notice to those who are heard, and an end (E-96, L001-03).

A voice is personal information (Personal Information Protection Law art. 5, 6, 17, 19). A recording is kept and handed
out as a file; nothing is derived from it, no text and no voiceprint.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import chores
from engine.bpmn.documents import Document
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.models import Recording
from engine.reviews.sentences import Sentence

LONGEST = timedelta(days=731)
"""How long a recording is kept at most: the year in which arbitration may be asked for, and another."""

ERASE = "erase-recording"
"""The chore that erases a recording when its time is over."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What whoever hands a recording in says of it.

    Attributes:
        purpose: what it is to show.
        heard: whose voices are on it.
        notice: how and when they were told that they are recorded, and for what.
    """

    purpose: str
    heard: str
    notice: str
    kept_until: date


def declare(session: Session, document_key: int, said: Declaration, *, by: Identity) -> Recording:
    """Say what must be said of an own recording before it is handed in; it is erased after its last day.

    Raises:
        NotFound: there is no such recording of `by` that is not handed in yet.
        Conflict: it is declared already.
        Invalid: something is not said, or it would be kept for too long or not at all.
    """
    intent = Sentence("declare recording {document_key}", document_key=document_key)
    own = select(Document).where(
        Document.key == document_key, Document.uploaded_by == by.username, Document.expires_at.is_not(None)
    )
    document = session.scalar(own)
    if document is None or not is_recording(document):
        raise NotFound("Expected to {intent}, but there is none of yours that is not handed in", intent=intent)
    if session.get(Recording, document_key) is not None:
        raise Conflict("Expected to {intent}, but it is declared already", intent=intent)
    today = calendars.today(session)
    problems = [
        Problem(Sentence("It must not be empty"), name, "empty")
        for name, value in asdict(said).items()
        if isinstance(value, str) and not value.strip()
    ]
    if not today < said.kept_until <= today + LONGEST:
        sentence = Sentence("A recording is kept until a day within {days} days", days=LONGEST.days)
        problems.append(Problem(sentence, "keptUntil", "kept-too-long"))
    if problems:
        raise Invalid("Expected to {intent}, but not everything is said", problems, intent=intent)
    recording = Recording(
        document_key=document_key, **asdict(said), declared_by=by.username, declared_at=clock.now(session)
    )
    session.add(recording)
    session.flush()  # handing in looks for it
    over = datetime.combine(said.kept_until + timedelta(days=1), time(), calendars.HOME_ZONE)
    chores.defer(session, ERASE, {"document": str(document_key)}, run_at=over)
    return recording


def expect_declared(session: Session, keys: Collection[int], intent: str) -> None:
    """Let pass only documents of which what must be said is said.

    Raises:
        Invalid: one is a recording, and nothing is said of it.
    """
    sound = or_(Document.content_type.startswith("audio/"), Document.content_type.startswith("video/"))
    declared = select(Recording.document_key)
    silent = session.scalars(
        select(Document.name).where(Document.key.in_(keys), sound, Document.key.not_in(declared))
    ).all()
    if silent:
        problems = [
            Problem(
                Sentence("{name} is a recording: purpose, notice and last day are said first", name=name),
                "documents",
                "undeclared-recording",
            )
            for name in silent
        ]
        raise Invalid("Expected to {intent}, but something must be said of recordings", problems, intent=intent)


def is_recording(document: Document) -> bool:
    """Tell whether a document is sound, with or without pictures."""
    return document.content_type.startswith(("audio/", "video/"))


@chores.chore(ERASE)
def erase(session: Session, *, document: str) -> None:
    """Erase the content of a recording; its name, its digest and what was said of it stay."""
    recording = session.get(Recording, int(document))
    if recording is None or recording.erased_at is not None:
        return
    session.execute(update(Document).where(Document.key == recording.document_key).values(content=b"", size=0))
    recording.erased_at = clock.now(session)
