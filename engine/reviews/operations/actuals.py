"""What the evaluation calls about actual values."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.operations import calls
from engine.reviews.reports import printing
from engine.reviews.scores import actuals


@operation("reviewflow.actual-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with targets and actual values as they were entered."""
    review = calls.review(call)
    return {**printing.heading(call.session, review), "actuals": printing.measured(call.session, review)}


@operation("reviewflow.confirm-actuals")
def confirm(call: Call) -> Variables:
    """Record that finance confirms the actual values, or sends them back with a reason."""
    review, by = calls.review(call), calls.actor(call)
    if calls.text(call, "decision") == "confirm":
        actuals.confirm(call.session, review, by=by)
    else:
        actuals.reject(call.session, review, comment=calls.text(call, "comment"), by=by)
    return {}
