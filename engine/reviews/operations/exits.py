"""What an exit review calls: the appeal that holds it, the legal points, the union, the decision, the notice."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Invalid, NotFound, Problem
from engine.reviews.models import ExitState, Person
from engine.reviews.operations import calls
from engine.reviews.organisation import people
from engine.reviews.plans import checklists, exits
from engine.reviews.reports import printing
from engine.reviews.sentences import Sentence


@operation("reviewflow.look-at-exit")
def look(call: Call) -> Variables:
    """Begin the exit review; sets `held`, whether it waits for the end of an appeal (E-79)."""
    plan = calls.plan(call)
    exits.begin(call.session, plan)
    return {"held": checklists.is_appealed(call.session, plan)}


@operation("reviewflow.exit-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the legal points as they stand today, and who is outside the line."""
    plan, by = calls.plan(call), calls.actor(call)
    held = exits.begin(call.session, plan)
    return {
        **printing.heading(call.session, calls.review(call)),
        "grounds": plan.grounds,
        "points": [
            {
                "title": point.title,
                "holds": "成立 yes" if point.holds else "不成立 no",
                "shownBy": point.shown_by or (str(point.missing) if not point.holds else ""),
            }
            for point in checklists.points(call.session, plan)
        ],
        "deciders": [
            {"label": person.name, "value": person.username} for person in exits.deciders(call.session, plan, by)
        ],
        "unionOpinion": held.union_opinion,
        "reason": held.reason if held.state is ExitState.DECIDED else "",
    }


@operation("reviewflow.check-exit")
def check(call: Call) -> Variables:
    """Record whether HR lets the exit go on, and who decides; sets `decider`, null where it stops."""
    plan, by, reason = calls.plan(call), calls.actor(call), calls.text(call, "reason")
    if calls.text(call, "decision") != "proceed":
        exits.stop(call.session, plan, reason=reason, by=by)
        return {"decider": None}
    decider = _person(call, "decider")
    compensation = calls.text(call, "compensation")
    exits.check(call.session, plan, decider=decider, compensation=compensation, reason=reason, by=by)
    return {"decider": decider.username}


@operation("reviewflow.hear-union")
def hear(call: Call) -> Variables:
    """Record what the union says."""
    exits.hear_union(call.session, calls.plan(call), calls.text(call, "opinion"), by=calls.actor(call))
    return {}


@operation("reviewflow.decide-exit")
def decide(call: Call) -> Variables:
    """Record what the person outside the line decides."""
    ends, reason = calls.text(call, "decision") == "end", calls.text(call, "reason")
    exits.decide(call.session, calls.plan(call), ends=ends, reason=reason, by=calls.actor(call))
    return {}


@operation("reviewflow.serve-exit-notice")
def serve(call: Call) -> Variables:
    """Record that the notice was served, and the last day or the pay in lieu."""
    exits.serve(
        call.session,
        calls.plan(call),
        served_on=calls.day(call, "servedOn"),
        last_day=calls.day(call, "lastDay"),
        in_lieu=calls.text(call, "inLieu"),
        by=calls.actor(call),
    )
    return {}


def _person(call: Call, name: str) -> Person:
    given = calls.text(call, name)
    try:
        return people.named(call.session, given)
    except NotFound as unknown:
        problem = Problem(Sentence("Nobody has the account {name}", name=given), name, "unknown-person")
        raise Invalid("Expected to name who decides, but nobody has that account", [problem]) from unknown
