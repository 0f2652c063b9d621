"""What the quarterly review of indicators calls."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Invalid, Problem
from engine.reviews.operations import calls
from engine.reviews.organisation import people
from engine.reviews.rulebook import library, proposals
from engine.reviews.rulebook.proposals import Wish
from engine.reviews.sentences import Sentence


@operation("reviewflow.indicator-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the library, and with what is proposed so far."""
    rows = proposals.of_round(call.session, str(call.instance_key))
    return {
        "library": [
            {"name": str(entry.rules.get("name", "")), "indicator": entry.entry_id, "version": str(entry.version)}
            for entry in library.entries(call.session)
        ],
        "indicators": [
            {"label": f"{entry.rules.get('name', '')} ({entry.entry_id})", "value": entry.entry_id}
            for entry in library.entries(call.session)
        ],
        "proposals": [
            {
                "indicator": row.entry_id,
                "reason": row.reason,
                "changes": row.changes,
                "proposedBy": people.named(call.session, row.proposed_by).name,
                "decision": None,
                "remark": "",
            }
            for row in rows
        ],
    }


@operation("reviewflow.propose-indicators")
def propose(call: Call) -> Variables:
    """Record what is proposed; sets `proposed`, how many there are."""
    wishes = [
        Wish(str(row.get("indicator") or ""), str(row.get("reason") or ""), str(row.get("changes") or ""))
        for row in calls.rows(call, "proposals")
    ]
    made = proposals.propose(call.session, str(call.instance_key), wishes, by=calls.actor(call))
    return {"proposed": len(made)}


@operation("reviewflow.decide-indicators")
def decide(call: Call) -> Variables:
    """Record the decision on each proposal, in the order of the form; sets `adopted`, how many are."""
    rows, answers = proposals.of_round(call.session, str(call.instance_key)), calls.rows(call, "proposals")
    if len(rows) != len(answers):
        problem = Problem(Sentence("Each proposal is decided"), "proposals", "undecided")
        raise Invalid("Expected to decide on the proposals, but some are left out", [problem])
    for row, said in zip(rows, answers, strict=True):
        adopted, remark = said.get("decision") == "adopt", str(said.get("remark") or "")
        proposals.decide(call.session, row, adopted=adopted, remark=remark, by=calls.actor(call))
    return {"adopted": sum(row.version is not None for row in rows)}
