"""Windows for an appeal: open while the review's process waits for one, until the timer that closes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import instances, timers
from engine.bpmn.models import MessageSubscription, Timer
from engine.reviews.models import Delivery, Review

REQUESTED = "appeal-requested"
"""The message for which a review waits while the window is open."""

CORRECTION_DISPUTED = "correction-disputed"
"""The message for which a reopening waits while the window that it opened is open."""

DECIDED = "appeal-decided"
"""The message for which the process waits in which an appeal was lodged."""

CLOSING = "reviewflow.close-appeal-window"
"""The operation to which the timer leads that closes it."""


def of_review(session: Session, review: Review) -> MessageSubscription | None:
    """Find the window of the review itself, which takes all items, or else one that a reopening opened."""
    waits = select(MessageSubscription).where(
        MessageSubscription.message_name.in_((REQUESTED, CORRECTION_DISPUTED)),
        MessageSubscription.correlation_key == str(review.key),
    )
    own = MessageSubscription.message_name == REQUESTED
    return session.scalar(waits.order_by(own.desc(), MessageSubscription.instance_key).limit(1))


def is_open(session: Session, review: Review) -> bool:
    """Tell whether the review waits for an appeal."""
    return of_review(session, review) is not None


def closes_at(session: Session, review: Review) -> datetime | None:
    """Give the instant at which an open window closes; None where it is not open, or delivery is not proven yet."""
    wait = of_review(session, review)
    if wait is None:
        return None
    beside = select(Timer.first_due_at).where(Timer.instance_key == wait.instance_key, Timer.token == wait.token)
    return session.scalar(beside) or timers.leading_to(session, wait.instance_key, CLOSING)


def closed_at(session: Session, review: Review) -> datetime | None:
    """Give the instant at which the window closed; None where none has."""
    closed = select(Delivery.closed_at).where(Delivery.review_key == review.key, Delivery.closed_at.is_not(None))
    return session.scalar(closed.order_by(Delivery.key.desc()).limit(1))


def over_since(session: Session, review: Review) -> datetime | None:
    """Give the instant at which the window closed for good; None where it is open, or was never opened.

    The clock closes it, whether or not the timer was woken.
    """
    if is_open(session, review):
        closing = closes_at(session, review)
        return closing if closing is not None and closing <= clock.now(session) else None
    instance = None if review.instance_key is None else instances.get(session, review.instance_key)
    return closed_at(session, review) or (instance.ended_at if instance else None)


def awaits_decision(session: Session, review: Review) -> bool:
    """Tell whether a process of the review waits for an appeal to be over."""
    waits = select(MessageSubscription.key).where(
        MessageSubscription.message_name == DECIDED, MessageSubscription.correlation_key == str(review.key)
    )
    return session.scalar(waits.limit(1)) is not None
