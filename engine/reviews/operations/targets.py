"""What target sign-off calls: drafts, decisions and signatures."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Incident
from engine.reviews import cancellations, goals, people, printing, reviews, targets
from engine.reviews.operations import calls
from engine.reviews.quantities import plain


@operation("reviewflow.target-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the measured indicators, their targets so far, and why they were returned."""
    review = calls.review(call)
    latest = targets.of_review(call.session, review)
    given = latest.targets if latest else cancellations.targets_before(call.session, review)
    handed = goals.of_review(call.session, review)
    return {
        **printing.heading(call.session, review),
        "targets": [
            {
                "indicator": indicator.id,
                "name": printing.title(indicator),
                "kind": printing.notation(indicator),
                "weight": plain(indicator.weight),
                "unit": indicator.unit,
                "direction": printing.direction(indicator),
                "target": given.get(indicator.id, handed.get(indicator.id, indicator.target)),
            }
            for indicator in reviews.template(call.session, review).measured
        ],
        "comment": latest.note if latest and "level" not in call.headers else "",
        "note": latest.note if latest else "",
        "remarks": "\n".join(
            f"{printing.day(call.session, review, decision.decided_at)} "
            f"{people.named(call.session, decision.decided_by).name}: {decision.comment}"
            for decision in targets.remarks(call.session, review)
        ),
    }


@operation("reviewflow.record-targets")
def record(call: Call) -> Variables:
    """Record the appraisee's draft of the targets."""
    rows = calls.rows(call, "targets")
    given = {str(row["indicator"]): str(row.get("target") or "") for row in rows}
    with calls.placed("targets", rows, "target"):
        targets.draft(call.session, calls.review(call), given, by=calls.actor(call), note=calls.text(call, "comment"))
    return {}


@operation("reviewflow.decide-targets")
def decide(call: Call) -> Variables:
    """Record what the superior (header `level` = superior) or the second level (second) decides on the targets."""
    review, by, comment = calls.review(call), calls.actor(call), calls.text(call, "comment")
    level = call.headers.get("level")
    if calls.text(call, "decision") == "return":
        targets.return_(call.session, review, by=by, comment=comment)
    elif level == "superior":
        targets.agree(call.session, review, by=by, comment=comment)
    elif level == "second":
        targets.approve(call.session, review, by=by, comment=comment)
    else:
        reason = f"{call.element_id} has the level {level}, neither superior nor second"
        raise Incident(f"Expected to decide on the targets of review {review.key}, but {reason}")
    return {}


@operation("reviewflow.sign-targets")
def sign(call: Call) -> Variables:
    """Record the appraisee's signature under the targets, with a reservation or without."""
    reserved = calls.text(call, "outcome") == "reserved"
    reservation = calls.text(call, "reservation") if reserved else ""
    targets.sign(call.session, calls.review(call), by=calls.actor(call), reserved=reserved, reservation=reservation)
    return {}
