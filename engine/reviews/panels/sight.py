"""Sight: who may know of whom on a panel, and read what its members note; the votes are in `engine.reviews.access`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import Appeal, DeliberationNote, PanelMember, PanelState, Person, Role
from engine.reviews.panels.members import panels_of, seats_of, unfinished


def panel_members(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the members of panels somebody may know of: those not excluded in one's cases, all for HR.

    Who was excluded, and what they declared, is for HR alone. Nobody knows who else is on a panel before it sits.
    """
    seen = PanelMember.appeal_key.in_(select(Appeal.key).where(access.appeals(session, identity)))
    hr = Role.HR in identity.groups or identity.operator
    return seen if hr else and_(seen, PanelMember.state != PanelState.EXCLUDED)


def deliberation_notes(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the notes somebody may read: the own, and all of one's panel once every vote is cast; HR reads none."""
    key = session.scalar(select(Person.key).where(Person.username == identity.username))
    opened = and_(DeliberationNote.appeal_key.in_(panels_of(key)), DeliberationNote.appeal_key.not_in(unfinished()))
    return or_(DeliberationNote.member_key.in_(seats_of(key)), opened)
