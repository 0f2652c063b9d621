"""Suggestions: anonymous, answered within two working days, followed by a code (L001-36; record 0023).

Nothing here takes an identity where the author speaks, so that none can be kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import calendars
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import SYSTEM, Identity
from engine.reviews.models import Role, Suggestion, SuggestionEntry, SuggestionSlip, Voice
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text

BOX = "suggestion-box"
"""The process that empties the box, four times a day."""

RECEIVED = "suggestion-received"
"""The message that starts the process of a suggestion."""

REPLIED = "suggestion-replied"
"""The message for which an answered suggestion waits."""

KEPT = timedelta(days=30)
"""How long a reply waits for its process, which may still be answering."""

FULL = 200
"""How many slips the box holds between two emptyings: what limits a flood without knowing whose it is."""

LONGEST = 4000
"""Characters of what is said."""

_LOCATOR = 8
"""How many characters of a code find the suggestion; the others, 80 random bits, prove who asks."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A suggestion as whoever holds its code may read it."""

    entries: Sequence[SuggestionEntry]
    waiting: Sequence[str]
    """What was written and is still in the box."""
    closed_on: date | None


def post(session: Session, text: str) -> str:
    """Put a suggestion into the box; return its code, which nobody can find again.

    Raises:
        Invalid: nothing is said, or too much.
        Conflict: the box is full.
    """
    _expect_room(session, text, Sentence("post a suggestion"))
    plain = base64.b32encode(secrets.token_bytes(15)).decode()
    salt = secrets.token_bytes(16)
    session.add(SuggestionSlip(text=text, locator=plain[:_LOCATOR], salt=salt, digest=_digest(salt, plain)))
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def read(session: Session, code: str) -> Ticket:
    """Read a suggestion by its code.

    Raises:
        NotFound: there is none with this code.
    """
    locator = _proven(session, code).locator
    slips = session.scalars(select(SuggestionSlip.text).where(SuggestionSlip.locator == locator)).all()
    suggestion = session.scalar(select(Suggestion).where(Suggestion.locator == locator))
    return Ticket(said(session, suggestion) if suggestion else (), slips, suggestion.closed_on if suggestion else None)


def reply(session: Session, code: str, text: str) -> None:
    """Put what the author has to add into the box.

    Raises:
        NotFound: there is no suggestion with this code.
        Invalid: nothing is said, or too much.
        Conflict: the box is full, or the suggestion is closed.
    """
    found = _proven(session, code)
    intent = Sentence("reply in a suggestion")
    _expect_room(session, text, intent)
    if isinstance(found, Suggestion) and found.closed_on is not None:
        raise Conflict("Expected to {intent}, but it is closed: post another", intent=intent)
    session.add(SuggestionSlip(text=text, locator=found.locator))


def collect(session: Session) -> int:
    """Empty the box: new suggestions go to HR, replies to their conversations; return how many slips there were.

    They are taken in the order of their keys, which is none: who wrote before whom is not to be found.
    """
    slips = session.scalars(select(SuggestionSlip).order_by(SuggestionSlip.key)).all()
    for slip in slips:
        if slip.salt is not None and slip.digest is not None:
            _open(session, slip, slip.salt, slip.digest)
    session.flush()  # replies may be to what came with them
    for slip in slips:
        if slip.salt is None:
            _add_reply(session, slip)
        session.delete(slip)
    return len(slips)


def found(session: Session, key: int) -> Suggestion:
    """Find a suggestion by key, as its process does.

    Raises:
        NotFound: there is none.
    """
    suggestion = session.get(Suggestion, key)
    if suggestion is None:
        raise NotFound("Expected to find suggestion {key}, but there is none", key=key)
    return suggestion


def said(session: Session, suggestion: Suggestion) -> Sequence[SuggestionEntry]:
    """List what was said in a suggestion, from the beginning."""
    entries = select(SuggestionEntry).where(SuggestionEntry.suggestion_key == suggestion.key)
    return session.scalars(entries.order_by(SuggestionEntry.number)).all()


