"""What calibration sessions say of a review that another one owns."""

from __future__ import annotations

from engine.reviews.case_files.kinds import Kind
from engine.reviews.models import CalibrationRemark
from engine.reviews.release import sittings

KINDS = (
    Kind(
        name="calibration-remark",
        title=("其他校准会的意见", "Comment of another calibration session"),
        table=CalibrationRemark,
        at="written_at",
        by="written_by",
        of=lambda case: CalibrationRemark.review_key.in_(case.reviews),
        visible=sittings.remarks,
    ),
)
