"""Visibility: who may know of an exit review, as a query filter."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.models import ExitReview, Person, Plan, Role


def exit_reviews(_session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the exit reviews somebody may know of: those one decides on, the own one once decided, all others for HR.

    Nobody from HR sees the own one before it is decided (E-95).
    """
    oneself = select(Person.key).where(Person.username == identity.username)
    own = ExitReview.plan_key.in_(select(Plan.key).where(Plan.appraisee_key.in_(oneself)))
    decides = ExitReview.decider_key.in_(oneself)
    others = ~own if Role.HR in identity.groups or identity.operator else decides
    return or_(others, and_(own, ExitReview.decided_at.is_not(None)))
