"""What a launch calls: the check, the democratic procedure, the receipts, the freeze, the beginning of the reviews."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Invalid, Problem
from engine.identity import SYSTEM
from engine.reviews.cycle import cancellations, cycles, launches
from engine.reviews.models import Procedure, ProcedureRecord, Regulation
from engine.reviews.operations import calls
from engine.reviews.rulebook import regulations
from engine.reviews.sentences import Sentence


@operation("reviewflow.check-cycle")
def check(call: Call) -> Variables:
    """Check a drafted cycle; sets `complete`, `regulation` (none, draft, published) and `consultants`, a group."""
    cycle = calls.cycle(call)
    return {
        "complete": not launches.problems(call.session, cycle),
        "regulation": _state_of(call, cycle.regulation_key),
        "consultants": [launches.consultants(call.session).value],
    }


@operation("reviewflow.cycle-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with what stands in a cycle's way, its regulation, and who has not confirmed to have read it."""
    cycle = calls.cycle(call)
    found = cycles.check(call.session, cycle)
    regulation = _regulation(call)
    return {
        "cycle": cycle.label,
        "period": f"{cycle.starts_on.isoformat()} – {cycle.ends_on.isoformat()}",
        "findings": [
            {"text": one.problem.message, "where": one.problem.where, "blocks": "是 yes" if one.blocks else ""}
            for one in found
        ],
        "title": f"{regulation.title} v{regulation.version}" if regulation else "",
        "text": regulation.text if regulation else "",
        "steps": [_step(row) for row in regulations.procedure(call.session, regulation)] if regulation else [],
        "outstanding": [
            {"employeeId": person.employee_id, "name": person.name}
            for person in regulations.outstanding(call.session, cycle)
        ],
    }


@operation("reviewflow.record-procedure")
def record(call: Call) -> Variables:
    """Record the democratic step in header `step`, find it on record, or return the cycle with a reason."""
    step, decision = Procedure(call.headers.get("step", "")), calls.text(call, "decision")
    if decision == "record":
        regulations.record(
            call.session,
            _expected(call),
            step,
            held_on=calls.day(call, "heldOn"),
            participants=calls.text(call, "participants"),
            minutes=calls.text(call, "minutes"),
            by=calls.actor(call),
        )
    elif decision == "return":
        _return(call)
    elif step not in launches.steps_done(call.session, calls.cycle(call)):
        problem = Problem(
            Sentence("There is no record of the {step}", step=step.value), "decision", "procedure-missing"
        )
        raise Invalid("Expected to find the {step} on record, but it is not", [problem], step=step.value)
    return {}


@operation("reviewflow.publish-regulation")
def publish(call: Call) -> Variables:
    """Publish the cycle's regulation where HR decides so, or return the cycle with a reason."""
    if calls.text(call, "decision") == "publish":
        regulations.publish(call.session, _expected(call), by=calls.actor(call))
    else:
        _return(call)
    return {}


@operation("reviewflow.ask-receipts")
def ask(call: Call) -> Variables:
    """Tell everybody who has not confirmed to have read the regulation; sets `outstanding`, how many they are."""
    return {"outstanding": len(launches.ask_receipts(call.session, calls.cycle(call)))}


@operation("reviewflow.decide-launch")
def decide(call: Call) -> Variables:
    """Take HR's decision: a cycle is cancelled or returned with a reason here; by any other the process goes on."""
    decision, by = calls.text(call, "decision"), calls.actor(call)
    if decision == "cancel":
        cancellations.give_up(call.session, calls.cycle(call), reason=calls.text(call, "reason"), by=by)
    elif decision == "return":
        _return(call)
    return {}


@operation("reviewflow.freeze-cycle")
def freeze(call: Call) -> Variables:
    """Freeze a cycle's rules, people and lines and launch it; sets `frozen`, false where something forbids it now."""
    try:
        cycles.launch(call.session, calls.cycle(call), by=SYSTEM, most=0)
    except Invalid:  # it is found again, and shown, by the check that follows
        return {"frozen": False}
    return {"frozen": True}


@operation("reviewflow.begin-reviews")
def begin(call: Call) -> Variables:
    """Begin the first batch of a launched cycle's reviews; the others follow in the background. Sets `waiting`."""
    return {"waiting": cycles.begin_waiting(call.session, calls.cycle(call), by=SYSTEM)}


def _return(call: Call) -> None:
    requested_by, reason = calls.text(call, "requestedBy"), calls.text(call, "reason")
    launches.return_(call.session, calls.cycle(call), requested_by=requested_by, reason=reason)


def _regulation(call: Call) -> Regulation | None:
    key = calls.cycle(call).regulation_key
    return None if key is None else regulations.found(call.session, key)


def _expected(call: Call) -> Regulation:
    regulation = _regulation(call)
    if regulation is None:
        problem = Problem(Sentence("No regulation governs it"), "cycle", "no-regulation")
        raise Invalid(
            "Expected to go on with the launch of {text}, but not without", [problem], text=calls.text(call, "cycle")
        )
    return regulation


def _state_of(call: Call, key: int | None) -> str:
    if key is None:
        return "none"
    return "draft" if regulations.found(call.session, key).published_at is None else "published"


def _step(row: ProcedureRecord) -> dict[str, str]:
    return {
        "step": _STEPS[row.step],
        "heldOn": row.held_on.isoformat(),
        "participants": row.participants,
        "minutes": row.minutes,
    }


_STEPS = {Procedure.DISCUSSION: "讨论 Discussion", Procedure.CONSULTATION: "协商 Consultation"}
