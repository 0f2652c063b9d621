"""The indicator library: indicators that templates take over by name, in versions that never change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews import people, rulebooks
from engine.reviews.completions import step_problems
from engine.reviews.indicators import Indicator
from engine.reviews.models import LibraryEntry, Role
from engine.reviews.sentences import Sentence

WEIGHED = frozenset({"id", "weight", "library"})
"""What a template says of an indicator itself, and the library never."""


def define(session: Session, entry_id: str, rules: Mapping[str, Any], *, by: Identity) -> LibraryEntry:
    """Define the next version of an indicator: all that a template says of one but its weight.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: it is not written as indicators are, or cannot be measured so; each place is named.
    """
    people.expect_role(by, Role.HR, f"define indicator {entry_id}")
    indicator = check({**rules, "id": entry_id})
    written = {name: value for name, value in rulebooks.write(indicator).items() if name not in WEIGHED}
    latest = select(func.max(LibraryEntry.version)).where(LibraryEntry.entry_id == entry_id)
    row = LibraryEntry(
        entry_id=entry_id,
        version=(session.scalar(latest) or 0) + 1,
        rules=written,
        defined_by=by.username,
        defined_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # templates look it up
    return row


def check(rules: Mapping[str, Any]) -> Indicator:
    """Read an indicator that has no weight.

    Raises:
        Invalid: it is not written as indicators are, or cannot be measured so; each place is named.
    """
    name = str(rules.get("id", "indicator"))
    indicator = rulebooks.read_indicator({"weight": 1, **rules, "id": name})
    if problems := [*step_problems(indicator, name)]:
        raise Invalid(f"Expected to define indicator {name}, but it cannot be measured so", problems)
    return indicator


def entries(session: Session) -> Sequence[LibraryEntry]:
    """List the newest version of each indicator."""
    newest = select(func.max(LibraryEntry.key)).group_by(LibraryEntry.entry_id)
    return session.scalars(
        select(LibraryEntry).where(LibraryEntry.key.in_(newest)).order_by(LibraryEntry.entry_id)
    ).all()


def expanded(session: Session, rules: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what rules take from the library (`library = "cac"`, or `"cac/2"`); what they say themselves stands.

    Raises:
        Invalid: there is no such entry; each is named.
    """
    problems: list[Problem] = []
    sections = rules.get("sections")
    if not isinstance(sections, list):
        return dict(rules)  # reading it says so
    filled = [_filled_section(session, section, problems) for section in sections]
    if problems:
        raise Invalid("Expected to fill in the template from the library, but it lacks some indicators", problems)
    return {**rules, "sections": filled}


def _filled_section(session: Session, section: Any, problems: list[Problem]) -> Any:
    if not isinstance(section, Mapping) or not isinstance(section.get("indicators"), list):
        return section
    return {**section, "indicators": [_filled(session, one, problems) for one in section["indicators"]]}


def _filled(session: Session, indicator: Any, problems: list[Problem]) -> Any:
    name = indicator.get("library") if isinstance(indicator, Mapping) else None
    if not isinstance(name, str) or not name:
        return indicator
    entry = _entry(session, name)
    if entry is None:
        problems.append(
            Problem(Sentence("The library has no {name}", name=name), str(indicator.get("id", name)), "no-entry")
        )
        return indicator
    return {"id": entry.entry_id, **entry.rules, **indicator, "library": f"{entry.entry_id}/{entry.version}"}


def _entry(session: Session, name: str) -> LibraryEntry | None:
    entry_id, _, version = name.partition("/")
    rows = select(LibraryEntry).where(LibraryEntry.entry_id == entry_id).order_by(LibraryEntry.version.desc())
    if version:
        rows = rows.where(LibraryEntry.version == (int(version) if version.isascii() and version.isdigit() else 0))
    return session.scalars(rows.limit(1)).first()
