"""Ability plans by a trigger: where a cycle's table answers so, the appraisee is to make a plan of one's own (L001-31).

It is a follow-up, no improvement plan: HR confirms it, and missing it has no consequence.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.consequences import follow_ups
from engine.reviews.consequences.follow_ups import Match
from engine.reviews.consequences.rules import Exercise, FollowUpRule
from engine.reviews.cycle import cycles
from engine.reviews.models import FollowUp, FollowUpKind, Review
from engine.reviews.plans.plans import Ground
from engine.reviews.release import results
from engine.reviews.settlements import schemes

AS_IN_001 = FollowUpRule(
    id="ability-plan-001",
    name="能力提升计划",
    name_en="Ability plan",
    kind=FollowUpKind.DUTY,
    exercises=(Exercise(id="negotiation", name="谈判模拟", name_en="Negotiation simulation", count=5),),
    months=2,
)
"""What document 001 has practised, for a cycle whose settlement scheme says nothing of its own."""


def match(session: Session, review: Review, ground: Ground) -> Match:
    """Say what the table's answer comes to: the first ability plan of the cycle's scheme, else that of document 001."""
    row = schemes.newest(session, cycles.found(session, review.cycle_key))
    rules = schemes.read(row.rules).follow_ups if row else ()
    rule = next((one for one in rules if one.kind is FollowUpKind.DUTY), AS_IN_001)
    return Match(review, results.expected(session, review), rule, ground.text)


def propose(session: Session, review: Review, ground: Ground, *, by: Identity) -> FollowUp | None:
    """Propose an ability plan to HR; None where it is proposed for this review already."""
    return follow_ups.propose_one(session, match(session, review, ground), by=by)
