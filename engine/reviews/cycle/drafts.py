"""Drafts: cycles that begin as the file of their rules says in its table `[cycle]`."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from engine import calendars
from engine.identity import Identity
from engine.reviews.cycle import cycles, terms
from engine.reviews.deadlines import timing
from engine.reviews.models import Cycle, Role
from engine.reviews.organisation import people
from engine.reviews.plans import triggers
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.rulebook.rulebooks import Book
from engine.reviews.sentences import Sentence

REVIEW = "review"
"""The process that a review runs where nobody says another."""


def draft(
    session: Session,
    *,
    label: str,
    starts_on: date,
    ends_on: date,
    template_key: int,
    by: Identity,
    process_id: str = "",
    zone: str = "",
) -> Cycle:
    """Draft a cycle by a template: its process, zone, days, terms and plan rules are those of the template's file.

    A process and a zone that are said here go before those of the file.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such template.
        Conflict: the label is taken.
        Invalid: the period ends before it starts, there is no such zone, or what the file says of deadlines or plans
            fits no process or table that is deployed.
    """
    people.expect_role(by, Role.HR, Sentence("draft cycle {label}", label=label))
    book = _book(session, template_key)
    cycle = cycles.draft(
        session,
        label=label,
        starts_on=starts_on,
        ends_on=ends_on,
        template_key=template_key,
        process_id=process_id or (book.process_id if book else REVIEW),
        zone=zone or (book.zone if book else calendars.HOME_ZONE.key),
        by=by,
    )
    if book is not None:
        terms.choose(session, cycle, book.terms, by=by)
        triggers.choose(session, cycle, book.plans, by=by)
        timing.decide(session, cycle, book.timing, by=by)
    return cycle


def _book(session: Session, template_key: int) -> Book | None:
    """Read the file that a template was drafted from; None where there was none."""
    row = templates.found(session, template_key)
    return None if row.original is None else rulebooks.parse(f"{row.template_id}.toml", row.original)
