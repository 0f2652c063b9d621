"""Standings: who has which part in an appeal, as conditions of the queries in `engine.reviews.access`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select

from engine.reviews.models import (
    Appeal,
    AppealRepresentation,
    AppealState,
    AppealStatement,
    Result,
    StatementKind,
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


def served() -> Select[int]:
    """Choose the appeals whose decision is served."""
    return select(Appeal.key).where(Appeal.ended_at.is_not(None))


def _spoken_in(key: int) -> Select[int]:
    return select(AppealRepresentation.appeal_key).where(AppealRepresentation.person_key == key)
