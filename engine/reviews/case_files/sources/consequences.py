"""What follows a result: follow-ups, ability plans with their practice, awards, what became of what hung on it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.consequences import visibility
from engine.reviews.models import AbilityPlan, Award, FollowUp, Practice, ResultConsequence, SecondEvaluation


def _practised_of(case: Case) -> ColumnElement[bool]:
    return Practice.ability_plan_key.in_(select(AbilityPlan.key).where(AbilityPlan.review_key.in_(case.reviews)))


def _practised(session: Session, identity: Identity) -> ColumnElement[bool]:
    return Practice.ability_plan_key.in_(select(AbilityPlan.key).where(visibility.ability_plans(session, identity)))


def _evaluated(session: Session, identity: Identity) -> ColumnElement[bool]:
    return SecondEvaluation.ability_plan_key.in_(
        select(AbilityPlan.key).where(visibility.ability_plans(session, identity))
    )


KINDS = (
    Kind(
        name="follow-up",
        title=("结果应用", "Follow-up"),
        table=FollowUp,
        at="proposed_at",
        by="proposed_by",
        long="rule",
        changing="state instance_key reason decided_by decided_at choice motive answered_at",
        of=lambda case: FollowUp.review_key.in_(case.reviews),
        visible=visibility.follow_ups,
    ),
    Kind(
        name="ability-plan",
        title=("能力提升计划", "Ability plan"),
        table=AbilityPlan,
        at="drafted_at",
        changing="items drafted_at state agreed_by agreed_at starts_on ends_on asked_at",
        of=lambda case: AbilityPlan.review_key.in_(case.reviews),
        visible=visibility.ability_plans,
    ),
    Kind(
        name="practice",
        title=("练习记录", "Practice"),
        table=Practice,
        at="recorded_at",
        by="recorded_by",
        of=_practised_of,
        visible=_practised,
    ),
    Kind(
        name="second-evaluation",
        title=("二次评估", "Second evaluation"),
        table=SecondEvaluation,
        at="given_at",
        by="given_by",
        of=lambda case: SecondEvaluation.review_key.in_(case.reviews),
        visible=_evaluated,
    ),
    Kind(
        name="award",
        title=("奖项", "Award"),
        table=Award,
        at="nominated_at",
        by="nominated_by",
        changing="state reason decided_by decided_at",
        of=lambda case: and_(Award.person_key == case.person_key, Award.cycle_key == case.cycle_key),
        visible=visibility.awards,
    ),
    Kind(
        name="consequence",
        title=("结果变更的后续处理", "What became of what hung on a result"),
        table=ResultConsequence,
        at="said_at",
        by="said_by",
        of=lambda case: ResultConsequence.review_key.in_(case.reviews),
        visible=visibility.result_consequences,
    ),
)
