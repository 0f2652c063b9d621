"""What appeal arbitration calls to carry a decision out: another rater, an annulled result, what follows from it."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.cases import decisions, outcomes, overdues, reevaluations
from engine.reviews.operations import calls
from engine.reviews.operations.appeals import case, given_ratings
from engine.reviews.reports import printing
from engine.reviews.scores.quantities import plain


@operation("reviewflow.new-rater-candidates")
def candidates(call: Call) -> Variables:
    """Fill a form with the appeal and with who may rate again: nobody who had a part before."""
    found = reevaluations.candidates(call.session, calls.appeal(call))
    return {**case(call), "candidates": [{"label": one.name, "value": one.username} for one in found]}


@operation("reviewflow.name-rater")
def name(call: Call) -> Variables:
    """Record who rates again."""
    person = calls.somebody(call, "rater")
    reevaluations.name(call.session, calls.appeal(call), person, by=calls.actor(call))
    return {"rater": person.username}


@operation("reviewflow.rating-again-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with what is rated again: the actual values beside it, not what anybody rated before."""
    appeal, review = calls.appeal(call), calls.review(call)
    rows = [
        {
            "indicator": one.id,
            "name": printing.title(one),
            "weight": plain(one.weight),
            "rubric": one.rubric,
            "rating": None,
        }
        for one in reevaluations.indicators(call.session, appeal)
    ]
    return {
        **printing.heading(call.session, review),
        **printing.scale(call.session, review),
        "ratings": rows,
        "actuals": printing.measured(call.session, review),
    }


@operation("reviewflow.rate-again")
def rate(call: Call) -> Variables:
    """Record the new rater's ratings; sets `changed`: whether they change the result, which never falls."""
    rows, text = calls.rows(call, "ratings"), calls.text(call, "reason")
    with calls.placed("ratings", rows, "rating"):
        changed = reevaluations.rate(
            call.session, calls.appeal(call), given_ratings(rows), text=text, by=calls.actor(call)
        )
    return {"changed": changed}


@operation("reviewflow.annul-result")
def annul(call: Call) -> Variables:
    """Annul the result, as the panel decided: the period counts as not rated."""
    decisions.annul(call.session, calls.appeal(call), by=calls.actor(call))
    return {}


@operation("reviewflow.follow-decision")
def follow(call: Call) -> Variables:
    """Look at all that hung on the result, once an appeal is decided or settled."""
    outcomes.follow(call.session, calls.appeal(call), by=calls.actor(call))
    return {}


@operation("reviewflow.appeal-overdue")
def overdue(call: Call) -> Variables:
    """Tell HR, and who judges, that an appeal is not decided within its term."""
    overdues.report(call.session, calls.appeal(call))
    return {}
