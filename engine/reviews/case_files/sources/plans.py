"""What an improvement plan leaves: itself and its mentor's notes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files.kinds import Kind
from engine.reviews.models import Plan, PlanNote


def _notes(session: Session, identity: Identity) -> ColumnElement[bool]:
    return PlanNote.plan_key.in_(select(Plan.key).where(access.plans(session, identity)))


KINDS = (
    Kind(
        name="plan",
        title=("改进计划", "Improvement plan"),
        table=Plan,
        at="proposed_at",
        by="proposed_by",
        changing=(
            "instance_key state mentor_key objectives training starts_on ends_on extended_at extended_by "
            "extension_reason accepted answer outcome reason decided_by"
        ),
        of=lambda case: Plan.key.in_(case.plans),
        visible=access.plans,
    ),
    Kind(
        name="plan-note",
        title=("导师记录", "Mentor's note"),
        table=PlanNote,
        at="written_at",
        by="written_by",
        of=lambda case: PlanNote.plan_key.in_(case.plans),
        visible=_notes,
    ),
)
