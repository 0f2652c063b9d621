"""Previews: what a change would do, item by item, computed from what is there now and kept with a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.reviews.changes import events
from engine.reviews.changes.items import Effects, Foreseen, named
from engine.reviews.models import Choice, CycleChange
from engine.reviews.sentences import Sentence


def of_change(session: Session, change: CycleChange, choices: Mapping[str, str] | None = None) -> list[Foreseen]:
    """Compute what becomes of each item by the choices made for it, or by those given instead."""
    chosen = change.choices if choices is None else choices
    found = []
    for item in events.items(session, change):
        part = events.PARTS[item.part]
        offered = part.choices(session, change, item)
        choice = named(chosen, item, offered)
        found.append(Foreseen(item, offered, choice, part.foresee(session, change, item, choice)))
    return found


def of_choices(session: Session, change: CycleChange) -> dict[str, list[tuple[Choice, Effects]]]:
    """Compute what would become of each item by each of its choices, as whoever decides compares them."""
    found = {}
    for item in events.items(session, change):
        part = events.PARTS[item.part]
        offered = part.choices(session, change, item)
        found[item.id] = [(choice, part.foresee(session, change, item, choice)) for choice in offered]
    return found


def written(foreseen: Sequence[Foreseen]) -> list[dict[str, Any]]:
    """Write a preview as it is kept."""
    return [one.to_json() for one in foreseen]


def digest(preview: Sequence[Mapping[str, Any]]) -> str:
    """Give the SHA-256 of a preview, its names in order."""
    text = json.dumps(preview, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def expect_choices(session: Session, change: CycleChange, choices: Mapping[str, str]) -> None:
    """Let pass only choices among those that each item has.

    Raises:
        Invalid: an item is unknown, or what was chosen is not among its choices; each is named.
    """
    offered = {one.id: events.PARTS[one.part].choices(session, change, one) for one in events.items(session, change)}
    problems = [
        Problem(Sentence("There is no such item in the change"), name, "unknown-item")
        for name in choices
        if name not in offered
    ]
    for name, choice in choices.items():
        allowed = offered.get(name, ())
        if allowed and choice not in {one.value for one in allowed}:
            told = ", ".join(one.value for one in allowed)
            problems.append(Problem(Sentence("It can only be one of {choices}", choices=told), name, "not-offered"))
    if problems:
        raise Invalid("Expected to decide on change {key}, but not everything can be chosen", problems, key=change.key)


def by_policy(session: Session, change: CycleChange, policy: Choice) -> dict[str, str]:
    """Choose for every item what the cycle's policy says, or else that it stays as it is."""
    chosen = {}
    for item in events.items(session, change):
        offered = events.PARTS[item.part].choices(session, change, item)
        chosen[item.id] = (policy if policy in offered else Choice.KEEP).value
    return chosen
