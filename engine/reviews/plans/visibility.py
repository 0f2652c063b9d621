"""Visibility: who may know of an exit review, or of another post that was offered, as query filters."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.models import ExitReview, Person, Plan, PlanTransfer, Role
from engine.reviews.organisation import scopes


def exit_reviews(_session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the exit reviews somebody may know of: those one decides on, the own one once decided, all others for HR.

    Nobody from HR sees the own one before it is decided (E-95).
    """
    oneself = select(Person.key).where(Person.username == identity.username)
    own = ExitReview.plan_key.in_(select(Plan.key).where(Plan.appraisee_key.in_(oneself)))
    decides = ExitReview.decider_key.in_(oneself)
    others = ~own if Role.HR in identity.groups or identity.operator else decides
    return or_(others, and_(own, ExitReview.decided_at.is_not(None)))


def transfers(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the offers of another post somebody may read: the own ones, all for HR; no line or mentor sees pay."""
    if Role.HR in identity.groups or identity.operator:
        return true()
    oneself = select(Person.key).where(Person.username == identity.username)
    concerned = or_(Plan.appraisee_key.in_(oneself), Plan.appraisee_key.in_(scopes.people(session, identity)))
    return PlanTransfer.plan_key.in_(select(Plan.key).where(concerned))
