"""What appeal arbitration calls about the attempt to settle before a panel is asked."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.cases import offers, statements
from engine.reviews.cycle import reviews
from engine.reviews.models import StatementKind
from engine.reviews.operations import calls
from engine.reviews.operations.appeals import case, given_ratings, rating_rows
from engine.reviews.reports import printing


@operation("reviewflow.offer-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the appeal and a row for each rating that the rater's side could change."""
    scale = printing.scale(call.session, calls.review(call))
    return {**case(call), **scale, "corrections": rating_rows(call)}


@operation("reviewflow.make-offer")
def make(call: Call) -> Variables:
    """Record what the rater's side offers; nothing is offered where `offered` is no."""
    if calls.truth(call, "offered"):
        rows = calls.rows(call, "corrections")
        with calls.placed("corrections", rows, "rating"):
            text, given = calls.text(call, "text"), given_ratings(rows)
            offers.make(call.session, calls.appeal(call), text, given, by=calls.actor(call))
    return {}


@operation("reviewflow.answer-sheet")
def answer_sheet(call: Call) -> Variables:
    """Fill a form with what is offered."""
    offer = statements.newest(call.session, calls.appeal(call), StatementKind.OFFER)
    names = {one.id: one for one in reviews.template(call.session, calls.review(call)).indicators}
    lines = offer.lines if offer else []
    return {
        **case(call),
        "offer": offer.text if offer else "",
        "offered": [{"name": printing.title(names[line["indicator"]]), "rating": line["rating"]} for line in lines],
    }


@operation("reviewflow.answer-offer")
def answer(call: Call) -> Variables:
    """Record the appellant's answer to the offer; sets `changed`: whether the result is computed anew."""
    accepted, text = calls.truth(call, "accepted"), calls.text(call, "text")
    changed = offers.answer(call.session, calls.appeal(call), accepted=accepted, text=text, by=calls.actor(call))
    return {"changed": changed}
