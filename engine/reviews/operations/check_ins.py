"""What monthly check-ins call: the next month, its beginning, and what is written in it."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.cycle import cycles
from engine.reviews.feedback import check_ins
from engine.reviews.models import Cycle
from engine.reviews.operations import calls
from engine.reviews.reports import printing


@operation("reviewflow.next-check-in")
def following(call: Call) -> Variables:
    """Find the month of the cycle that follows `month`; sets `month`, null after the last one, and `opensAt`."""
    found = check_ins.next_month(call.session, _cycle(call), after=calls.text(call, "month"))
    return {"month": found[0], "opensAt": found[1].isoformat()} if found else {"month": None, "opensAt": None}


@operation("reviewflow.begin-check-ins")
def begin(call: Call) -> Variables:
    """Begin the check-ins of `month`; sets `begun`, how many there are."""
    return {"begun": len(check_ins.begin(call.session, _cycle(call), calls.text(call, "month")))}


@operation("reviewflow.check-in-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the month so far, and a row for each measured indicator."""
    review, check_in = calls.review(call), calls.check_in(call)
    given = {one["indicator"]: one["value"] for one in check_in.values}
    return {
        **printing.heading(call.session, review),
        "month": check_in.month,
        "focus": check_in.focus,
        "summary": check_in.summary,
        "obstacles": check_in.obstacles,
        "weeks": [
            {"on": printing.day(call.session, review, one.written_at), "text": one.text}
            for one in check_ins.weekly_notes(call.session, check_in)
        ],
        "values": [
            {
                "indicator": row["indicator"],
                "name": row["name"],
                "target": row["target"],
                "value": given.get(row["indicator"], ""),
            }
            for row in printing.measured(call.session, review)
        ],
    }


@operation("reviewflow.name-focus")
def focus(call: Call) -> Variables:
    """Record the core battle of the month."""
    check_ins.focus(call.session, calls.check_in(call), calls.text(call, "focus"), by=calls.actor(call))
    return {}


@operation("reviewflow.record-summary")
def summarise(call: Call) -> Variables:
    """Record the month's work summary, with how far the indicators are."""
    values = {str(row["indicator"]): str(row.get("value") or "") for row in calls.rows(call, "values")}
    check_ins.summarise(
        call.session,
        calls.check_in(call),
        calls.text(call, "summary"),
        obstacles=calls.text(call, "obstacles"),
        values=values,
        by=calls.actor(call),
    )
    return {}


@operation("reviewflow.record-week")
def week(call: Call) -> Variables:
    """Record what a week brought."""
    check_ins.note_week(call.session, calls.check_in(call), calls.text(call, "note"), by=calls.actor(call))
    return {}


@operation("reviewflow.answer-summary")
def answer(call: Call) -> Variables:
    """Record what the superior says to the work summary."""
    check_ins.answer(call.session, calls.check_in(call), calls.text(call, "answer"), by=calls.actor(call))
    return {}


def _cycle(call: Call) -> Cycle:
    return cycles.found(call.session, int(calls.text(call, "cycle")))
