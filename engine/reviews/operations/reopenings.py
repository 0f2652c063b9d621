"""What a reopening calls: the request's sheet, HR's decision, the signatures, what is in force at the end."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.cycle import reopenings, reviews
from engine.reviews.models import Reopening, ReopeningKind, Review
from engine.reviews.operations import calls
from engine.reviews.operations.results import sheet
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.release import results
from engine.reviews.reports import printing

SUBJECTS = {
    ReopeningKind.ACTUAL: "更正实际值 Correct an actual value",
    ReopeningKind.SELF_EVALUATION: "重开自评 Reopen the self-evaluation",
    ReopeningKind.SIGNATURE: "签认作废,双方重签 Void the signatures, sign again",
}


@operation("reviewflow.reopening-sheet")
def request(call: Call) -> Variables:
    """Fill a form with what is asked to be reopened, why, and what is in force."""
    reopening, review = calls.reopening(call), calls.review(call)
    result = results.newest(call.session, review)
    return {
        **printing.heading(call.session, review),
        "subject": SUBJECTS[reopening.kind],
        "change": _change(call, reopening, review),
        "reason": reopening.reason,
        "requestedBy": people.named(call.session, reopening.requested_by).name,
        "present": f"{result.total}, {result.grade}" if result else "–",
    }


@operation("reviewflow.decide-reopening")
def decide(call: Call) -> Variables:
    """Record HR's decision on a reopening; sets `stale`: whether the superior has to confirm the ratings."""
    reopening, by = calls.reopening(call), calls.actor(call)
    if calls.text(call, "decision") == "approve":
        return {"stale": reopenings.approve(call.session, reopening, by=by)}
    reopenings.decline(call.session, reopening, reason=calls.text(call, "remark"), by=by)
    return {"stale": False}


@operation("reviewflow.keep-ratings")
def keep(call: Call) -> Variables:
    """Let a reopened self-evaluation stand as it was given, where no other came in time."""
    raters.keep_stale(call.session, calls.review(call), raters.SELF)
    return {}


@operation("reviewflow.reopened-result")
def computed(call: Call) -> Variables:
    """Tell whether there is a result that is to be computed again; sets `computed`."""
    return {"computed": results.newest(call.session, calls.review(call)) is not None}


@operation("reviewflow.reopening-result")
def result_sheet(call: Call) -> Variables:
    """Fill a form with the result that is to be signed again, and why."""
    return {**sheet(call), "reason": calls.reopening(call).reason}


@operation("reviewflow.countersign")
def countersign(call: Call) -> Variables:
    """Record the superior's signature under the result."""
    reopenings.countersign(call.session, calls.reopening(call), by=calls.actor(call))
    return {}


@operation("reviewflow.close-reopening")
def settle(call: Call) -> Variables:
    """Note what is in force and tell the appraisee; sets `windowOpens`: whether an appeal may be lodged about it."""
    return {"windowOpens": reopenings.settle(call.session, calls.reopening(call))}


def _change(call: Call, reopening: Reopening, review: Review) -> str:
    if reopening.kind is not ReopeningKind.ACTUAL:
        return ""
    change = reopening.change
    names = {one.id: printing.title(one) for one in reviews.template(call.session, review).measured}
    rows = printing.measured(call.session, review)
    before = next((row["actual"] for row in rows if row["indicator"] == change["indicator"]), "")
    period = f" ({change['period']})" if change["period"] else ""
    value = change["value"] or "不适用 N/A"
    return f"{names[change['indicator']]}{period}: {before} → {value}, 来源 source: {change['source']}"
