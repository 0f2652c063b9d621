"""What a PIP observation calls: gate, plan, answer, notes, training, the days that count, outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Invalid, NotFound, Problem
from engine.reviews.models import NoteKind, Outcome, Person, Plan
from engine.reviews.operations import calls
from engine.reviews.organisation import people
from engine.reviews.plans import (
    answers,
    assessments,
    drafts,
    gates,
    mentoring,
    notes,
    plans,
    spans,
    statements,
    trainings,
    transfers,
)
from engine.reviews.plans.drafts import Objective
from engine.reviews.plans.trainings import Training
from engine.reviews.plans.transfers import Offer
from engine.reviews.reports import plan_sheets
from engine.reviews.sentences import Sentence


@operation("reviewflow.plan-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the plan so far, its notes, trainings and statements, and who may mentor."""
    plan, review = calls.plan(call), calls.review(call)
    return {
        **plan_sheets.of_plan(call.session, plan, review, by=calls.actor(call)),
        "outcomes": [{"label": label, "value": value} for value, label in _outcomes(plan)],
        "candidates": [
            {"label": person.name, "value": person.username} for person in drafts.mentors(call.session, plan)
        ],
    }


@operation("reviewflow.plan-witnesses")
def witnesses(call: Call) -> Variables:
    """Name who led the periods that the plan rests on, where they differ; sets `witnesses`, accounts (E-83)."""
    return {"witnesses": [person.username for person in statements.witnesses(call.session, calls.plan(call))]}


@operation("reviewflow.state-on-plan")
def state(call: Call) -> Variables:
    """Record what a superior states of a period that they led."""
    statements.give(call.session, calls.plan(call), calls.text(call, "statement"), by=calls.actor(call))
    return {}


@operation("reviewflow.confirm-plan")
def confirm(call: Call) -> Variables:
    """Record whether HR opens the plan or dismisses it, with a reason."""
    plan, by, reason = calls.plan(call), calls.actor(call), calls.text(call, "reason")
    if calls.text(call, "decision") == "open":
        reasonable = calls.truth(call, "targetsReasonable")
        gates.confirm(call.session, plan, reason=reason, targets_reasonable=reasonable, by=by)
    else:
        gates.dismiss(call.session, plan, reason=reason, by=by)
    return {}


@operation("reviewflow.write-plan")
def write(call: Call) -> Variables:
    """Record the objectives, the mentor, the training to be given and the months that the superior writes down."""
    drafts.draft(
        call.session,
        calls.plan(call),
        [_objective(row) for row in calls.rows(call, "objectives")],
        mentor=_mentor(call),
        training=calls.text(call, "training"),
        months=int(calls.text(call, "months") or plans.LONGEST),
        by=calls.actor(call),
    )
    return {}


@operation("reviewflow.record-plan-talk")
def talk(call: Call) -> Variables:
    """Record the talk in which the superior went through the plan with the appraisee."""
    held_on = calls.day(call, "heldOn")
    minutes = calls.text(call, "minutes")
    drafts.talk_over(call.session, calls.plan(call), minutes, held_on=held_on, by=calls.actor(call))
    return {}


@operation("reviewflow.answer-plan")
def answer(call: Call) -> Variables:
    """Record whether the appraisee accepts the plan; a refusal has no penalty."""
    accepted, remark = calls.truth(call, "accepted"), calls.text(call, "remark")
    answers.answer(call.session, calls.plan(call), accepted=accepted, comment=remark, by=calls.actor(call))
    return {}


@operation("reviewflow.begin-observation")
def begin(call: Call) -> Variables:
    """Begin the observation of one to three months; sets `observationEnds`, a working day."""
    return {"observationEnds": spans.begin(call.session, calls.plan(call)).isoformat()}


@operation("reviewflow.next-plan-note")
def following(call: Call) -> Variables:
    """Tell whether a note of the header `kind` is due; sets `due`, `at` (null: never) and `mentor` (null: none)."""
    plan = calls.plan(call)
    found = notes.following(call.session, plan, NoteKind(call.headers["kind"]))
    mentor = mentoring.current(call.session, plan)
    return {
        "due": found.due,
        "at": found.at.isoformat() if found.at else None,
        "mentor": mentor.username if mentor else None,
    }


@operation("reviewflow.record-mentor-note")
def note(call: Call) -> Variables:
    """Record the mentor's note of the week."""
    notes.write(call.session, calls.plan(call), calls.text(call, "note"), by=calls.actor(call))
    return {}


@operation("reviewflow.replace-mentor")
def replace(call: Call) -> Variables:
    """Record who mentors the plan from now on; sets `mentor`."""
    mentor = _mentor(call)
    mentoring.name(call.session, calls.plan(call), mentor, by=calls.actor(call))
    return {"mentor": mentor.username}


