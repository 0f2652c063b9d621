"""What an improvement plan leaves: itself, why it was opened, its notes, trainings, offers, and the exit review."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files.kinds import Kind
from engine.reviews.models import (
    ExitReview,
    MentorTerm,
    Plan,
    PlanGround,
    PlanNote,
    PlanRevision,
    PlanStatement,
    PlanTraining,
    PlanTransfer,
)
from engine.reviews.plans import visibility


def _of_visible(column: InstrumentedAttribute[int]) -> Callable[[Session, Identity], ColumnElement[bool]]:
    """Make the filter of rows that whoever may know of their plan may read."""

    def visible(session: Session, identity: Identity) -> ColumnElement[bool]:
        return column.in_(select(Plan.key).where(access.plans(session, identity)))

    return visible


KINDS = (
    Kind(
        name="plan",
        title=("改进计划", "Improvement plan"),
        table=Plan,
        at="proposed_at",
        by="proposed_by",
        changing=(
            "instance_key state mentor_key objectives training starts_on ends_on extended_at extended_by "
            "extension_reason accepted answer outcome reason decided_by department_key follows_key months talked_on "
            "minutes witness findings ended_at superior_key opening"
        ),
        without="gate",
        of=lambda case: Plan.key.in_(case.plans),
        visible=access.plans,
    ),
    Kind(
        name="plan-note",
        title=("计划记录", "Note on the plan"),
        table=PlanNote,
        at="written_at",
        by="written_by",
        of=lambda case: PlanNote.plan_key.in_(case.plans),
        visible=_of_visible(PlanNote.plan_key),
    ),
    Kind(
        name="plan-ground",
        title=("立项理由", "Ground"),
        table=PlanGround,
        at="given_at",
        changing="result_keys void",
        of=lambda case: PlanGround.plan_key.in_(case.plans),
        visible=_of_visible(PlanGround.plan_key),
    ),
    Kind(
        name="plan-statement",
        title=("上级陈述", "Superior's statement"),
        table=PlanStatement,
        at="given_at",
        of=lambda case: PlanStatement.plan_key.in_(case.plans),
        visible=_of_visible(PlanStatement.plan_key),
    ),
    Kind(
        name="mentor-term",
        title=("辅导人", "Mentor"),
        table=MentorTerm,
        changing="valid_until",
        of=lambda case: MentorTerm.plan_key.in_(case.plans),
        visible=_of_visible(MentorTerm.plan_key),
    ),
    Kind(
        name="plan-training",
        title=("培训记录", "Training"),
        table=PlanTraining,
        at="recorded_at",
        by="recorded_by",
        of=lambda case: PlanTraining.plan_key.in_(case.plans),
        visible=_of_visible(PlanTraining.plan_key),
    ),
    Kind(
        name="plan-transfer",
        title=("调岗", "Transfer"),
        table=PlanTransfer,
        at="offered_at",
        by="offered_by",
        changing="agreed answer answered_at lapsed_at",
        of=lambda case: PlanTransfer.plan_key.in_(case.plans),
        visible=visibility.transfers,
    ),
    Kind(
        name="plan-revision",
        title=("目标变更", "Revision"),
        table=PlanRevision,
        at="asked_at",
        by="asked_by",
        changing="agreed answered_at",
        of=lambda case: PlanRevision.plan_key.in_(case.plans),
        visible=_of_visible(PlanRevision.plan_key),
    ),
    Kind(
        name="exit-review",
        title=("离职审查", "Exit review"),
        table=ExitReview,
        at="begun_at",
        changing=(
            "state checklist checked_by decider_key union_told_on union_opinion union_heard_by reason decided_by "
            "decided_at served_on last_day in_lieu"
        ),
        of=lambda case: ExitReview.plan_key.in_(case.plans),
        visible=visibility.exit_reviews,
    ),
)
