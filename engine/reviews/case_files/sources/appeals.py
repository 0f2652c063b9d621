"""What an appeal leaves: itself and its evidence."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from engine.bpmn.documents import Document
from engine.reviews import access
from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.models import Appeal, Evidence, SignOff


def _evidence_of(case: Case) -> ColumnElement[bool]:
    """Choose what was handed in with the appeals and with the answers to results; after its answer if it has both."""
    answers = select(SignOff.key).where(SignOff.review_key.in_(case.reviews))
    handed_in = or_(Evidence.appeal_key.in_(case.appeals), Evidence.sign_off_key.in_(answers))
    return Document.key.in_(select(Evidence.document_key).where(handed_in))


KINDS = (
    Kind(
        name="appeal",
        title=("申诉", "Appeal"),
        table=Appeal,
        at="lodged_at",
        by="lodged_by",
        changing="state verdict reasons ended_at instance_key defects joined_to_key new_rater_key prolonged_reason",
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
