"""What the feedback interview calls: minutes, signatures, refusals."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Invalid, NotFound, Problem
from engine.reviews import cycles, interviews, people, printing
from engine.reviews.interviews import Minutes
from engine.reviews.models import Answer, Person
from engine.reviews.operations import calls
from engine.reviews.sentences import Sentence


@operation("reviewflow.record-interview")
def record(call: Call) -> Variables:
    """Record the minutes of the interview that the superior held."""
    minutes = Minutes(**{name: calls.text(call, name) for name in ("strengths", "gaps", "evidence", "plan")})
    held_on = _day(calls.text(call, "heldOn"))
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
    """Record the appraisee's signature; a refusal signs nothing and is recorded before a witness."""
    answer = Answer(calls.text(call, "answer"))
    if answer is not Answer.REFUSED:
        remark = calls.text(call, "remark")
        interviews.sign(
            call.session,
            calls.review(call),
            answer,
            by=calls.actor(call),
            comment=remark,
            documents=calls.documents(call, "evidence"),
        )
    return {}


@operation("reviewflow.record-refusal")
def record_refusal(call: Call) -> Variables:
    """Record before a witness that the appraisee did not sign."""
    interviews.record_refusal(
        call.session,
        calls.review(call),
        witness=_witness(call),
        comment=calls.text(call, "reason"),
        by=calls.actor(call),
    )
    return {}


def _witness(call: Call) -> Person:
    name = calls.text(call, "witness").strip()
    try:
        return people.called(call.session, name)
    except NotFound as unknown:
        sentence = Sentence("Nobody, or more than one, is called {name}", name=name)
        problem = Problem(sentence, "witness", "unknown-person")
        raise Invalid("Expected to record a refusal, but the witness is not known", [problem]) from unknown


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        problem = Problem(Sentence("{text} is no date", text=text), "heldOn", "bad-date")
        raise Invalid("Expected to record an interview, but its day is not clear", [problem]) from error
