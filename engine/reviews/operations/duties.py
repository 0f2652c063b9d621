"""What the processes of recurring duties call: the next occasion, its beginning, and what is said of it."""

from __future__ import annotations

from engine.bpmn import documents
from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.identity import SYSTEM
from engine.reviews.cases import evidence
from engine.reviews.meetings import duties, occasions
from engine.reviews.meetings.occasions import Account
from engine.reviews.models import Duty, Occasion
from engine.reviews.operations import calls


@operation("reviewflow.next-occasion")
def following(call: Call) -> Variables:
    """Find the period of a duty after `period`; sets `period`, null once it is ended, `base`, `offset` and `lead`."""
    duty = _duty(call)
    period = duties.next_period(call.session, duty, after=calls.text(call, "period"))
    if period is None:
        return {"period": None, "base": None, "offset": None, "lead": None}
    rules = duties.rules_of(duty)
    base, offset = period.edge(rules.on, rules.count)
    return {"period": period.label, "base": base.isoformat(), "offset": offset, "lead": rules.lead}


@operation("reviewflow.begin-occasion")
def begin(call: Call) -> Variables:
    """Begin a duty's occasion of `period`; sets `begun`, false where HR has ended the duty."""
    duty = _duty(call)
    period = duties.period_called(duty, calls.text(call, "period"))
    occasion = occasions.begin(call.session, duty, period)
    return {"begun": occasion is not None}


@operation("reviewflow.duty-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with a duty, what is due, who should attend, and what was said of it so far."""
    occasion = _occasion(call)
    rules = duties.rules_of(duties.found(call.session, occasion.duty_key))
    said = {row["name"]: row["text"] for row in occasion.handed_in}
    return {
        "title": f"{rules.name} {rules.name_en}".strip(),
        "about": rules.about,
        "period": occasion.period,
        "remark": occasion.remark,
        "report": occasion.report,
        "files": None,
        "filesDue": rules.files,
        "handedIn": [{"name": name, "text": said.get(name, "")} for name in rules.hands_in],
        "attendance": [
            {"name": person.name, "attended": row.attended is True, "note": row.note}
            for row, person in occasions.attendance(call.session, occasion, by=SYSTEM)
        ],
        "evidence": [documents.reference(one) for one in evidence.of_occasion(call.session, occasion)],
    }


@operation("reviewflow.carry-out")
def carry_out(call: Call) -> Variables:
    """Record what was done, handed in and attended."""
    invited = [person.key for _, person in occasions.attendance(call.session, _occasion(call), by=SYSTEM)]
    told = [(row.get("attended") is True, str(row.get("note") or "")) for row in calls.rows(call, "attendance")]
    account = Account(
        report=calls.text(call, "report"),
        handed_in={str(row.get("name")): str(row.get("text") or "") for row in calls.rows(call, "handedIn")},
        attended=dict(zip(invited, told, strict=False)),
        documents=calls.documents(call, "files"),
    )
    occasions.carry_out(call.session, _occasion(call), account, by=calls.actor(call))
    return {}


@operation("reviewflow.confirm-duty")
def confirm(call: Call) -> Variables:
    """Record whether what was carried out is accepted, or returned with `remark`."""
    accepted, remark = calls.text(call, "decision") == "accept", calls.text(call, "remark")
    occasions.confirm(call.session, _occasion(call), accepted=accepted, remark=remark, by=calls.actor(call))
    return {}


def _duty(call: Call) -> Duty:
    return duties.found(call.session, int(calls.text(call, "duty")))


def _occasion(call: Call) -> Occasion:
    return occasions.found(call.session, int(calls.text(call, "occasion")))
