"""What the half-yearly diagnosis calls: its plan, its interviews, the end of its survey, its audit."""

from __future__ import annotations

from sqlalchemy import select

from engine import calendars
from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.meetings import audits, diagnoses, surveys
from engine.reviews.meetings.diagnoses import Plan
from engine.reviews.models import Diagnosis, Person
from engine.reviews.operations import calls
from engine.reviews.organisation import employments, people


@operation("reviewflow.diagnosis-choices")
def choices(call: Call) -> Variables:
    """Fill a form with the half-year, who may be talked to, and how small a group is told of."""
    day = calendars.today(call.session)
    staff = call.session.scalars(select(Person).where(employments.employed_on(day)).order_by(Person.employee_id))
    return {
        "period": diagnoses.due_period(call.session).label,
        "smallest": surveys.SMALLEST,
        "staff": [{"label": f"{one.name} {one.name_en}".strip(), "value": one.username} for one in staff],
    }


@operation("reviewflow.open-diagnosis")
def begin(call: Call) -> Variables:
    """Open the survey and plan the interviews; sets `diagnosis`, `closesOn` and `interviews`."""
    rows = calls.rows(call, "interviews")
    plan = Plan(
        closes_on=calls.day(call, "closesOn"),
        revenue=calls.text(call, "revenue").strip(),
        revenue_unit=calls.text(call, "revenueUnit").strip(),
        interviews=[
            (
                people.named(call.session, str(row.get("interviewee") or "")),
                people.named(call.session, str(row.get("interviewer") or "")),
            )
            for row in rows
        ],
    )
    diagnosis = diagnoses.open_survey(call.session, plan, by=calls.actor(call))
    return {
        "diagnosis": str(diagnosis.key),
        "closesOn": diagnosis.closes_on.isoformat(),
        "interviews": [
            {"key": str(one.key), "interviewer": people.by_key(call.session, one.interviewer_key).username}
            for one in diagnoses.interviews(call.session, diagnosis)
        ],
    }


@operation("reviewflow.diagnosis-interview-sheet")
def interview_sheet(call: Call) -> Variables:
    """Fill a form with whom an interview is with."""
    row = diagnoses.interview(call.session, int(calls.text(call, "interviewKey")))
    return {"interviewee": people.by_key(call.session, row.interviewee_key).name}


@operation("reviewflow.record-diagnosis-interview")
def record_interview(call: Call) -> Variables:
    """Record the theme of an interview."""
    diagnoses.record_interview(
        call.session,
        diagnoses.interview(call.session, int(calls.text(call, "interviewKey"))),
        held=calls.text(call, "held") == "yes",
        theme=calls.text(call, "theme"),
        advice=calls.text(call, "advice"),
        by=calls.actor(call),
    )
    return {}


@operation("reviewflow.close-survey")
def close(call: Call) -> Variables:
    """Close the survey; sets `answered`, how many sheets are."""
    diagnosis = _diagnosis(call)
    diagnoses.close_survey(diagnosis)
    return {"answered": surveys.turnout(call.session, diagnosis)[0]}


@operation("reviewflow.audit-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with what the audit rests on."""
    return {**audits.gathered(call.session, _diagnosis(call))}


@operation("reviewflow.publish-audit")
def publish(call: Call) -> Variables:
    """Publish the audit with what it rests on."""
    diagnosis = _diagnosis(call)
    diagnoses.publish(
        call.session,
        diagnosis,
        audits.gathered(call.session, diagnosis),
        findings=calls.text(call, "findings"),
        measures=calls.text(call, "measures"),
        by=calls.actor(call),
    )
    return {}


def _diagnosis(call: Call) -> Diagnosis:
    return diagnoses.found(call.session, int(calls.text(call, "diagnosis")))
