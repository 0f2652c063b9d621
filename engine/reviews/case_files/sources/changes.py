"""What changes in the middle of the cycle did to a review."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.changes import visibility
from engine.reviews.models import ChangedReview, CycleChange


def _applied(session: Session, identity: Identity) -> ColumnElement[bool]:
    changed = select(ChangedReview.change_key).where(visibility.changed_reviews(session, identity))
    return CycleChange.key.in_(changed)


def _applied_of(case: Case) -> ColumnElement[bool]:
    return CycleChange.key.in_(select(ChangedReview.change_key).where(ChangedReview.review_key.in_(case.reviews)))


KINDS = (
    Kind(
        name="change",
        title=("周期变更", "Change of the cycle"),
        table=CycleChange,
        at="entered_at",
        by="entered_by",
        without="details choices preview digest",
        changing="state decided_by decided_at agreed_at settled_by settled_at remark previewed_at instance_key",
        of=_applied_of,
        visible=_applied,
    ),
    Kind(
        name="changed-review",
        title=("变更对评审的影响", "What a change did to the review"),
        table=ChangedReview,
        at="applied_at",
        long="effects",
        changing="settled_at",
        of=lambda case: ChangedReview.review_key.in_(case.reviews),
        visible=visibility.changed_reviews,
    ),
)
