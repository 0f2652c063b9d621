"""Templates: versions of rules that never change once published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, db
from engine.errors import Conflict, Invalid, NotFound
from engine.identity import Identity
from engine.reviews.models import Role, TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.rulebook import library, rulebooks
from engine.reviews.rulebook.publishing import publishing_problems
from engine.reviews.rulebook.rules import Template
from engine.reviews.scores.quantities import weight
from engine.reviews.sentences import Sentence
from engine.settings import ROOT

PRESETS = ROOT / "processes" / "presets"
"""The files of rules that HR can begin with."""


def draft(
    session: Session,
    template_id: str,
    rules: Mapping[str, Any],
    *,
    title: str,
    by: Identity,
    title_en: str = "",
    original: bytes | None = None,
) -> TemplateVersion:
    """Write the next version of a template; it may still be wrong, but must be readable.

    The `original` file is kept as it was written, and shown beside what was read from it (X-25).

    Raises:
        Forbidden: `by` is not HR.
        Invalid: the rules are not written as templates are.
    """
    people.expect_role(by, Role.HR, Sentence("draft template {template_id}", template_id=template_id))
    latest = select(func.max(TemplateVersion.version)).where(TemplateVersion.template_id == template_id)
    row = TemplateVersion(
        template_id=template_id,
        version=(session.scalar(latest) or 0) + 1,
        title=title,
        title_en=title_en,
        rules=rulebooks.write(rulebooks.read(library.expanded(session, rules))),
        original=original,
        drafted_by=by.username,
    )
    session.add(row)
    session.flush()  # cycles refer to it
    return row


def draft_file(session: Session, name: str, content: bytes, *, by: Identity) -> TemplateVersion:
    """Draft the next version of the template that a file of rules writes, such as `cycle.toml`.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: it is no file of rules, or its rules are not written as templates are; each place is named.
    """
    people.expect_role(by, Role.HR, Sentence("draft the template in {name}", name=name))
    book = rulebooks.parse(name, content)
    return draft(
        session, book.template_id, book.rules, title=book.title, title_en=book.title_en, by=by, original=content
    )


def presets() -> list[tuple[str, rulebooks.Book]]:
    """List the files that HR can begin with, and what they say."""
    return [(path.name, rulebooks.load(path)) for path in sorted(PRESETS.glob("*.toml"))]


def amend(
    session: Session, key: int, rules: Mapping[str, Any], *, by: Identity, original: bytes | None = None
) -> TemplateVersion:
    """Write a draft anew, where it comes from another file with that one as its original.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such template.
        Conflict: it is published: a change is another version.
        Invalid: the rules are not written as templates are.
    """
    people.expect_role(by, Role.HR, Sentence("amend template {key}", key=key))
    row = found(session, key)
    if row.published_at is not None:
        raise Conflict("Expected to amend template {key}, but it is published: draft its next version", key=key)
    row.rules = rulebooks.write(rulebooks.read(library.expanded(session, rules)))
    row.original = row.original if original is None else original
    return row


def rescale(session: Session, key: int, section_id: str, *, by: Identity) -> TemplateVersion:
    """Scale the weights of a section of a draft to its whole, exactly: HR's decision, never ours (W-09, X-18).

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such template or section.
        Conflict: it is published.
    """
    people.expect_role(by, Role.HR, Sentence("rescale template {key}", key=key))
    template = rulebooks.read(found(session, key).rules)
    section = next((one for one in template.sections if one.id == section_id), None)
    if section is None:
        raise NotFound(
            "Expected to find section {section_id} of template {key}, but there is none", section_id=section_id, key=key
        )
    total = sum((one.weight for one in section.indicators), Fraction(0))
    lines = tuple(replace(one, weight=one.weight * section.whole / total) for one in section.indicators if total)
    sections = tuple(replace(one, indicators=lines) if one is section else one for one in template.sections)
    return amend(session, key, rulebooks.write(replace(template, sections=sections)), by=by)


def publish(session: Session, key: int, *, by: Identity) -> TemplateVersion:
    """Publish a version: from now on cycles may use it and nobody can change it.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such template.
        Conflict: it is published already.
        Invalid: the rules do not add up; each fault is named, and there is no override (W-02).
    """
    people.expect_role(by, Role.HR, Sentence("publish template {key}", key=key))
    row = found(session, key)
    if row.published_at is not None:
        raise Conflict("Expected to publish template {key}, but it is published already", key=key)
    if problems := publishing_problems(rulebooks.read(row.rules)):
        raise Invalid(
            "Expected to publish template {template_id}, but its rules do not add up",
            problems,
            template_id=row.template_id,
        )
    row.published_by = by.username
    row.published_at = clock.now(session)
    return row


def found(session: Session, key: int) -> TemplateVersion:
    """Find a version by key.

    Raises:
        NotFound: there is none.
    """
    row = session.get(TemplateVersion, key)
    if row is None:
        raise NotFound("Expected to find template {key}, but there is none", key=key)
    return row


def newest(session: Session) -> dict[str, TemplateVersion]:
    """List the newest published version of each template."""
    published = select(TemplateVersion).where(TemplateVersion.published_at.is_not(None))
    return {one.template_id: one for one in session.scalars(published.order_by(TemplateVersion.version))}


def weighed(template: Template, weights: Mapping[str, str]) -> Template:
    """Give the dimensions the weights that a decision table found; without any the template's own stand."""
    if not weights:
        return template
    dimensions = tuple(replace(one, weight=weight(weights[one.id])) for one in template.dimensions)
    return replace(template, dimensions=dimensions)


def rules(session: Session, key: int) -> Template:
    """Read the rules of a version; a published one never changes, and a process reads it once.

    Raises:
        NotFound: there is none.
    """
    compiled = db.bound().compiled
    known: Template | None = compiled.get(key)
    if known is None:
        version = found(session, key)
        known = rulebooks.read(version.rules)
        if version.published_at is not None:
            compiled[key] = known
    return known
