"""What a new version of a result does to the plans that rest on it, and what the end of an appeal does (E-73, E-79)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Appeal, Outcome, Plan, PlanGround, PlanState, Result, Review, Verdict
from engine.reviews.plans import endings, plans, triggers
from engine.reviews.release import results
from engine.reviews.sentences import Sentence

APPEAL_OVER = "plan-appeal-over"
"""The message, correlated by the plan's key, that no appeal holds its exit branch any more."""

VOID = "提起它的结果已不成立 The result that opened it does not hold any more"
"""Why a plan is void, as it is kept."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What became of a plan when a result changed."""

    plan: Plan
    voided: bool
    reason: Sentence


def result_changed(session: Session, review: Review, *, by: Identity, annulled: bool = False) -> list[Reaction]:
    """Look again at the grounds of plans that rest on a review's result; what no ground holds any more is voided.

    A ground of a rule holds where the rule is met by the version in force; a ground that a person gave holds unless the
    result is annulled. A plan that ended long ago is not looked at: only those whose process runs.
    """
    reactions = []
    own = select(Plan).where(Plan.appraisee_key == review.appraisee_key, Plan.state != PlanState.DISMISSED)
    for plan in session.scalars(own.order_by(Plan.key)).all():
        concerned = [one for one in _standing(session, plan) if _rests_on(session, one, review)]
        if not concerned or not endings.is_running(session, plan):
            continue
        for ground in concerned:
            _look_again(session, ground, review, annulled=annulled)
        reactions.append(_reaction(session, plan, by))
    if not reactions:
        triggers.propose(session, review, by=by)
    return reactions


def appeal_ended(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """Let the exit branches go on that an appeal held; a result that stands proposes what its rule says.

    Each branch looks for other appeals itself. Where the decision changes the result, `result_changed` follows; one
    that was rated again, and to no effect, stands.
    """
    session.flush()  # the processes that go on read that it is over
    review = reviews.found(session, appeal.review_key)
    held = select(Plan).where(Plan.appraisee_key == review.appraisee_key, Plan.outcome == Outcome.FAILED)
    for plan in session.scalars(held).all():
        if endings.is_running(session, plan):
            messages.publish(session, Publication(APPEAL_OVER, str(plan.key)), by=by.trusted())
    rated_again = appeal.verdict is Verdict.REEVALUATED
    unchanged = rated_again and results.expected(session, review).key == appeal.result_key
    if unchanged or appeal.verdict in (None, Verdict.UPHELD):
        triggers.propose(session, review, by=by)


def _standing(session: Session, plan: Plan) -> list[PlanGround]:
    return [one for one in plans.grounds_of(session, plan) if not one.void]


def _rests_on(session: Session, ground: PlanGround, review: Review) -> bool:
    keys = [int(key) for key in ground.result_keys]
    found = select(Result.key).where(Result.key.in_(keys), Result.review_key == review.key).limit(1)
    return session.scalar(found) is not None


def _look_again(session: Session, ground: PlanGround, review: Review, *, annulled: bool) -> None:
    """Void a ground, or let it rest on the version in force."""
    if annulled or (ground.rule and not _still_met(session, ground)):
        ground.void = True
        return
    in_force = results.expected(session, review).key
    kept = [key for key in ground.result_keys if session.get_one(Result, int(key)).review_key != review.key]
    ground.result_keys = [*kept, str(in_force)]


def _still_met(session: Session, ground: PlanGround) -> bool:
    """Ask the rule again of the newest of the results that the ground rests on."""
    newest = session.get_one(Result, max(int(key) for key in ground.result_keys))
    found = triggers.answer(session, session.get_one(Review, newest.review_key))
    return found is not None and found.opens is triggers.Opens.PLAN


def _reaction(session: Session, plan: Plan, by: Identity) -> Reaction:
    if _standing(session, plan):
        return Reaction(plan, voided=False, reason=Sentence("Another ground holds, or the rule is still met"))
    endings.void(session, plan, reason=VOID, by=by)
    return Reaction(plan, voided=True, reason=Sentence("The result that opened it does not hold any more"))
