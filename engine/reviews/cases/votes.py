"""Votes: cast by the members of a panel, sealed until the last one is cast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict
from engine.identity import Identity
from engine.reviews.cases import panels, verdicts
from engine.reviews.models import Appeal, AppealState, PanelMember, PanelState, Verdict, Vote
from engine.reviews.panels import recusals
from engine.reviews.sentences import Sentence, expect_text

CASTING = frozenset({"reviewflow.cast-vote"})
"""What hears the tasks in which a member votes, from the beginning or in the place of an excluded one."""


def cast(session: Session, appeal: Appeal, verdict: Verdict, *, reasons: str, by: Identity) -> Vote:
    """Cast one's vote; nobody else sees it before the last is cast (`access.votes`).

    Raises:
        Forbidden: `by` is not on the panel, or is recused by now.
        Conflict: the appeal is not heard, or `by` has voted.
        Invalid: no reasons are given.
    """
    intent = Sentence("vote on appeal {key}", key=appeal.key)
    member = panels.expect_seat(session, appeal, by, intent)
    if appeal.state is not AppealState.HEARD:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=appeal.state.value)
    recusals.expect_none(session, appeal, by, intent)
    if session.scalar(select(Vote.key).where(Vote.member_key == member.key)) is not None:
        raise Conflict("Expected to {intent}, but {username} has voted", intent=intent, username=by.username)
    verdicts.expect_votable(appeal, verdict, intent)
    expect_text(reasons, "reasons", intent)
    vote = Vote(
        appeal_key=appeal.key,
        member_key=member.key,
        verdict=verdict,
        reasons=reasons,
        cast_at=clock.now(session),
    )
    session.add(vote)
    session.flush()  # whether all have voted is asked next
    return vote


def all_cast(session: Session, appeal: Appeal) -> bool:
    """Tell whether every member of the panel has voted.

    A vote of who is excluded since counts for nothing: whoever takes the place votes anew.
    """
    whole = panels.is_whole(session, appeal)
    return whole and len(_cast(session, appeal)) == len(panels.of_appeal(session, appeal)) > 0


def opened(session: Session, appeal: Appeal) -> Sequence[Vote]:
    """List the votes of a panel, the chair's first.

    Raises:
        Conflict: not all votes are cast: nothing of them is told before.
    """
    if not all_cast(session, appeal):
        raise Conflict("Expected to open the votes on appeal {key}, but not all are cast", key=appeal.key)
    return _cast(session, appeal)


def majority(session: Session, appeal: Appeal) -> Verdict | None:
    """Name the verdict of more than half of the panel; None without one: the result then stands.

    Raises:
        Conflict: not all votes are cast: nothing of them is told before.
    """
    votes = opened(session, appeal)
    verdict, times = Counter(vote.verdict for vote in votes).most_common(1)[0]
    return verdict if times * 2 > len(votes) else None


def _cast(session: Session, appeal: Appeal) -> Sequence[Vote]:
    """List the votes of those who sit on the panel now, in the order of their places."""
    own = select(Vote).join(PanelMember, PanelMember.key == Vote.member_key).where(Vote.appeal_key == appeal.key)
    return session.scalars(own.where(PanelMember.state == PanelState.SEATED).order_by(PanelMember.place)).all()
