"""Sight: who may know of whom on a panel, and read what its members note; the votes are in `engine.reviews.access`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import (
    Appeal,
    DeliberationNote,
    PanelDraw,
    PanelMember,
    PanelState,
    Person,
    RecusalMotion,
    Role,
)
from engine.reviews.panels.members import panels_of, seats, seats_of, unfinished


def panel_members(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the members of panels somebody may know of: those not excluded in one's cases, all for HR.

    Who was excluded, and what they declared, is for HR alone. Nobody knows who else is on a panel before it sits.
    """
    seen = PanelMember.appeal_key.in_(_known(session, identity))
    return seen if _is_hr(identity) else and_(seen, PanelMember.state != PanelState.EXCLUDED)


def draws(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the draws somebody may see, which tell why people of the pool are excluded: HR's alone."""
    return PanelDraw.appeal_key.in_(_known(session, identity)) if _is_hr(identity) else false()


def motions(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the motions somebody may see: those one made or decides, all for HR."""
    key = _own_key(session, identity)
    if _is_hr(identity):
        members = select(PanelMember.key).where(PanelMember.appeal_key.in_(_known(session, identity)))
        return RecusalMotion.member_key.in_(members)
    return or_(RecusalMotion.party_key == key, RecusalMotion.decider_key == key)


def deliberation_notes(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the notes somebody may read: the own, and all of one's panel once every vote is cast; HR reads none.

    Nobody reads what a member noted who is excluded since.
    """
    key = _own_key(session, identity)
    opened = and_(DeliberationNote.appeal_key.in_(panels_of(key)), DeliberationNote.appeal_key.not_in(unfinished()))
    return or_(DeliberationNote.member_key.in_(seats_of(key)), and_(opened, DeliberationNote.member_key.in_(seats())))


def _known(session: Session, identity: Identity) -> Select[int]:
    return select(Appeal.key).where(access.appeals(session, identity))


def _own_key(session: Session, identity: Identity) -> int | None:
    return session.scalar(select(Person.key).where(Person.username == identity.username))


def _is_hr(identity: Identity) -> bool:
    return Role.HR in identity.groups or identity.operator
