"""What was said of recordings that are evidence (E-96)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.bpmn.documents import Document
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.case_files.sources.appeals import handed_in
from engine.reviews.models import Evidence, Recording


def _of(case: Case) -> ColumnElement[bool]:
    return Recording.document_key.in_(select(Evidence.document_key).where(handed_in(case)))


def _visible(session: Session, identity: Identity) -> ColumnElement[bool]:
    return Recording.document_key.in_(select(Document.key).where(access.documents(session, identity)))


KINDS = (
    Kind(
        name="recording",
        title=("录音说明", "What was said of a recording"),
        table=Recording,
        at="declared_at",
        by="declared_by",
        changing="erased_at",
        of=_of,
        visible=_visible,
        words={
            "purpose": ("用途", "Purpose"),
            "heard": ("被录音人", "Who is heard"),
            "notice": ("告知", "Notice"),
            "kept_until": ("保存至", "Kept until"),
            "erased_at": ("已删除", "Erased"),
        },
    ),
)
