"""What appeal arbitration calls between admission and decision: mending, evidence, hearing, deliberation."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.cases import appeals, joinders, representations, statements, windows
from engine.reviews.cycle import reviews
from engine.reviews.models import StatementKind
from engine.reviews.operations import calls
from engine.reviews.operations.appeals import case
from engine.reviews.organisation import people
from engine.reviews.panels import vacancies
from engine.reviews.reports import printing


@operation("reviewflow.open-appeal", takes=True)
def open_(call: Call) -> Variables:
    """Read how an appeal came in; sets `late`, `round`, `awaited`, `speaker` and `respondent` (accounts)."""
    appeal, review = calls.appeal(call), calls.review(call)
    answers = people.by_key(call.session, appeal.respondent_key) if appeal.respondent_key else None
    return {
        "late": bool(appeal.late_reason),
        "round": appeal.round,
        "awaited": windows.awaits_decision(call.session, review),
        "speaker": representations.speaker(call.session, appeal).username,
        "respondent": answers.username if answers else None,
    }


@operation("reviewflow.decide-late")
def decide_late(call: Call) -> Variables:
    """Record whether HR lets a late appeal in, with reasons."""
    appeal, by, reasons = calls.appeal(call), calls.actor(call), calls.text(call, "reason")
    if calls.truth(call, "admitted"):
        appeals.admit_late(call.session, appeal, reasons=reasons, by=by)
    else:
        appeals.reject(call.session, appeal, reasons=reasons, by=by)
    return {}


@operation("reviewflow.cure-appeal")
def cure(call: Call) -> Variables:
    """Record how the appellant mends what HR found missing."""
    text, papers = calls.text(call, "text"), calls.documents(call, "attachments")
    statements.cure(call.session, calls.appeal(call), text, documents=papers, by=calls.actor(call))
    return {}


@operation("reviewflow.note-uncured")
def uncured(call: Call) -> Variables:
    """Let HR look again at an appeal that was not mended in time."""
    appeals.take_up(calls.appeal(call))
    return {}


@operation("reviewflow.read-joinder")
def read_joinder(call: Call) -> Variables:
    """Tell whether the appeal is heard with another; sets `joined`."""
    return {"joined": calls.appeal(call).joined_to_key is not None}


@operation("reviewflow.basis-sheet")
def basis_sheet(call: Call) -> Variables:
    """Fill a form with the appeal and one row for each score in dispute, whose basis is to be produced."""
    review = calls.review(call)
    names = {one.id: one for one in reviews.template(call.session, review).indicators}
    rows = statements.disputed(call.session, calls.appeal(call))
    return {
        **case(call),
        "bases": [{"indicator": one, "name": printing.title(names[one]), "text": ""} for one in rows if one in names],
    }


@operation("reviewflow.produce-basis")
def produce_basis(call: Call) -> Variables:
    """Record the basis of the scores in dispute, which the rater's side has to produce."""
    rows = calls.rows(call, "bases")
    bases = {str(row["indicator"]): str(row.get("text") or "") for row in rows}
    text, papers = calls.text(call, "text"), calls.documents(call, "attachments")
    with calls.placed("bases", rows, "text"):
        statements.produce_basis(
            call.session, calls.appeal(call), bases, text=text, documents=papers, by=calls.actor(call)
        )
    return {}


@operation("reviewflow.note-silence")
def note_silence(call: Call) -> Variables:
    """Note that the rater's side produced no basis in time: the burden of proof is its own."""
    statements.note_silence(call.session, calls.appeal(call))
    return {}


@operation("reviewflow.comment-basis")
def comment(call: Call) -> Variables:
    """Record the appellant's comment on what the rater's side produced."""
    text, papers = calls.text(call, "text"), calls.documents(call, "attachments")
    statements.comment(call.session, calls.appeal(call), text, documents=papers, by=calls.actor(call))
    return {}


@operation("reviewflow.prepare-hearing")
def prepare_hearing(call: Call) -> Variables:
    """Record how the chair has the case heard: at a hearing, to which both sides are asked, or on the papers."""
    appeal, by, reason = calls.appeal(call), calls.actor(call), calls.text(call, "reason")
    if calls.text(call, "mode") == "hearing":
        statements.summon(call.session, appeal, calls.day(call, "heldOn"), calls.text(call, "place"), by=by)
    else:
        statements.record_minutes(call.session, appeal, StatementKind.HEARING, reason, by=by)
    return {}


@operation("reviewflow.record-hearing")
def record_hearing(call: Call) -> Variables:
    """Record the minutes of the hearing."""
    _minutes(call, StatementKind.HEARING)
    return {}


@operation("reviewflow.close-unheard")
def close_unheard(call: Call) -> Variables:
    """Close an appeal that no panel can hear, with HR's reason; the result stands, and the courts are open."""
    appeals.close_unheard(call.session, calls.appeal(call))
    return {}


@operation("reviewflow.share-hearing")
def share_hearing(call: Call) -> Variables:
    """Let the joined cases go on to their votes, with the panel that has heard all."""
    joinders.share(call.session, calls.appeal(call))
    return {}


@operation("reviewflow.take-seats")
def take_seats(call: Call) -> Variables:
    """Let a joined case be heard by the panel of the leading one, which is watched in it too."""
    appeal = calls.appeal(call)
    joinders.take_seat(appeal)
    vacancies.watch(call.session, appeal)
    return {}


@operation("reviewflow.record-deliberation")
def record_deliberation(call: Call) -> Variables:
    """Record what the panel deliberated after the last vote."""
    _minutes(call, StatementKind.DELIBERATION)
    return {}


def _minutes(call: Call, kind: StatementKind) -> None:
    statements.record_minutes(call.session, calls.appeal(call), kind, calls.text(call, "minutes"), by=calls.actor(call))
