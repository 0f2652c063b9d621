"""Vetoes: an indicator counts as nothing where finance or audit found forbidden conduct behind it (L000-27).

Deposits bought, orders invented: a person finds it and says what it was; the value entered is kept beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews import access, notices
from engine.reviews.cycle import reviews
from engine.reviews.models import Review, ReviewState, Role, Veto
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text


def lay(session: Session, review: Review, indicator_id: str, conduct: str, *, by: Identity) -> Veto:
    """Let a measured indicator count as nothing, as finance or auditor; the appraisee is told why.

    Raises:
        Forbidden: `by` is neither, or it is the own review.
        Conflict: the review is not running, or the indicator is vetoed already.
        Invalid: it is no measured indicator, or nothing is said of the conduct.
    """
    intent = Sentence("veto {indicator_id} in review {key}", indicator_id=indicator_id, key=review.key)
    _expect_checker(session, review, by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    expect_text(conduct, "conduct", intent)
    if indicator_id not in {one.id for one in reviews.template(session, review).measured}:
        problem = Problem(Sentence("It is no measured indicator"), "indicator", "unknown-indicator")
        raise Invalid("Expected to {intent}, but nothing of it is measured", [problem], intent=intent)
    if indicator_id in vetoed(session, review):
        raise Conflict("Expected to {intent}, but it is vetoed already", intent=intent)
    veto = Veto(
        review_key=review.key,
        indicator_id=indicator_id,
        conduct=conduct,
        found_by=by.username,
        found_at=clock.now(session),
    )
    session.add(veto)
    session.flush()  # the total is computed without it
    notices.write(session, review.appraisee_key, "indicator-vetoed", review=str(review.key), conduct=conduct)
    return veto


def lift(session: Session, veto: Veto, *, reason: str, by: Identity) -> None:
    """Lift a veto, as finance or auditor, with the reason; it stays on record.

    Raises:
        Forbidden: `by` is neither, or it is the own review.
        Conflict: the review is not running, or it is lifted.
        Invalid: no reason is given.
    """
    intent = Sentence("lift veto {key}", key=veto.key)
    review = reviews.found(session, veto.review_key)
    _expect_checker(session, review, by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    expect_text(reason, "reason", intent)
    if veto.lifted_at is not None:
        raise Conflict("Expected to {intent}, but it is lifted already", intent=intent)
    veto.lifted_by, veto.lifted_at, veto.lifting_reason = by.username, clock.now(session), reason
    session.flush()  # the total is computed with it again


def found(session: Session, key: int, *, by: Identity) -> Veto:
    """Find a veto that somebody may see.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    veto = session.scalar(select(Veto).where(Veto.key == key, access.vetoes(session, by)))
    if veto is None:
        raise NotFound(
            "Expected to find veto {key}, but there is none that {username} may know of", key=key, username=by.username
        )
    return veto


def of_review(session: Session, review: Review, *, by: Identity) -> Sequence[Veto]:
    """List the vetoes of a review that somebody may see, lifted ones too, the oldest first."""
    own = select(Veto).where(Veto.review_key == review.key, access.vetoes(session, by))
    return session.scalars(own.order_by(Veto.key)).all()


def may_lay(session: Session, review: Review, *, by: Identity) -> bool:
    """Tell whether somebody lays and lifts the vetoes of a review: finance and auditors, never on their own."""
    checks = bool({Role.FINANCE, Role.AUDITOR} & by.groups) or by.operator
    return checks and people.by_key(session, review.appraisee_key).username != by.username


def vetoed(session: Session, review: Review) -> frozenset[str]:
    """Name the indicators of a review that count as nothing."""
    own = select(Veto.indicator_id).where(Veto.review_key == review.key, Veto.lifted_at.is_(None))
    return frozenset(session.scalars(own))


def _expect_checker(session: Session, review: Review, by: Identity, intent: str) -> None:
    if not ({Role.FINANCE, Role.AUDITOR} & by.groups or by.operator):
        raise Forbidden(
            "Expected to {intent}, but {username} is neither in finance nor auditor",
            intent=intent,
            username=by.username,
        )
    if people.by_key(session, review.appraisee_key).username == by.username:
        raise Forbidden("Expected to {intent}, but it is one's own", intent=intent)