def answer(session: Session, suggestion: Suggestion, text: str, *, voice: Voice, by: Identity) -> SuggestionEntry:
    """Answer a suggestion, as HR or as the leader whose task that is.

    Raises:
        Forbidden: `by` is not HR, where HR is to speak.
        Conflict: it is closed.
        Invalid: nothing is said.
    """
    intent = Sentence("answer suggestion {key}", key=suggestion.key)
    if voice is Voice.HR:
        people.expect_role(by, Role.HR, intent)
    if suggestion.closed_on is not None:
        raise Conflict("Expected to {intent}, but it is closed", intent=intent)
    expect_text(text, "answer", intent)
    return _say(session, suggestion, voice, text, by.username)


def close(session: Session, suggestion: Suggestion) -> None:
    """Close a suggestion whose author has no more to say."""
    suggestion.closed_on = calendars.today(session)


def _open(session: Session, slip: SuggestionSlip, salt: bytes, digest: bytes) -> None:
    suggestion = Suggestion(locator=slip.locator, salt=salt, digest=digest, received_on=calendars.today(session))
    session.add(suggestion)
    session.flush()  # what is said refers to it, and its process reads it
    _say(session, suggestion, Voice.AUTHOR, slip.text, "")
    _begin(session, suggestion)


def _begin(session: Session, suggestion: Suggestion) -> None:
    message = Publication(RECEIVED, str(suggestion.key), {"suggestion": str(suggestion.key)})
    messages.publish(session, message, by=SYSTEM)


def _add_reply(session: Session, slip: SuggestionSlip) -> None:
    suggestion = session.scalars(select(Suggestion).where(Suggestion.locator == slip.locator)).one()
    _say(session, suggestion, Voice.AUTHOR, slip.text, "")
    if suggestion.closed_on is None:
        messages.publish(session, Publication(REPLIED, str(suggestion.key), time_to_live=KEPT), by=SYSTEM)
    else:  # closed since it was written
        suggestion.closed_on = None
        _begin(session, suggestion)


def _say(session: Session, suggestion: Suggestion, voice: Voice, text: str, by: str) -> SuggestionEntry:
    entry = SuggestionEntry(
        suggestion_key=suggestion.key,
        number=len(said(session, suggestion)) + 1,
        voice=voice,
        text=text,
        said_on=calendars.today(session),
        said_by=by,
    )
    session.add(entry)
    session.flush()  # the next one is counted from it
    return entry


def _proven(session: Session, code: str) -> Suggestion | SuggestionSlip:
    """Find what a code opens; a wrong one takes as long as a right one."""
    plain = code.replace("-", "").replace(" ", "").strip().upper()
    locator = plain[:_LOCATOR]
    slips = select(SuggestionSlip).where(SuggestionSlip.locator == locator, SuggestionSlip.salt.is_not(None))
    opened = session.scalar(select(Suggestion).where(Suggestion.locator == locator)) or session.scalar(slips)
    salt, digest = (opened.salt, opened.digest) if opened else (None, None)
    matches = hmac.compare_digest(_digest(salt or b"", plain), digest or b"")
    if opened is None or not matches:
        raise NotFound("Expected to find a suggestion by its code, but there is none with this code")
    return opened


def _digest(salt: bytes, plain: str) -> bytes:
    return hashlib.sha256(salt + plain.encode()).digest()


def _expect_room(session: Session, text: str, intent: str) -> None:
    expect_text(text, "text", intent)
    if len(text) > LONGEST:
        problem = Problem(Sentence("It has more than {most} characters", most=LONGEST), "text", "too-long")
        raise Invalid("Expected to {intent}, but it is too long", [problem], intent=intent)
    if (session.scalar(select(func.count()).select_from(SuggestionSlip)) or 0) >= FULL:
        raise Conflict("Expected to {intent}, but the box is full: it is emptied four times a day", intent=intent)
