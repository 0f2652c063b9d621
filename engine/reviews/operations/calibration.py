"""What calibration and release call: the session's sheet, its lock, its approval, the release."""

from __future__ import annotations

from typing import Any

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Invalid, Problem
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import AdjustmentState, Calibration, Review
from engine.reviews.operations import calls
from engine.reviews.release import adjustments, calibration, calibration_sheets, embargoes
from engine.reviews.release.calibration_sheets import Line, Sheet
from engine.reviews.reports import printing
from engine.reviews.sentences import Sentence


@operation("reviewflow.calibration-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with a session's list and its distribution, as far as whoever opens it may see them."""
    held = calls.calibration(call)
    shown = calibration_sheets.of_session(call.session, held, by=calls.actor(call))
    return {
        "cycle": cycles.found(call.session, held.cycle_key).label,
        "remark": held.remark,
        "lines": [_row(line) for line in shown.lines],
        "appraisees": [
            {"label": line.appraisee.name, "value": line.appraisee.employee_id} for line in shown.lines if line.result
        ],
        "shares": [
            {"level": one.level, "count": one.count, "then": one.then, "advised": one.advised} for one in shown.shares
        ],
    }


@operation("reviewflow.close-session")
def close(call: Call) -> Variables:
    """Record that the chair locks the session, or sends one review back to evaluation with a reason."""
    held, by = calls.calibration(call), calls.actor(call)
    if calls.text(call, "decision") == "lock":
        adjustments.lock(call.session, held, by=by)
    else:
        shown = calibration_sheets.of_session(call.session, held, by=by)
        review = _chosen(call, held, shown)
        calibration.send_back(call.session, held, review, reason=calls.text(call, "reason"), by=by)
    return {}


@operation("reviewflow.approve-calibration")
def approve(call: Call) -> Variables:
    """Record that the second level approves what is locked, which writes it back, or returns it with a reason."""
    held, by = calls.calibration(call), calls.actor(call)
    if calls.text(call, "decision") == "approve":
        adjustments.approve(call.session, held, by=by)
    else:
        adjustments.return_(call.session, held, reason=calls.text(call, "reason"), by=by)
    return {}


@operation("reviewflow.embargo")
def embargo(call: Call) -> Variables:
    """Read the moment of release; sets `embargo`, which is now where HR has set none."""
    cycle = cycles.found(call.session, calls.calibration(call).cycle_key)
    return {"embargo": (embargoes.until(call.session, cycle) or call.now).isoformat()}


@operation("reviewflow.release-calibrated")
def release(call: Call) -> Variables:
    """Release all approved results at one moment; sets `outcome`: changed, confirmed, or embargo where it was moved."""
    held = calls.calibration(call)
    if not adjustments.release(call.session, held):
        return {"outcome": "embargo"}
    changed = adjustments.of_session(call.session, held, AdjustmentState.ACCEPTED)
    return {"outcome": "changed" if changed else "confirmed"}


def _row(line: Line) -> dict[str, Any]:
    change = line.accepted
    return {
        "rank": line.rank,
        "name": line.appraisee.name,
        "total": printing.decimal(line.result.total) if line.result else None,
        "grade": line.result.grade if line.result else None,
        "becomes": f"{change.total} {change.grade}" if change else "",
        "reason": change.reason if change else "",
    }


def _chosen(call: Call, held: Calibration, shown: Sheet) -> Review:
    wanted = calls.text(call, "appraisee")
    for line in shown.lines:
        if line.appraisee.employee_id == wanted:
            return reviews.found(call.session, line.review.key)
    problem = Problem(Sentence("There is no such review in the session"), "appraisee", "unknown-review")
    raise Invalid("Expected to send a review of calibration {key} back, but it is not known", [problem], key=held.key)
