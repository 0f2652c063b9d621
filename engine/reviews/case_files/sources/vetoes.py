"""What counts as nothing in a review, for conduct that is forbidden."""

from __future__ import annotations

from engine.reviews import access
from engine.reviews.case_files.kinds import Kind
from engine.reviews.models import Veto

KINDS = (
    Kind(
        name="veto",
        title=("指标一票否决", "Indicator vetoed"),
        table=Veto,
        at="found_at",
        by="found_by",
        changing="lifted_by lifted_at lifting_reason",
        of=lambda case: Veto.review_key.in_(case.reviews),
        visible=access.vetoes,
    ),
)
