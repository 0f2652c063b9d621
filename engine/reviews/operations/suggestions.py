"""What the suggestion box and the process of a suggestion call."""

from __future__ import annotations

from sqlalchemy import select

from engine import calendars
from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.feedback import suggestions
from engine.reviews.models import Person, Voice
from engine.reviews.operations import calls
from engine.reviews.organisation import employments, people

VOICES = {Voice.AUTHOR: "作者 Author", Voice.HR: "人事 HR", Voice.LEADER: "业务负责人 Leader"}


@operation("reviewflow.empty-suggestion-box")
def collect(call: Call) -> Variables:
    """Take everything out of the suggestion box, in no order; sets `slips`, how many there were."""
    return {"slips": suggestions.collect(call.session)}


@operation("reviewflow.take-up-suggestion")
def take_up(call: Call) -> Variables:
    """Begin a round of a suggestion; sets `answerDue`, the day two working days from today."""
    day = calendars.calendar(call.session).add_working_days(calendars.today(call.session), 2)
    return {"answerDue": day.isoformat()}


@operation("reviewflow.suggestion-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with what was said in a suggestion, and with who may be asked to answer too."""
    staff = select(Person).where(employments.employed_on(calendars.today(call.session))).order_by(Person.employee_id)
    return {
        "entries": [
            {"voice": VOICES[one.voice], "on": one.said_on.isoformat(), "text": one.text}
            for one in suggestions.said(call.session, calls.suggestion(call))
        ],
        "leaders": [{"label": one.name, "value": one.username} for one in call.session.scalars(staff)],
    }


@operation("reviewflow.answer-suggestion")
def answer(call: Call) -> Variables:
    """Record an answer to a suggestion, by the voice in header `voice`; sets `leader`, whom HR asks to answer too."""
    voice, text = Voice(call.headers.get("voice", "")), calls.text(call, "answer")
    suggestions.answer(call.session, calls.suggestion(call), text, voice=voice, by=calls.actor(call))
    leader = calls.text(call, "leader")
    return {"leader": people.named(call.session, leader).username if leader else None}


@operation("reviewflow.close-suggestion")
def close(call: Call) -> Variables:
    """Close a suggestion whose author has no more to say."""
    suggestions.close(call.session, calls.suggestion(call))
    return {}