@operation("reviewflow.record-plan-check-in")
def check_in(call: Call) -> Variables:
    """Record the superior's check-in of two weeks."""
    notes.check_in(call.session, calls.plan(call), calls.text(call, "note"), by=calls.actor(call))
    return {}


@operation("reviewflow.hold-formal-point")
def point(call: Call) -> Variables:
    """Record a formal point; sets `earlyPass`, whether HR lets the appraisee pass before the end."""
    plan, by, early = calls.plan(call), calls.actor(call), calls.truth(call, "earlyPass")
    written = notes.hold_point(call.session, plan, calls.text(call, "note"), support=calls.text(call, "support"), by=by)
    if early:
        assessments.assess(call.session, plan, Outcome.PASSED, reason=written.text, by=by)
    return {"earlyPass": early}


@operation("reviewflow.record-training")
def train(call: Call) -> Variables:
    """Record a training that was given; sets `attended`."""
    texts = {name: calls.text(call, name) for name in ("course", "provider", "trainer", "hours", "test")}
    attended = calls.truth(call, "attended")
    training = Training(**texts, held_on=calls.day(call, "heldOn"), attended=attended)
    trainings.record(call.session, calls.plan(call), training, by=calls.actor(call))
    return {"attended": attended}


@operation("reviewflow.look-at-observation")
def look(call: Call) -> Variables:
    """Count the days that are observed; sets `observationEnds` as it is known today, `countedUntil`, and `over`.

    The last day is `countedUntil` or, where that is off, the next working day: a timer on it moves with the calendar.
    """
    plan = calls.plan(call)
    last = spans.last_day(call.session, plan)
    return {
        "observationEnds": last.isoformat(),
        "countedUntil": spans.counted_until(call.session, plan).isoformat(),
        "over": plans.is_past(call.session, plan, last),
    }


@operation("reviewflow.judge-plan")
def judge(call: Call) -> Variables:
    """Record what the superior found of each objective."""
    assessments.judge(call.session, calls.plan(call), calls.text(call, "findings"), by=calls.actor(call))
    return {}


@operation("reviewflow.assess-plan")
def assess(call: Call) -> Variables:
    """Record the outcome that HR decides, with a reason; sets `outcome`, `observationEnds` and `lessPay`."""
    plan, outcome, by = calls.plan(call), Outcome(calls.text(call, "outcome")), calls.actor(call)
    reason, less_pay = calls.text(call, "reason"), calls.truth(call, "lessPay")
    if outcome is Outcome.TRANSFERRED:
        offered = Offer(calls.text(call, "post"), calls.day(call, "beginsOn"), less_pay, calls.text(call, "terms"))
        transfers.offer(call.session, plan, offered, reason=reason, by=by)
    else:
        assessments.assess(call.session, plan, outcome, reason=reason, by=by)
    return {"observationEnds": plan_sheets.day(plan.ends_on), "lessPay": less_pay}


@operation("reviewflow.answer-transfer")
def consent(call: Call) -> Variables:
    """Record whether the appraisee agrees to a post that is paid less; sets `agreed`."""
    agreed = calls.truth(call, "agreed")
    transfers.answer(
        call.session, calls.plan(call), agreed=agreed, comment=calls.text(call, "remark"), by=calls.actor(call)
    )
    return {"agreed": agreed}


@operation("reviewflow.lapse-transfer")
def lapse(call: Call) -> Variables:
    """Let an offer of a post that is paid less lapse: nobody answered, the pay stays, and HR assesses again."""
    transfers.lapse(call.session, calls.plan(call))
    return {}


def _outcomes(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what may be decided at the end of the observation; a second extension is refused in words (E-91)."""
    extended = "已延长过一次,不能再选 Extended before: not again" if plan.extended_at else ""
    yield Outcome.PASSED, "通过 Passed"
    yield Outcome.EXTENDED, extended or "延长一个月,仅一次 Extended by a month, once"
    yield Outcome.TRANSFERRED, "调岗 Transferred"
    yield Outcome.FAILED, "未通过,第二次认定 Failed: a second finding"


def _objective(row: calls.Answers) -> Objective:
    objective, measure, support = (str(row.get(name) or "") for name in ("objective", "measure", "support"))
    count, due = row.get("count"), row.get("dueOn")
    return Objective(
        objective,
        measure,
        support,
        count=int(str(count)) if count is not None else None,
        due_on=date.fromisoformat(str(due)[:10]) if due else None,
    )


def _mentor(call: Call) -> Person:
    name = calls.text(call, "mentor")
    try:
        return people.named(call.session, name)
    except NotFound as unknown:
        problem = Problem(Sentence("Nobody has the account {name}", name=name), "mentor", "unknown-person")
        raise Invalid("Expected to name a mentor, but nobody has that account", [problem]) from unknown
