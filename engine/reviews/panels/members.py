"""Members, as queries choose them: on whose panel somebody sits, and which panels have not voted."""

from __future__ import annotations

from sqlalchemy import Select, and_, not_, or_, select
from sqlalchemy.orm import aliased

from engine.reviews.models import PanelMember, PanelState, Vote


def seats() -> Select[int]:
    """Choose the seats of those who sit."""
    return select(PanelMember.key).where(PanelMember.state == PanelState.SEATED)


def seats_of(key: int | None) -> Select[int]:
    """Choose the seats that somebody has: who has not declared yet, or is excluded, has none."""
    return seats().where(PanelMember.person_key == key)


def panels_of(key: int | None) -> Select[int]:
    """Choose the appeals on whose panel somebody sits."""
    return select(PanelMember.appeal_key).where(PanelMember.key.in_(seats_of(key)))


def closed_to(key: int | None) -> Select[int]:
    """Choose the appeals from whose panel somebody was excluded, or to which they were called and do not sit yet."""
    return select(PanelMember.appeal_key).where(PanelMember.person_key == key, PanelMember.state != PanelState.SEATED)


def unfinished() -> Select[int]:
    """Choose the appeals in which a panel member has not voted yet, or an excluded one is still to be replaced."""
    excluded = PanelMember.state == PanelState.EXCLUDED
    waiting = and_(PanelMember.key.not_in(select(Vote.member_key)), not_(excluded))
    stand_in = aliased(PanelMember)
    replaced = select(stand_in.key).where(stand_in.stands_for_key == PanelMember.key).exists()
    return select(PanelMember.appeal_key).where(or_(waiting, and_(excluded, not_(replaced))))
