"""Visibility: who may know of what follows a result, as query filters, made of those of `engine.reviews.access`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import (
    AbilityPlan,
    Award,
    AwardState,
    FollowUp,
    FollowUpState,
    Person,
    PointEntry,
    ResultConsequence,
    Review,
    Role,
)


def follow_ups(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the follow-ups somebody may know of: of reviews one may see, once HR confirmed them; all for HR.

    Nobody from HR sees what is proposed about the own result.
    """
    known = FollowUp.review_key.in_(select(Review.key).where(access.scorecards(session, identity)))
    confirmed = FollowUp.state.not_in([FollowUpState.PROPOSED, FollowUpState.DECLINED])
    open_to = or_(confirmed, FollowUp.review_key.not_in(_own(identity))) if is_hr(identity) else confirmed
    return and_(known, open_to)


def ability_plans(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the ability plans somebody may see: those of reviews one may see."""
    return AbilityPlan.review_key.in_(select(Review.key).where(access.scorecards(session, identity)))


def awards(_session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the awards somebody may see: every conferred one, those one nominated, all for HR (E-94)."""
    if is_hr(identity):
        return true()
    return or_(Award.state == AwardState.CONFERRED, Award.nominated_by == identity.username)


def points(_session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the points somebody may see: the own ones, all for HR."""
    if is_hr(identity):
        return true()
    return PointEntry.person_key.in_(select(Person.key).where(Person.username == identity.username))


def result_consequences(_session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose what somebody may know of what hung on a result: all but the own for HR and finance; pay is part of it."""
    if not (is_hr(identity) or Role.FINANCE in identity.groups):
        return false()
    return ResultConsequence.review_key.not_in(_own(identity))


def is_hr(identity: Identity) -> bool:
    """Tell whether somebody acts for HR."""
    return Role.HR in identity.groups or identity.operator


def _own(identity: Identity) -> Select[int]:
    return (
        select(Review.key).join(Person, Person.key == Review.appraisee_key).where(Person.username == identity.username)
    )
