"""Visibility: who may read what was said in a defence, as query filters."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import Defence, DefenceMember, Person, Result, Review


def defences(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the defences somebody may read: own, of those below, of appeals one decides, where one sat, all for HR."""
    close = Defence.review_key.in_(select(Review.key).where(access.packs(session, identity)))
    sat = select(DefenceMember.defence_key).where(DefenceMember.person_key.in_(_oneself(identity)))
    return or_(close, Defence.key.in_(sat))


def opinions(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose what members of a panel said that somebody may read: the own, and those of the defences one may read.

    The appraisee reads them with the result: before its release they would tell what the superior rates with.
    """
    own = select(Review.key).where(Review.appraisee_key.in_(_oneself(identity)))
    released = select(Result.review_key).where(Result.released_at.is_not(None))
    due = or_(not_(Defence.review_key.in_(own)), Defence.review_key.in_(released))
    close = Defence.review_key.in_(select(Review.key).where(access.packs(session, identity)))
    read = DefenceMember.defence_key.in_(select(Defence.key).where(and_(close, due)))
    return or_(DefenceMember.person_key.in_(_oneself(identity)), read)


def _oneself(identity: Identity) -> Select[int]:
    return select(Person.key).where(Person.username == identity.username)
