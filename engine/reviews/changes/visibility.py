"""Visibility: who may know of what happens in the middle of a cycle, as query filters."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from engine.bpmn.models import TaskDraft
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import ChangedReview, CycleChange, Person, Review, Role


def changes(_session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the changes somebody may know of: those one entered or has to agree to, all for HR."""
    if _is_hr(identity):
        return true()
    own = select(Person.key).where(Person.username == identity.username)
    return or_(CycleChange.entered_by == identity.username, CycleChange.owner_key.in_(own))


def changed_reviews(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose what changes did to reviews whose targets somebody may see."""
    return ChangedReview.review_key.in_(select(Review.key).where(access.scorecards(session, identity)))


def drafts(identity: Identity) -> ColumnElement[bool]:
    """Choose the drafts somebody may read: those one wrote or took over; for HR those that were handed over too."""
    own = or_(TaskDraft.username == identity.username, TaskDraft.offered_to == identity.username)
    return or_(own, TaskDraft.offered_to.is_not(None)) if _is_hr(identity) else own


def _is_hr(identity: Identity) -> bool:
    return Role.HR in identity.groups or identity.operator
