"""What a PIP observation calls: gate, plan, answer, observation, notes, outcome."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Invalid, NotFound, Problem
from engine.reviews.cases import plans
from engine.reviews.cases.plans import Objective
from engine.reviews.models import Outcome, Person, Plan
from engine.reviews.operations import calls
from engine.reviews.organisation import people
from engine.reviews.reports import printing
from engine.reviews.sentences import Sentence


@operation("reviewflow.plan-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the plan so far, its notes, and who may mentor."""
    plan, review = calls.plan(call), calls.review(call)
    return {
        **printing.heading(call.session, review),
        "grounds": plan.grounds,
        "objectives": plan.objectives,
        "training": plan.training,
        "mentorName": people.by_key(call.session, plan.mentor_key).name if plan.mentor_key else "",
        "outcomes": [{"label": label, "value": value} for value, label in _outcomes(plan)],
        "observationEnds": _observation_ends(plan),
        "notes": [
            {"writtenOn": printing.day(call.session, review, note.written_at), "text": note.text}
            for note in plans.notes_of(call.session, plan)
        ],
        "candidates": [
            {"label": person.name, "value": person.username} for person in plans.mentors(call.session, plan)
        ],
    }


@operation("reviewflow.confirm-plan")
def confirm(call: Call) -> Variables:
    """Record whether HR opens the plan or dismisses it, with a reason."""
    plan, by, reason = calls.plan(call), calls.actor(call), calls.text(call, "reason")
    if calls.text(call, "decision") == "open":
        plans.confirm(plan, reason=reason, by=by)
    else:
        plans.dismiss(plan, reason=reason, by=by)
    return {}


@operation("reviewflow.write-plan")
def write(call: Call) -> Variables:
    """Record the objectives, the mentor and the training that the superior writes down."""
    names = ("objective", "measure", "support")
    objectives = [Objective(*(str(row.get(name) or "") for name in names)) for row in calls.rows(call, "objectives")]
    plans.draft(
        call.session,
        calls.plan(call),
        objectives,
        mentor=_mentor(call),
        training=calls.text(call, "training"),
        by=calls.actor(call),
    )
    return {}


@operation("reviewflow.answer-plan")
def answer(call: Call) -> Variables:
    """Record whether the appraisee accepts the plan; a refusal has no penalty."""
    accepted, remark = calls.truth(call, "accepted"), calls.text(call, "remark")
    plans.answer(call.session, calls.plan(call), accepted=accepted, comment=remark, by=calls.actor(call))
    return {}


@operation("reviewflow.begin-observation")
def begin(call: Call) -> Variables:
    """Begin the observation of three months; sets `observationEnds`, a working day."""
    return {"observationEnds": plans.observe(call.session, calls.plan(call)).isoformat()}


@operation("reviewflow.record-mentor-note")
def note(call: Call) -> Variables:
    """Record the mentor's note."""
    plans.note(call.session, calls.plan(call), calls.text(call, "note"), by=calls.actor(call))
    return {}


@operation("reviewflow.assess-plan")
def assess(call: Call) -> Variables:
    """Record how the observation ends, or that it is extended once, as a person decides; sets `observationEnds`."""
    plan, outcome = calls.plan(call), Outcome(calls.text(call, "outcome"))
    plans.assess(call.session, plan, outcome, reason=calls.text(call, "reason"), by=calls.actor(call))
    return {"observationEnds": _observation_ends(plan)}


def _observation_ends(plan: Plan) -> str | None:
    return plan.ends_on.isoformat() if plan.ends_on else None


def _outcomes(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what may be decided at the end of the observation: it is extended only once (E-91)."""
    yield Outcome.PASSED, "通过 Passed"
    if plan.extended_at is None:
        yield Outcome.EXTENDED, "延长一个月,仅一次 Extended by a month, once"
    yield Outcome.TRANSFERRED, "调岗 Transferred"
    yield Outcome.FAILED, "未通过 Failed"


def _mentor(call: Call) -> Person:
    name = calls.text(call, "mentor")
    try:
        return people.named(call.session, name)
    except NotFound as unknown:
        problem = Problem(Sentence("Nobody has the account {name}", name=name), "mentor", "unknown-person")
        raise Invalid("Expected to write a plan, but its mentor is not known", [problem]) from unknown
