"""What an appeal leaves: itself and its evidence."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from engine.bpmn.documents import Document
from engine.reviews import access
from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.models import Appeal, AppealStatement, Evidence, SignOff


def handed_in(case: Case) -> ColumnElement[bool]:
    """Choose what was handed in with reviews, answers to results, appeals, and what was said in them."""
    answers = select(SignOff.key).where(SignOff.review_key.in_(case.reviews))
    said = select(AppealStatement.key).where(AppealStatement.appeal_key.in_(case.appeals))
    return or_(
        Evidence.review_key.in_(case.reviews),
        Evidence.sign_off_key.in_(answers),
        Evidence.appeal_key.in_(case.appeals),
        Evidence.statement_key.in_(said),
    )


def _evidence_of(case: Case) -> ColumnElement[bool]:
    return Document.key.in_(select(Evidence.document_key).where(handed_in(case)))


KINDS = (
    Kind(
        name="appeal",
        title=("申诉", "Appeal"),
        table=Appeal,
        at="lodged_at",
        by="lodged_by",
        changing="state instance_key defects joined_to_key new_rater_key prolonged_reason",
        once="verdict reasons ended_at",
        of=lambda case: Appeal.key.in_(case.appeals),
        visible=access.appeals,
    ),
    Kind(
        name="evidence",
        title=("证据材料", "Evidence"),
        table=Document,
        at="uploaded_at",
        by="uploaded_by",
        without="content remarks expires_at task_key instance_key shared",
        of=_evidence_of,
        visible=access.documents,
    ),
)
