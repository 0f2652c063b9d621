"""Draws: the lots that say who is called to a panel, once for each appeal, so that anybody can draw them again."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid
from engine.identity import Identity
from engine.reviews.cases import panels
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Appeal, PanelDraw, Role
from engine.reviews.organisation import people
from engine.reviews.panels import recusals
from engine.reviews.sentences import Sentence


def draw(session: Session, appeal: Appeal, *, size: int, by: Identity) -> PanelDraw:
    """Draw from all who may be drawn and are not recused; the first `size` sit, the others are the reserve.

    Raises:
        Conflict: lots were drawn for this appeal already: nobody draws until the panel suits them.
        Invalid: the size is even or below three.
    """
    intent = Sentence("draw a panel for appeal {key}", key=appeal.key)
    if not panels.is_size(size):
        raise Invalid(
            "Expected to {intent}, but not of {size}", [panels.size_problem("size")], intent=intent, size=size
        )
    if of_appeal(session, appeal) is not None:
        raise Conflict("Expected to {intent}, but its lots are drawn", intent=intent)
    why = recusals.of_appeal(session, appeal)
    known = people.in_role(session, Role.PANEL)
    pool = [person.employee_id for person in known if person.key not in why]
    seed = _seed(session, appeal)
    lots = PanelDraw(
        appeal_key=appeal.key,
        size=size,
        seed=seed,
        pool=pool,
        order=drawn(seed, pool),
        excluded={p.employee_id: [reason.value for reason in why[p.key]] for p in known if p.key in why},
        drawn_by=by.username,
        drawn_at=clock.now(session),
    )
    session.add(lots)
    session.flush()  # whoever is called is looked up in it
    return lots


def drawn(seed: str, pool: Sequence[str]) -> list[str]:
    """Put a pool of employee ids into the order of their lots: SHA-256 of the seed, a slash and the id, in hex."""
    return sorted(pool, key=lambda one: sha256(f"{seed}/{one}".encode()).hexdigest())


def holds(lots: PanelDraw) -> bool:
    """Draw the lots again, and tell whether they come out as they were recorded."""
    return drawn(lots.seed, lots.pool) == lots.order


def of_appeal(session: Session, appeal: Appeal) -> PanelDraw | None:
    """Find the draw of an appeal; None where none was made."""
    return session.scalar(select(PanelDraw).where(PanelDraw.appeal_key == appeal.key))


def in_force(session: Session, appeal: Appeal) -> PanelDraw | None:
    """Find the draw that an appeal's panel is from: with joined cases that of the leading one."""
    own = of_appeal(session, appeal)
    if own is not None or appeal.joined_to_key is None:
        return own
    return session.scalar(select(PanelDraw).where(PanelDraw.appeal_key == appeal.joined_to_key))


def _seed(session: Session, appeal: Appeal) -> str:
    """Write down what nobody could choose or know before: whose appeal it is, and the instant of the draw."""
    review = reviews.found(session, appeal.review_key)
    cycle, appellant = cycles.found(session, review.cycle_key), people.by_key(session, review.appraisee_key)
    return f"{cycle.label}/{appellant.employee_id}/{clock.now(session).isoformat()}"
