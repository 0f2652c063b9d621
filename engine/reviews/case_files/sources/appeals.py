"""What an appeal leaves: itself, its evidence, its panel, their votes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.bpmn.documents import Document
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.models import Appeal, Evidence, PanelMember, SignOff, Vote


def _evidence_of(case: Case) -> ColumnElement[bool]:
    """Choose what was handed in with the appeals and with the answers to results; after its answer if it has both."""
    answers = select(SignOff.key).where(SignOff.review_key.in_(case.reviews))
    handed_in = or_(Evidence.appeal_key.in_(case.appeals), Evidence.sign_off_key.in_(answers))
    return Document.key.in_(select(Evidence.document_key).where(handed_in))


def _panels(session: Session, identity: Identity) -> ColumnElement[bool]:
    return PanelMember.appeal_key.in_(select(Appeal.key).where(access.appeals(session, identity)))


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
    Kind(
        name="panel-member",
        title=("仲裁成员", "Panel member"),
        table=PanelMember,
        changing="chair",
        of=lambda case: PanelMember.appeal_key.in_(case.appeals),
        visible=_panels,
    ),
    Kind(
        name="vote",
        title=("投票", "Vote"),
        table=Vote,
        at="cast_at",
        of=lambda case: Vote.appeal_key.in_(case.appeals),
        visible=access.votes,
    ),
)
