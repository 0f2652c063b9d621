"""Deliberations: what members note; each reads the own alone until every vote is cast."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict
from engine.identity import Identity
from engine.reviews.cases import panels
from engine.reviews.models import Appeal, AppealState, DeliberationNote
from engine.reviews.panels import sight
from engine.reviews.sentences import Sentence, expect_text


def note(session: Session, appeal: Appeal, text: str, *, by: Identity) -> DeliberationNote:
    """Write a note for the deliberation, as a member who sits.

    Raises:
        Forbidden: `by` does not sit on the panel.
        Conflict: the appeal is not before the panel.
        Invalid: it says nothing.
    """
    intent = Sentence("note something on appeal {key}", key=appeal.key)
    member = panels.expect_seat(session, appeal, by, intent)
    if appeal.state is not AppealState.HEARD:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=appeal.state.value)
    expect_text(text, "text", intent)
    row = DeliberationNote(appeal_key=appeal.key, member_key=member.key, text=text, written_at=clock.now(session))
    session.add(row)
    session.flush()  # it is read again at once
    return row


def of_appeal(session: Session, appeal: Appeal, *, by: Identity) -> Sequence[DeliberationNote]:
    """List the notes that somebody may read, the oldest first."""
    own = select(DeliberationNote).where(DeliberationNote.appeal_key == appeal.key)
    return session.scalars(own.where(sight.deliberation_notes(session, by)).order_by(DeliberationNote.key)).all()
