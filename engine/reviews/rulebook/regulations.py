"""Regulations (制度): rule documents, made by the democratic procedure, published, and received person by person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.models import (
    Cycle,
    CycleState,
    Person,
    Procedure,
    ProcedureRecord,
    Receipt,
    Regulation,
    Review,
    Role,
)
from engine.reviews.organisation import employments, people
from engine.reviews.sentences import Sentence, expect_text

RECEIVED = "regulation-received"
"""The message that the launch of a cycle awaits: all its people have confirmed to have read the regulation."""


def draft(
    session: Session,
    regulation_id: str,
    text: str,
    *,
    title: str,
    by: Identity,
    title_en: str = "",
    province: str = "",
) -> Regulation:
    """Write the next version of a regulation.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: it says nothing.
    """
    intent = Sentence("draft regulation {regulation_id}", regulation_id=regulation_id)
    people.expect_role(by, Role.HR, intent)
    expect_text(text, "text", intent)
    latest = select(func.max(Regulation.version)).where(Regulation.regulation_id == regulation_id)
    row = Regulation(
        regulation_id=regulation_id,
        version=(session.scalar(latest) or 0) + 1,
        title=title,
        title_en=title_en,
        text=text,
        province=province,
        drafted_by=by.username,
    )
    session.add(row)
    session.flush()  # what is done of its procedure refers to it
    return row


def record(
    session: Session,
    regulation: Regulation,
    step: Procedure,
    *,
    held_on: date,
    participants: str,
    minutes: str,
    by: Identity,
) -> ProcedureRecord:
    """Record a step of the democratic procedure, which comes before the publication (Labour Contract Law art. 4).

    The consultation may be recorded by the union itself.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the regulation is published.
        Invalid: nobody took part, there are no minutes, or the day is still to come.
    """
    intent = Sentence(
        "record the {step} of regulation {regulation_id}", step=step.value, regulation_id=regulation.regulation_id
    )
    if step is not Procedure.CONSULTATION or Role.UNION not in by.groups:
        people.expect_role(by, Role.HR, intent)
    if regulation.published_at is not None:
        raise Conflict(
            "Expected to {intent}, but version {version} is published", intent=intent, version=regulation.version
        )
    expect_text(participants, "participants", intent)
    expect_text(minutes, "minutes", intent)
    if held_on > calendars.today(session):
        problem = Problem(Sentence("{day} is still to come", day=held_on), "held_on", "future")
        raise Invalid("Expected to {intent}, but it cannot have been held", [problem], intent=intent)
    row = ProcedureRecord(
        regulation_key=regulation.key,
        step=step,
        held_on=held_on,
        participants=participants,
        minutes=minutes,
        recorded_by=by.username,
        recorded_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # the publication reads it
    return row


def publish(session: Session, regulation: Regulation, *, by: Identity) -> Regulation:
    """Publish a version: from now on it never changes, and everybody can confirm to have read it.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is published already.
        Invalid: a step of the democratic procedure is not recorded; each is named.
    """
    intent = Sentence("publish regulation {regulation_id}", regulation_id=regulation.regulation_id)
    people.expect_role(by, Role.HR, intent)
    if regulation.published_at is not None:
        raise Conflict(
            "Expected to {intent}, but version {version} is published already",
            intent=intent,
            version=regulation.version,
        )
    done = {row.step for row in procedure(session, regulation)}
    missing = [
        Problem(Sentence("There is no record of the {step}", step=step.value), step.value, "procedure-missing")
        for step in Procedure
        if step not in done
    ]
    if missing:
        raise Invalid("Expected to {intent}, but its democratic procedure is not complete", missing, intent=intent)
    regulation.published_by = by.username
    regulation.published_at = clock.now(session)
    content = [regulation.regulation_id, regulation.version, regulation.title, regulation.text]
    regulation.digest = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
    return regulation


def procedure(session: Session, regulation: Regulation) -> Sequence[ProcedureRecord]:
    """List what was done of a regulation's democratic procedure, the oldest first."""
    rows = select(ProcedureRecord).where(ProcedureRecord.regulation_key == regulation.key)
    return session.scalars(rows.order_by(ProcedureRecord.held_on, ProcedureRecord.key)).all()


def receive(session: Session, regulation: Regulation, *, by: Identity) -> Receipt:
    """Confirm to have read a published regulation, as oneself; a second time changes nothing.

    Raises:
        NotFound: `by` is nobody in the company.
        Conflict: it is not published.
    """
    person = people.named(session, by.username)
    if regulation.published_at is None:
        raise Conflict(
            "Expected to receive regulation {regulation_id}, but it is not published",
            regulation_id=regulation.regulation_id,
        )
    given = (Receipt.regulation_key == regulation.key, Receipt.person_key == person.key)
    receipt = session.scalar(select(Receipt).where(*given))
    if receipt is None:
        receipt = Receipt(regulation_key=regulation.key, person_key=person.key, received_at=clock.now(session))
        session.add(receipt)
        session.flush()  # the launch check counts it
        _announce(session, regulation, by)
    return receipt


def receivers(session: Session, regulation_key: int) -> set[int]:
    """Name those who confirmed to have read it, by key."""
    return set(session.scalars(select(Receipt.person_key).where(Receipt.regulation_key == regulation_key)))


def outstanding(session: Session, cycle: Cycle) -> Sequence[Person]:
    """List who is enrolled in a cycle, is employed, and has not confirmed to have read its regulation."""
    enrolled = select(Review.appraisee_key).where(Review.cycle_key == cycle.key)
    read = select(Receipt.person_key).where(Receipt.regulation_key == cycle.regulation_key)
    awaited = (Person.key.in_(enrolled), Person.key.not_in(read), employments.employed_on(calendars.today(session)))
    return session.scalars(select(Person).where(*awaited).order_by(Person.employee_id)).all()


def unread(session: Session, regulation: Regulation) -> Sequence[Person]:
    """List who is employed and has not confirmed to have read it."""
    read = select(Receipt.person_key).where(Receipt.regulation_key == regulation.key)
    employed = employments.employed_on(calendars.today(session))
    return session.scalars(select(Person).where(employed, Person.key.not_in(read)).order_by(Person.employee_id)).all()


def visible_to(by: Identity) -> ColumnElement[bool]:
    """Choose the regulations somebody may know of: published ones, for HR and the union all."""
    keeps = by.operator or bool({Role.HR, Role.UNION} & by.groups)
    return true() if keeps else Regulation.published_at.is_not(None)


def govern(cycle: Cycle, regulation: Regulation, *, by: Identity) -> None:
    """Let a regulation govern a cycle that is not launched.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is launched.
    """
    intent = Sentence(
        "let regulation {regulation_id} govern cycle {label}", regulation_id=regulation.regulation_id, label=cycle.label
    )
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.DRAFT:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    cycle.regulation_key = regulation.key


def found(session: Session, key: int) -> Regulation:
    """Find a version of a regulation by key.

    Raises:
        NotFound: there is none.
    """
    row = session.get(Regulation, key)
    if row is None:
        raise NotFound("Expected to find regulation {key}, but there is none", key=key)
    return row


def _announce(session: Session, regulation: Regulation, by: Identity) -> None:
    """Tell the launches that wait for it that everybody has read it."""
    governed = (
        Cycle.regulation_key == regulation.key,
        Cycle.state == CycleState.DRAFT,
        Cycle.procedure_key.is_not(None),
    )
    for cycle in session.scalars(select(Cycle).where(*governed)).all():
        if not outstanding(session, cycle):
            messages.publish(session, Publication(RECEIVED, str(cycle.key)), by=by.trusted())
