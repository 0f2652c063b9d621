"""The indicator library: indicators that templates take over by name, in versions that never change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import LibraryEntry, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import publishing, rulebooks, systems
from engine.reviews.rulebook.indicator_rules import measure_problems
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.scores.completions import step_problems
from engine.reviews.sentences import Sentence

NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
"""How an indicator's id is written, by which formulas read it."""

WEIGHED = frozenset({"id", "weight", "library"})
"""What a template says of an indicator itself, and the library never."""


def define(session: Session, entry_id: str, rules: Mapping[str, Any], *, by: Identity) -> LibraryEntry:
    """Define the next version of an indicator: all that a template says of one but its weight.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: it is not written as indicators are, or cannot be measured so; each place is named.
    """
    intent = Sentence("define indicator {entry_id}", entry_id=entry_id)
    people.expect_role(by, Role.HR, intent)
    problems: list[Problem] = []
    said = _written(entry_id, rules, problems)
    if not publishing.is_plain(entry_id):
        sentence = Sentence("The id {id} is no plain name such as sales_revenue", id=entry_id)
        problems.append(Problem(sentence, "entry_id", "bad-id"))
    if problems:
        raise Invalid("Expected to {intent}, but it cannot be measured so", problems, intent=intent)
    latest = select(func.max(LibraryEntry.version)).where(LibraryEntry.entry_id == entry_id)
    row = LibraryEntry(
        entry_id=entry_id,
        version=(session.scalar(latest) or 0) + 1,
        rules=said,
        defined_by=by.username,
        defined_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # templates look it up
    return row


def read_file(name: str, content: bytes) -> dict[str, dict[str, Any]]:
    """Read a file of indicators, such as `processes/library.toml`: what the library keeps of each, by its id.

    Raises:
        Invalid: it is no TOML, or an indicator is not written as indicators are, or stands there twice; each is named.
    """
    rows = rulebooks.parse_toml(name, content).get("indicators")
    read: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        entry_id = row.get("id") if isinstance(row, Mapping) else None
        if not isinstance(entry_id, str) or not NAME.fullmatch(entry_id):
            sentence = Sentence("It has no id of lower-case letters, digits and _")
            problems.append(Problem(sentence, f"indicators/{number}", "bad-id"))
        elif entry_id in read:
            problems.append(
                Problem(Sentence("{name} stands there twice", name=entry_id), f"indicators/{number}", "twice")
            )
        else:
            read[entry_id] = _written(entry_id, row, problems)
    if problems or not read:
        problems = problems or [Problem(Sentence("It is missing"), "indicators", "missing")]
        raise Invalid(
            "Expected to read indicators from {name}, but some are not written as indicators are", problems, name=name
        )
    return read


def take_over(session: Session, indicators: Mapping[str, Mapping[str, Any]], *, by: Identity) -> list[LibraryEntry]:
    """Define indicators by id; one whose newest version says the same stays as it is.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: one of them cannot be measured as it says.
    """
    people.expect_role(by, Role.HR, Sentence("take indicators over into the library"))
    newest = {entry.entry_id: entry.rules for entry in entries(session)}
    changed = {name: rules for name, rules in indicators.items() if newest.get(name) != rules}
    return [define(session, name, rules, by=by) for name, rules in changed.items()]


def check(rules: Mapping[str, Any]) -> Indicator:
    """Read an indicator that has no weight.

    Raises:
        Invalid: it is not written as indicators are, or cannot be measured so; each place is named.
    """
    name = str(rules.get("id", "indicator"))
    problems: list[Problem] = []
    _written(name, rules, problems)
    if problems:
        raise Invalid("Expected to define indicator {name}, but it cannot be measured so", problems, name=name)
    return rulebooks.read_indicator({"weight": 1, **rules, "id": name})


def entries(session: Session) -> Sequence[LibraryEntry]:
    """List the newest version of each indicator."""
    newest = select(func.max(LibraryEntry.key)).group_by(LibraryEntry.entry_id)
    return session.scalars(
        select(LibraryEntry).where(LibraryEntry.key.in_(newest)).order_by(LibraryEntry.entry_id)
    ).all()


def versions(session: Session) -> Sequence[LibraryEntry]:
    """List every version of every indicator, the newest of each first."""
    return session.scalars(select(LibraryEntry).order_by(LibraryEntry.entry_id, LibraryEntry.version.desc())).all()


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


def _written(entry_id: str, rules: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Write an indicator as the library keeps it, and add to `problems` what is wrong with it."""
    try:
        indicator = rulebooks.read_indicator({"weight": 1, **rules, "id": entry_id})
    except Invalid as refusal:
        problems += [replace(problem, where=f"{entry_id}/{problem.where}") for problem in refusal.problems]
        return {}
    problems += [
        *measure_problems(indicator, entry_id),
        *step_problems(indicator, entry_id),
        *systems.problems(indicator, indicator.source),
    ]
    return {name: value for name, value in rulebooks.write(indicator).items() if name not in WEIGHED}


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
