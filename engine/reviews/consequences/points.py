"""Points: given with awards, redeemed for leave, as a ledger that HR exports; the balance is the sum (L000-26)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.consequences import visibility
from engine.reviews.models import Award, Person, PointEntry, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text


def give(session: Session, award: Award, *, by: Identity) -> PointEntry:
    """Enter the points of a conferred award."""
    return _enter(session, award.person_key, award.points, award.name, by=by, award_key=award.key)


def redeem(session: Session, person: Person, points: int, *, reason: str, by: Identity) -> PointEntry:
    """Redeem points, such as for a day of leave, as HR.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: there are not as many.
        Invalid: it is no number above zero, or no reason is given.
    """
    intent = Sentence("redeem points of {username}", username=person.username)
    people.expect_role(by, Role.HR, intent)
    expect_text(reason, "reason", intent)
    if points < 1:
        raise Invalid(
            "Expected to {intent}, but {points} is not above zero", [_NOT_ABOVE_ZERO], intent=intent, points=points
        )
    if points > (had := balance(session, person)):
        raise Conflict("Expected to {intent}, but there are {had}, not {points}", intent=intent, had=had, points=points)
    return _enter(session, person.key, -points, reason, by=by)


def balance(session: Session, person: Person) -> int:
    """Give how many points somebody has."""
    total = select(func.coalesce(func.sum(PointEntry.points), 0)).where(PointEntry.person_key == person.key)
    return int(session.scalar(total) or 0)


def entries(session: Session, *, by: Identity) -> Sequence[PointEntry]:
    """List the entries that somebody may see, the oldest first."""
    seen = select(PointEntry).where(visibility.points(session, by))
    return session.scalars(seen.order_by(PointEntry.key)).all()


_NOT_ABOVE_ZERO = Problem(Sentence("It is a number above zero"), "points", "not-above-zero")


def _enter(
    session: Session, person_key: int, points: int, reason: str, *, by: Identity, award_key: int | None = None
) -> PointEntry:
    row = PointEntry(
        person_key=person_key,
        points=points,
        reason=reason,
        award_key=award_key,
        entered_by=by.username,
        entered_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # the balance is their sum
    return row
