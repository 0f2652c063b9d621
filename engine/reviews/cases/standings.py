"""Standings: who has which part in an appeal, as conditions of the queries in `engine.reviews.access`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select

from engine.reviews.models import (
    Appeal,
    AppealRepresentation,
    AppealState,
    AppealStatement,
    PanelMember,
    Result,
    StatementKind,
    Vote,
)

KNOWN_TO_BOTH = (
    AppealState.ADMITTED,
    AppealState.HEARD,
    AppealState.REEVALUATED,
    AppealState.DECIDED,
    AppealState.SETTLED,
)
"""The states in which the rater's side knows of an appeal."""


def takes_part(key: int) -> ColumnElement[bool]:
    """Choose the appeals in which a person speaks for the appellant, or once it is admitted for the rater's side."""
    answered = and_(Appeal.respondent_key == key, Appeal.state.in_(KNOWN_TO_BOTH))
    return or_(Appeal.key.in_(_spoken_in(key)), answered)


def spoken_for(key: int) -> ColumnElement[bool]:
    """Choose the results of reviews in whose appeals a person speaks for the appellant."""
    return Result.review_key.in_(select(Appeal.review_key).where(Appeal.key.in_(_spoken_in(key))))


def statements(known: Select[int], *, judged: Select[int]) -> ColumnElement[bool]:
    """Choose what was said in known appeals, but for what is kept from the reader.

    What a panel deliberates is its own for good. What the sides offer one another no panel ever sees.
    """
    private = AppealStatement.kind == StatementKind.DELIBERATION
    offered = AppealStatement.kind.in_((StatementKind.OFFER, StatementKind.ANSWER))
    judging = AppealStatement.appeal_key.in_(judged)
    readable = and_(not_(and_(private, not_(judging))), not_(and_(offered, judging)))
    return and_(AppealStatement.appeal_key.in_(known), readable)


def votes(key: int | None, *, judged: Select[int], officer: bool) -> ColumnElement[bool]:
    """Choose a person's own votes, and once every member has voted those of the panels one may read.

    Who is on a panel reads its votes then; an officer, once the decision is served (E-81).
    """
    mine = false() if key is None else Vote.member_key.in_(select(PanelMember.key).where(PanelMember.person_key == key))
    served = select(Appeal.key).where(Appeal.ended_at.is_not(None))
    read = or_(Vote.appeal_key.in_(judged), Vote.appeal_key.in_(served) if officer else false())
    unfinished = select(PanelMember.appeal_key).where(PanelMember.key.not_in(select(Vote.member_key)))
    return or_(mine, and_(read, Vote.appeal_key.not_in(unfinished)))


def _spoken_in(key: int) -> Select[int]:
    return select(AppealRepresentation.appeal_key).where(AppealRepresentation.person_key == key)
