"""What HR enters in a walk of what happens in the middle of a cycle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.changes import decisions
from engine.reviews.changes.events import Event
from engine.reviews.models import ChangeKind, Person
from engine.reviews.organisation import people
from engine.reviews.walks.beginnings import Act
from engine.reviews.walks.stages import Stage

KNOWN = {"kind", "effective_on", "reason", "people", "to", "owner"}
"""What every change says; the rest is its kind's."""


def _enter(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Enter a change; without `people` it is about the appraisee of the walk."""
    appraisee = people.by_key(session, stage.review(session).appraisee_key)
    event = Event(
        kind=ChangeKind(given["kind"]),
        effective_on=given["effective_on"],
        reason=given.get("reason", ""),
        people=[people.named(session, name) for name in given.get("people", [appraisee.username])],
        to=_somebody(session, given.get("to")),
        owner=_somebody(session, given.get("owner")),
        details={name: value for name, value in given.items() if name not in KNOWN},
    )
    decisions.enter(session, stage.cycle(session), event, by=by)


def _somebody(session: Session, username: str | None) -> Person | None:
    return None if username is None else people.named(session, username)


ACTS: Mapping[str, Act] = {"enter change": _enter}
"""The acts, in a walk's words."""
