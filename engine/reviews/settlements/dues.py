"""Dues: by when a result is settled, and what of it waits because it is in dispute (L001-16, X-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars
from engine.reviews.cycle import reviews, terms
from engine.reviews.models import PENDING, Appeal, Cycle, Result, Review
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
    releases = select(Result.released_at).where(Result.review_key == review.key, Result.released_at.is_not(None))
    released = session.scalar(releases.order_by(Result.version).limit(1))
    if released is None:
        return None
    cycle = session.get_one(Cycle, review.cycle_key)
    days = terms.of_cycle(session, cycle.key).settlement_days
    day = released.astimezone(ZoneInfo(cycle.zone)).date()
    due_on = calendars.calendar(session, cycle.calendar).add_working_days(day, days)
    return Due(due_on, _held(session, review))


def is_disputed(session: Session, review: Review, line: Line) -> bool:
    """Tell whether an open appeal could change what a line pays (X-15).

    Where ratings alone are in dispute, a line that only finance's amounts decide is undisputed; where an actual value
    is, every line is, because finance's amount may say the same.
    """
    disputed = _held(session, review)
    measured = {indicator.id for indicator in reviews.template(session, review).measured}
    return bool(disputed) and (line.rests_on_result or not measured.isdisjoint(disputed))


def _held(session: Session, review: Review) -> tuple[str, ...]:
    """List the indicators in dispute; an appeal that names none disputes them all."""
    pending = session.scalars(
        select(Appeal).where(Appeal.review_key == review.key, Appeal.state.in_(PENDING)).order_by(Appeal.key)
    ).all()
    if any(not appeal.items for appeal in pending):
        return tuple(indicator.id for indicator in reviews.template(session, review).indicators)
    return tuple(dict.fromkeys(item for appeal in pending for item in appeal.items))
