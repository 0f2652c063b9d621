"""Leave and protection of single people, entered by HR; whole files come by the roster."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import Leave, LeaveKind, Person, Protection, ProtectionKind
from engine.reviews.organisation import amendments, scopes
from engine.reviews.panels import vacancies
from engine.reviews.sentences import Sentence


def enter_leave(
    session: Session, person: Person, kind: LeaveKind, first: date, last: date | None, *, by: Identity
) -> Leave:
    """Enter a long leave; without a last day it lasts until HR ends it. Who is away from today on loses a seat at once.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: another leave touches it.
        Invalid: it ends before it begins.
    """
    intent = Sentence("enter a leave of employee {employee_id}", employee_id=person.employee_id)
    scopes.expect_person(session, person, by=by, intent=intent)
    _expect_in_order(first, last, intent)
    touching = (Leave.valid_from <= (last or date.max), or_(Leave.valid_until.is_(None), Leave.valid_until >= first))
    if session.scalar(select(Leave.key).where(Leave.person_key == person.key, *touching).limit(1)) is not None:
        raise Conflict("Expected to {intent}, but another leave touches it", intent=intent)
    leave = Leave(person_key=person.key, kind=kind, valid_from=first, valid_until=last)
    session.add(leave)
    session.flush()  # who asks who is there reads it
    amendments.note(session, "leaves", person.employee_id, None, _told(person, leave), by=by)
    vacancies.check_seats_of(session, person, by=by)
    return leave


def enter_protection(
    session: Session, person: Person, kind: ProtectionKind, first: date, last: date | None, *, by: Identity
) -> Protection:
    """Enter why somebody is protected against notice, and from when until when (Labour Contract Law art. 42).

    Raises:
        Forbidden: `by` is not HR.
        Conflict: a protection of the same kind touches it.
        Invalid: it ends before it begins.
    """
    intent = Sentence("enter a protection of employee {employee_id}", employee_id=person.employee_id)
    scopes.expect_person(session, person, by=by, intent=intent)
    _expect_in_order(first, last, intent)
    same = (Protection.person_key == person.key, Protection.kind == kind)
    open_ended = or_(Protection.valid_until.is_(None), Protection.valid_until >= first)
    touching = select(Protection.key).where(*same, Protection.valid_from <= (last or date.max), open_ended)
    if session.scalar(touching.limit(1)) is not None:
        raise Conflict("Expected to {intent}, but one of the same kind touches it", intent=intent)
    protection = Protection(person_key=person.key, kind=kind, valid_from=first, valid_until=last)
    session.add(protection)
    session.flush()  # who asks who is protected reads it
    amendments.note(session, "protections", person.employee_id, None, _told(person, protection), by=by)
    return protection


def _expect_in_order(first: date, last: date | None, intent: str) -> None:
    if last is not None and last < first:
        problem = Problem(Sentence("It ends before it begins"), "valid_until", "period-backwards")
        raise Invalid("Expected to {intent}, but its days do not fit", [problem], intent=intent)


def _told(person: Person, row: Leave | Protection) -> dict[str, str]:
    return {
        "employee_id": person.employee_id,
        "kind": row.kind.value,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
    }
