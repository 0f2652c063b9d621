"""What the evaluation and the appeal call to compute a result."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Incident, Invalid
from engine.identity import SYSTEM
from engine.reviews.cases import corrections
from engine.reviews.operations import calls
from engine.reviews.rating import raters
from engine.reviews.release import results, wholes
from engine.reviews.reports import printing, sheets
from engine.reviews.rulebook import eligibility, templates

LATE = "逾期未评 No rating by the deadline"
"""Why a rater is absent where time, not HR, decided it."""


@operation("reviewflow.compute-result")
def compute(call: Call) -> Variables:
    """Compute the total of the review; sets `total`, and `gradeTable`, the decision that grades it by the rules.

    Ratings that did not come in time are absent, never zero.
    """
    review, appealed = calls.review(call), "appeal" in call.variables
    raters.excuse_awaited(call.session, review, reason=LATE, by=SYSTEM)
    by = calls.actor(call) if appealed else SYSTEM  # whoever rated last is nobody's to know
    try:
        result = results.compute(call.session, review, by=by, reason=_reason(call))
    except Invalid as gaps:
        raise Incident(str(gaps), element_id=call.element_id) from gaps
    table = templates.rules(call.session, result.template_key).grade_decision
    return {"total": printing.decimal(result.total), "gradeTable": table}


@operation("reviewflow.record-result")
def record(call: Call) -> Variables:
    """Record the grade that the process found for the total; no appeal leaves its appellant a worse one (E-80).

    Where it is that of a sheet which went into its review by days, the review's is computed again.
    """
    review, grade = calls.review(call), calls.text(call, "grade")
    if "appeal" in call.variables:
        grade = corrections.kept_grade(call.session, review, grade)
    result = results.grade(call.session, review, grade, total=calls.text(call, "total"))
    wholes.compute_again(call.session, review, reason=result.reason)
    return {}


@operation("reviewflow.close-unrated")
def close_unrated(call: Call) -> Variables:
    """Close the review of somebody who came after the cut-off: the targets hold, and there is no result."""
    eligibility.close_unrated(calls.review(call))
    return {}


@operation("reviewflow.result-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the result, every figure with its inputs and its formula."""
    review = calls.review(call)
    printed = sheets.of_review(call.session, review, by=calls.actor(call))
    return {**printing.heading(call.session, review), **printed.brief()}


def _reason(call: Call) -> str:
    """Say why a result is computed again; a first computation needs no reason."""
    if "appeal" in call.variables:
        return f"{results.APPEALED}{calls.appeal(call).key}"
    if "reopening" in call.variables:
        reopening = calls.reopening(call)
        return f"reopening {reopening.key}: {reopening.reason}"
    if "change" in call.variables:
        change = calls.change(call)
        return f"change {change.key}: {change.reason}"
    return ""
