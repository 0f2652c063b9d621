"""What the evaluation and the appeal call to compute a result."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Incident, Invalid
from engine.identity import SYSTEM
from engine.reviews import printing, raters, results, sheets
from engine.reviews.operations import calls

LATE = "逾期未评 No rating by the deadline"
"""Why a rater is absent where time, not HR, decided it."""


@operation("reviewflow.compute-result")
def compute(call: Call) -> Variables:
    """Compute the total of the review; sets `total`. Ratings that did not come in time are absent, never zero."""
    review, appealed = calls.review(call), "appeal" in call.variables
    raters.excuse_awaited(call.session, review, reason=LATE, by=SYSTEM)
    reason = f"appeal {calls.appeal(call).key}" if appealed else ""
    by = calls.actor(call) if appealed else SYSTEM  # whoever rated last is nobody's to know
    try:
        result = results.compute(call.session, review, by=by, reason=reason)
    except Invalid as gaps:
        raise Incident(str(gaps), element_id=call.element_id) from gaps
    return {"total": printing.decimal(result.total)}


@operation("reviewflow.record-result")
def record(call: Call) -> Variables:
    """Record the grade that the process found for the total."""
    review = calls.review(call)
    results.grade(call.session, review, calls.text(call, "grade"), total=calls.text(call, "total"))
    return {}


@operation("reviewflow.result-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the result, every figure with its inputs and its formula."""
    review = calls.review(call)
    printed = sheets.of_review(call.session, review, by=calls.actor(call))
    return {**printing.heading(call.session, review), **printed.brief()}
