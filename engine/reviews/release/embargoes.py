"""Embargoes: what keeps results back until the one moment at which all are released."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import CalibratedReview, Calibration, CalibrationState, Cycle, Embargo, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence

DONE = (CalibrationState.APPROVED, CalibrationState.RELEASED)
"""The states of a session whose values are written back."""


def until(session: Session, cycle: Cycle) -> datetime | None:
    """Give the instant before which no result of a cycle is released; None where HR has set none."""
    instants = select(Embargo.until).where(Embargo.cycle_key == cycle.key)
    return session.scalar(instants.order_by(Embargo.key.desc()).limit(1))


def put(session: Session, cycle: Cycle, instant: datetime, *, by: Identity) -> Embargo:
    """Keep the results of a cycle back until an instant, as HR; the ones before are kept on record.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: results of the cycle are released already.
        Invalid: the instant is over.
    """
    intent = Sentence("put an embargo on cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.released_at is not None:
        raise Conflict("Expected to {intent}, but results of it are released already", intent=intent)
    if instant <= clock.now(session):
        problem = Problem(Sentence("The moment of release is over"), "embargo", "over")
        raise Invalid("Expected to {intent}, but the moment of release is over", [problem], intent=intent)
    embargo = Embargo(cycle_key=cycle.key, until=instant, set_by=by.username, set_at=clock.now(session))
    session.add(embargo)
    session.flush()  # the newest holds
    return embargo


def expect_over(session: Session, cycle: Cycle, keys: Collection[int], intent: str) -> None:
    """Let pass only the release of reviews, by key, that no embargo and no unfinished calibration keeps back.

    Raises:
        Conflict: the embargo holds, or a session of some of them is not approved.
    """
    instant = until(session, cycle)
    if instant is not None and clock.now(session) < instant:
        raise Conflict(
            "Expected to {intent}, but its embargo holds until {instant}",
            intent=intent,
            instant=instant.isoformat(timespec="minutes"),
        )
    unfinished = (
        select(CalibratedReview.review_key)
        .join(Calibration, Calibration.key == CalibratedReview.calibration_key)
        .where(CalibratedReview.review_key.in_(keys), Calibration.state.not_in(DONE))
    )
    if held := len(session.scalars(unfinished).all()):
        raise Conflict(
            "Expected to {intent}, but {held} of {count} reviews are still being calibrated",
            intent=intent,
            held=held,
            count=len(keys),
        )
