"""Dues: by when a result is settled, and what of it waits because it is in dispute (L001-16, X-15)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.reviews.cycle import reviews, terms
from engine.reviews.models import PENDING, Appeal, AppealState, Cycle, Result, Review
from engine.reviews.settlements.lines import Line


class Disputed(StrEnum):
    """What becomes of a line that an open appeal could change (X-15)."""

    HOLD = "hold"
    """It waits for the decision."""
    PAY = "pay"
    """It is paid provisionally, and the difference follows the decision."""


@dataclass(frozen=True, slots=True)
class Due:
    """By when a released result is to be settled; `held` are the indicators in dispute, which wait for the decision."""

    due_on: date
    held: tuple[str, ...]


def of_review(session: Session, review: Review) -> Due | None:
    """Say by when the result of a review is settled, counted from its first release; None before that."""
    released = _first_release(session, review)
    return None if released is None else Due(_after(session, review, released), _disputed(session, review, PENDING))


def of_line(session: Session, review: Review, result: Result, line: Line, *, again: bool) -> date:
    """Say by when a line is paid: counted from the first release, unless it waited for an appeal or is corrected.

    Then it is counted from the release of the version that is settled; `again` tells that it was computed before.
    """
    released = result.released_at or clock.now(session)
    waited = again or _rests_on(session, review, line, _disputed(session, review, AppealState))
    first = _first_release(session, review)
    return _after(session, review, released if waited or first is None else first)


def is_disputed(session: Session, review: Review, line: Line) -> bool:
    """Tell whether an open appeal could change what a line pays (X-15).

    Where ratings alone are in dispute, a line that only finance's amounts decide is undisputed; where an actual value
    is, every line is, because finance's amount may say the same.
    """
    return _rests_on(session, review, line, _disputed(session, review, PENDING))


def _rests_on(session: Session, review: Review, line: Line, disputed: Collection[str]) -> bool:
    measured = {indicator.id for indicator in reviews.template(session, review).measured}
    return bool(disputed) and (line.rests_on_result or not measured.isdisjoint(disputed))


def _first_release(session: Session, review: Review) -> datetime | None:
    releases = select(Result.released_at).where(Result.review_key == review.key, Result.released_at.is_not(None))
    return session.scalar(releases.order_by(Result.version).limit(1))


def _after(session: Session, review: Review, released: datetime) -> date:
    """Count the working days of the cycle's terms from a release."""
    cycle = session.get_one(Cycle, review.cycle_key)
    days = terms.of_cycle(session, cycle.key).settlement_days
    day = released.astimezone(ZoneInfo(cycle.zone)).date()
    return calendars.calendar(session, cycle.calendar).add_working_days(day, days)


def _disputed(session: Session, review: Review, states: Iterable[AppealState]) -> tuple[str, ...]:
    """List the indicators that appeals in these states dispute; one that names none disputes them all."""
    pending = session.scalars(
        select(Appeal).where(Appeal.review_key == review.key, Appeal.state.in_(states)).order_by(Appeal.key)
    ).all()
    if any(not appeal.items for appeal in pending):
        return tuple(indicator.id for indicator in reviews.template(session, review).indicators)
    return tuple(dict.fromkeys(item for appeal in pending for item in appeal.items))
