"""Files: a case written as JSON, which can be verified, or as PDF; each that is handed out leaves a disclosure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, exact_json
from engine.bpmn.models import ProcessInstance
from engine.identity import Identity
from engine.reviews.case_files import entries, prints, processes, transitions
from engine.reviews.case_files.entries import Entry, Told
from engine.reviews.case_files.kinds import Case
from engine.reviews.cycle import reviews
from engine.reviews.models import DisclosureKind, Person
from engine.reviews.organisation import people
from engine.reviews.rating import openings
from engine.reviews.reports import disclosures, printing

FORMAT = 1
"""The version of the JSON that a case file is written in."""


class Form(StrEnum):
    """How a case file is written."""

    JSON = "json"
    """For programs: it can be verified against the history."""
    PDF = "pdf"
    """For people."""


def write(session: Session, case: Case, *, form: Form, by: Identity, reason: str = "") -> bytes:
    """Write everything of a case that somebody may see, in order; it leaves a disclosure.

    With a reason, an appeal's panel and auditors get the anonymous ratings with who gave them, which is on record too.

    Raises:
        Forbidden: a reason is given, and `by` may not open anonymous ratings.
    """
    if reason:
        for key in sorted(case.reviews):
            openings.open_ratings(session, reviews.found(session, key), reason=reason, by=by)
        session.flush()  # the opening is part of the case
    told = _told(session, case, by=by, opened=bool(reason))
    content = exact_json.dumps(_json(told)) if form is Form.JSON else prints.of_case(session, told)
    disclosures.record(
        session,
        DisclosureKind.CASE_FILE,
        content,
        form=form.value,
        rows=len(told.entries),
        by=by,
        cycle_key=case.cycle_key,
        person_key=case.person_key,
        about=case.about,
    )
    return content


def _told(session: Session, case: Case, *, by: Identity, opened: bool) -> Told:
    reader = _as_reader(session, case, by)
    found = entries.of_case(session, case, by=reader, opened=opened)
    return Told(
        case=case,
        as_of=clock.now(session),
        made_for=by.username,
        heading=printing.heading(session, reviews.found(session, case.review_key)),
        people=_names(session, found),
        entries=found,
        instances=[
            _instance(one, counted=transitions.sees_all(reader)) for one in processes.of_case(session, case, by=reader)
        ],
    )


def _as_reader(session: Session, case: Case, by: Identity) -> Identity:
    """Take the rights of office from whoever the case is about: in the own case nobody is HR (E-95)."""
    own = people.by_key(session, case.person_key).username == by.username
    return Identity(by.username) if own else by


def _names(session: Session, found: Sequence[Entry]) -> dict[str, str]:
    keys, accounts = entries.persons_in(found)
    known = select(Person).where(Person.key.in_(keys) | Person.username.in_(accounts))
    named = session.scalars(known).all()
    by_key = {str(one.key): one.name for one in named if one.key in keys}
    return by_key | {one.username: one.name for one in named if one.username in accounts}


def _instance(instance: ProcessInstance, *, counted: bool) -> dict[str, Any]:
    return {
        "key": str(instance.key),
        "process": instance.process_id,
        "version": instance.process_version,
        "transitions": instance.sequence if counted else None,
    }


def _json(told: Told) -> dict[str, Any]:
    return {
        "caseFile": FORMAT,
        "of": told.case.subject.value,
        "key": str(told.case.key),
        "asOf": told.as_of.isoformat(),
        "madeFor": told.made_for,
        "about": told.heading,
        "people": told.people,
        "instances": told.instances,
        "entries": [entry.to_json() for entry in told.entries],
    }
