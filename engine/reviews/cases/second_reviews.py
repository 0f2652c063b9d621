"""Second reviews: a decided appeal is looked at once more, on new evidence, by another panel (E-75)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.cases import appeals, evidence, lodgings, representations
from engine.reviews.cycle import cycles, reviews, terms
from engine.reviews.models import Appeal, AppealRepresentation, AppealState, Delivery
from engine.reviews.release import results
from engine.reviews.sentences import Sentence, expect_text


def ask(session: Session, earlier: Appeal, *, grounds: str, documents: Collection[int], by: Identity) -> Appeal:
    """Ask for the second and last review of a decided appeal, with evidence that is new; a process of its own starts.

    Raises:
        Forbidden: `by` does not speak for the appellant.
        Conflict: it is not decided, is a second review itself, was reviewed before, or the time for it is over.
        Invalid: nothing is said, or there is no new evidence.
    """
    intent = Sentence("ask for a second review of appeal {key}", key=earlier.key)
    representations.expect_speaker(session, earlier, by, intent)
    _expect_open(session, earlier, intent)
    expect_text(grounds, "grounds", intent)
    if not documents:
        sentence = Sentence("A second review is on new evidence alone: attach it")
        raise Invalid(
            "Expected to {intent}, but nothing is new", [Problem(sentence, "documents", "no-evidence")], intent=intent
        )
    review = reviews.found(session, earlier.review_key)
    appeal = Appeal(
        review_key=review.key,
        result_key=results.expected(session, review).key,
        items=earlier.items,
        lodged_by=earlier.lodged_by,
        lodged_at=clock.now(session),
        grounds=grounds,
        remedy=earlier.remedy,
        sought=earlier.sought,
        respondent_key=earlier.respondent_key,
        earlier_key=earlier.key,
    )
    session.add(appeal)
    session.flush()  # its process and its evidence refer to it
    for row in representations.of_appeal(session, earlier)[-1:]:
        session.add(_carried_on(session, row, appeal, by))
    evidence.attach_to_appeal(session, appeal, documents, by=by)
    session.flush()  # the process reads them
    lodgings.request(session, review, appeal, by, intent)
    return appeal


def of_appeal(session: Session, earlier: Appeal) -> Appeal | None:
    """Find the second review of an appeal."""
    return session.scalar(select(Appeal).where(Appeal.earlier_key == earlier.key))


def until(session: Session, appeal: Appeal) -> datetime | None:
    """Tell until when the second review may be asked for; None while the decision is not proven to have come."""
    served = session.scalar(select(Delivery).where(Delivery.appeal_key == appeal.key).order_by(Delivery.key.desc()))
    if served is None or served.proven_at is None:
        return None
    cycle = cycles.found(session, reviews.found(session, appeal.review_key).cycle_key)
    zone = ZoneInfo(cycle.zone)
    proven_on = served.proven_at.astimezone(zone).date()
    days = terms.of_cycle(session, cycle.key).appeal_days
    last = calendars.calendar(session, cycle.calendar).add_working_days(proven_on, days)
    return calendars.end_of(last, zone, cycle.close_of_business)


def is_open(session: Session, appeal: Appeal) -> bool:
    """Tell whether a second review may be asked for now."""
    closing = until(session, appeal)
    in_time = closing is None or clock.now(session) < closing
    decided = appeal.state is AppealState.DECIDED and appeal.round == 1
    return decided and in_time and of_appeal(session, appeal) is None


def _expect_open(session: Session, earlier: Appeal, intent: str) -> None:
    appeals.expect_state(earlier, intent, AppealState.DECIDED)
    if earlier.round > 1 or of_appeal(session, earlier) is not None:
        raise Conflict(
            "Expected to {intent}, but there is one second review and no third: labour arbitration is open",
            intent=intent,
        )
    closing = until(session, earlier)
    if closing is not None and clock.now(session) >= closing:
        review = reviews.found(session, earlier.review_key)
        raise Conflict("Expected to {intent}, but {late}", intent=intent, late=lodgings.late(session, review, closing))


def _carried_on(session: Session, row: AppealRepresentation, appeal: Appeal, by: Identity) -> AppealRepresentation:
    """Let who spoke for the appellant speak in the second review too."""
    return AppealRepresentation(
        appeal_key=appeal.key,
        person_key=row.person_key,
        standing=row.standing,
        proof=row.proof,
        recorded_by=by.username,
        recorded_at=clock.now(session),
    )
