"""What the feedback interview calls: minutes, signatures, refusals."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.cycle import cycles
from engine.reviews.models import Answer
from engine.reviews.operations import calls
from engine.reviews.reports import printing
from engine.reviews.signing import deliveries, interviews
from engine.reviews.signing.interviews import Minutes


@operation("reviewflow.record-interview")
def record(call: Call) -> Variables:
    """Record the minutes of the interview that the superior held."""
    minutes = Minutes(**{name: calls.text(call, name) for name in ("strengths", "gaps", "evidence", "plan")})
    held_on = calls.day(call, "heldOn")
    interviews.record(call.session, calls.review(call), minutes, held_on=held_on, by=calls.actor(call))
    return {}


@operation("reviewflow.interview-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the minutes of the interview."""
    review = calls.review(call)
    held = interviews.of_review(call.session, review)
    heading = printing.heading(call.session, review)
    if held is None:
        return heading
    zone = ZoneInfo(cycles.found(call.session, review.cycle_key).zone)
    return {
        **heading,
        "heldOn": held.held_at.astimezone(zone).date().isoformat(),
        "strengths": held.strengths,
        "gaps": held.gaps,
        "evidence": held.evidence,
        "plan": held.agreements,
    }


@operation("reviewflow.confirm-minutes")
def confirm(call: Call) -> Variables:
    """Record that the appraisee confirms the minutes, perhaps with a remark."""
    interviews.confirm(call.session, calls.review(call), by=calls.actor(call), remark=calls.text(call, "remark"))
    return {}


@operation("reviewflow.sign-result")
def sign(call: Call) -> Variables:
    """Record the signature of the appraisee, or of a team's superior; a refusal is recorded before a witness."""
    review, by, answer = calls.review(call), calls.actor(call), Answer(calls.text(call, "answer"))
    if answer is not Answer.REFUSED:
        remark, papers = calls.text(call, "remark"), calls.documents(call, "evidence")
        interviews.sign(call.session, review, answer, by=by, comment=remark, documents=papers)
    if (delivery := interviews.receive(call.session, review, by=by)) is not None:
        calls.announce(call, deliveries.publication(call.session, delivery))
    return {}


@operation("reviewflow.record-refusal")
def record_refusal(call: Call) -> Variables:
    """Record that the appraisee did not sign: a refusal before a witness, or that no answer came in time."""
    review, by, comment = calls.review(call), calls.actor(call), calls.text(call, "reason")
    if calls.text(call, "answer") == Answer.UNANSWERED:
        interviews.record_silence(call.session, review, comment=comment, by=by)
    else:
        witness = calls.somebody(call, "witness")
        interviews.record_refusal(call.session, review, witness=witness, comment=comment, by=by)
    return {}
