"""What the feedback interview calls about the delivery of a result and the window for an appeal."""

from __future__ import annotations

from engine.bpmn import timers
from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Incident
from engine.identity import SYSTEM
from engine.reviews.cases import windows
from engine.reviews.cycle import reviews, terms
from engine.reviews.models import Means
from engine.reviews.operations import calls
from engine.reviews.plans import triggers
from engine.reviews.release import results
from engine.reviews.reports import printing, sheets
from engine.reviews.signing import deliveries
from engine.reviews.signing.deliveries import Service


@operation("reviewflow.delivery-terms")
def of_delivery(call: Call) -> Variables:
    """Read how far the result's delivery is, and the cycle's terms.

    Sets `delivery` (its key), `provenOn` (a day, or null), `secondServiceOnly`, `serviceDays` and `appealDays`.
    """
    review = calls.review(call)
    delivery = deliveries.of_result(call.session, results.expected(call.session, review))
    if delivery is None:
        raise Incident("Expected to deliver the result of review {key}, but it was never sent", key=review.key)
    chosen = terms.of_cycle(call.session, review.cycle_key)
    return {
        "delivery": str(delivery.key),
        "provenOn": deliveries.proven_on(call.session, delivery),
        "secondServiceOnly": chosen.proof.value == "served",
        "serviceDays": chosen.service_days,
        "appealDays": chosen.appeal_days,
    }


@operation("reviewflow.delivery-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the result that is to be served, and when it was sent."""
    review, delivery = calls.review(call), calls.delivery(call)
    printed = sheets.of_review(call.session, review, by=calls.actor(call))
    return {
        **printing.heading(call.session, review),
        **printed.brief(),
        "sentOn": printing.day(call.session, review, delivery.sent_at),
    }


@operation("reviewflow.record-service")
def serve(call: Call) -> Variables:
    """Record the second service of the result; sets `provenOn`."""
    delivery, means = calls.delivery(call), Means(calls.text(call, "means"))
    service = Service(
        means=means,
        served_on=calls.day(call, "servedOn"),
        reference=calls.text(call, "reference"),
        witness=calls.somebody(call, "witness") if means is Means.WITNESS else None,
    )
    deliveries.note_service(call.session, delivery, service, by=calls.actor(call))
    return {"provenOn": deliveries.proven_on(call.session, delivery)}


@operation("reviewflow.close-appeal-window")
def close(call: Call) -> Variables:
    """Record the instant at which the window for an appeal closed: when it was to, however late the timer was woken.

    The result stands now: where the cycle's rule says so, it proposes an improvement plan to HR.
    """
    due = timers.leading_to(call.session, call.instance_key, windows.CLOSING)
    delivery = calls.delivery(call)
    delivery.closed_at = due or call.now
    triggers.propose(call.session, reviews.found(call.session, delivery.review_key), by=SYSTEM)
    return {}
