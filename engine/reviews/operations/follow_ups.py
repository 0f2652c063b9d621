"""What a follow-up calls: HR's decision, the appraisee's choice or application, an ability plan with its practice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.consequences import ability_plans, follow_ups
from engine.reviews.consequences.ability_plans import Held
from engine.reviews.models import AbilityPlan, Practice
from engine.reviews.operations import calls
from engine.reviews.release import results
from engine.reviews.reports import printing


@operation("reviewflow.follow-up-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with what follows the result, why, and what it offers."""
    row, review = calls.follow_up(call), calls.review(call)
    result = results.expected(call.session, review)
    return {
        **printing.heading(call.session, review),
        "subject": _title(row.rule),
        "grounds": row.grounds,
        "present": f"{result.total} {result.grade or ''}".strip(),
        "motive": row.motive,
        "options": [{"label": _title(one), "value": one["id"]} for one in row.rule.get("options", ())],
        "exercises": [
            {"exercise": one["id"], "name": _title(one), "count": str(one["count"]), "note": ""}
            for one in row.rule.get("exercises", ())
        ],
        "months": str(row.rule.get("months", "")),
    }


@operation("reviewflow.decide-follow-up")
def decide(call: Call) -> Variables:
    """Record HR's decision whether it follows; sets `decision`."""
    decision = calls.text(call, "decision")
    follow_ups.decide(
        call.session,
        calls.follow_up(call),
        confirmed=decision == "confirm",
        reason=calls.text(call, "reason"),
        by=calls.actor(call),
    )
    return {"decision": decision}


@operation("reviewflow.choose-option")
def choose(call: Call) -> Variables:
    """Record what the appraisee chose."""
    option, motive = calls.text(call, "option"), calls.text(call, "motive")
    follow_ups.choose(call.session, calls.follow_up(call), option, motive=motive, by=calls.actor(call))
    return {}


@operation("reviewflow.apply-for-offer")
def apply(call: Call) -> Variables:
    """Record the appraisee's application; sets `applies`, false where the offer is not taken up."""
    applies = calls.text(call, "answer") == "apply"
    if applies:
        follow_ups.apply(call.session, calls.follow_up(call), motive=calls.text(call, "motive"), by=calls.actor(call))
    return {"applies": applies}


@operation("reviewflow.judge-application")
def judge(call: Call) -> Variables:
    """Record HR's decision on an application."""
    approved = calls.text(call, "decision") == "confirm"
    reason, by = calls.text(call, "reason"), calls.actor(call)
    follow_ups.judge(call.session, calls.follow_up(call), approved=approved, reason=reason, by=by)
    return {}


@operation("reviewflow.grant-follow-up")
def grant(call: Call) -> Variables:
    """Record what HR granted, and from when on."""
    follow_ups.grant(call.session, calls.follow_up(call), what=calls.text(call, "granted"), by=calls.actor(call))
    return {}


@operation("reviewflow.lapse-follow-up")
def lapse(call: Call) -> Variables:
    """Note that the appraisee did not take it up."""
    follow_ups.lapse(calls.follow_up(call))
    return {}


@operation("reviewflow.ability-sheet")
def ability_sheet(call: Call) -> Variables:
    """Fill a form with an ability plan, what was practised, and what is still to be done."""
    row = calls.follow_up(call)
    plan = ability_plans.of_follow_up(call.session, row)
    left = ability_plans.remaining(call.session, plan)
    names = {one["id"]: _title(one) for one in plan.items}
    return {
        **sheet(call),
        "exercises": [
            {
                "exercise": one["id"],
                "name": names[one["id"]],
                "count": str(one["count"]),
                "note": one["note"],
                "left": str(left[one["id"]]),
            }
            for one in plan.items
        ],
        "choices": [{"label": names[name], "value": name} for name, count in left.items() if count],
        "practised": list(_practised(ability_plans.practised(call.session, plan), names)),
        "endsOn": plan.ends_on.isoformat() if plan.ends_on else "",
    }


@operation("reviewflow.write-ability-plan")
def write(call: Call) -> Variables:
    """Record the ability plan as the appraisee wrote it, in the order of the form."""
    row = calls.follow_up(call)
    said = [str(one.get("note") or "") for one in calls.rows(call, "exercises")]
    notes = dict(zip((one["id"] for one in row.rule["exercises"]), said, strict=False))
    ability_plans.draft(call.session, row, notes, by=calls.actor(call))
    return {}


@operation("reviewflow.agree-ability-plan")
def agree(call: Call) -> Variables:
    """Record whether the superior agrees; sets `agreed`, and `endsOn` where the months run."""
    if calls.text(call, "decision") != "confirm":
        return {"agreed": False, "endsOn": None}
    row, plan = calls.follow_up(call), _ability_plan(call)
    ends_on = ability_plans.agree(call.session, plan, months=int(row.rule["months"]), by=calls.actor(call))
    return {"agreed": True, "endsOn": ends_on.isoformat()}


@operation("reviewflow.record-practice")
def practise(call: Call) -> Variables:
    """Record that something was practised; sets `left`, how often anything is still to be done."""
    held = Held(calls.text(call, "exercise"), calls.day(call, "heldOn"), calls.text(call, "note"))
    left = ability_plans.practise(call.session, _ability_plan(call), held, by=calls.actor(call))
    return {"left": sum(left.values())}


@operation("reviewflow.miss-ability-plan")
def miss(call: Call) -> Variables:
    """Note that the months of an ability plan are over and not everything is done."""
    ability_plans.miss(_ability_plan(call))
    return {}


@operation("reviewflow.ask-second-evaluation")
def ask(call: Call) -> Variables:
    """Record whether the appraisee asks for a second evaluation; sets `asks`."""
    asks = calls.text(call, "answer") == "ask"
    if asks:
        ability_plans.ask(call.session, _ability_plan(call), by=calls.actor(call))
    return {"asks": asks}


@operation("reviewflow.evaluate-again")
def evaluate(call: Call) -> Variables:
    """Record the second evaluation; the result before it stays."""
    grade, reasons = calls.text(call, "grade"), calls.text(call, "reasons")
    ability_plans.evaluate(call.session, _ability_plan(call), grade, reasons=reasons, by=calls.actor(call))
    return {}


@operation("reviewflow.settle-follow-up")
def settle(call: Call) -> Variables:
    """Note that what was to be done is done."""
    follow_ups.settle(calls.follow_up(call))
    return {}


def _ability_plan(call: Call) -> AbilityPlan:
    return ability_plans.of_follow_up(call.session, calls.follow_up(call))


def _title(named: Mapping[str, str]) -> str:
    return f"{named['name']} {named.get('name_en', '')}".strip()


def _practised(rows: Iterable[Practice], names: dict[str, str]) -> Iterator[dict[str, str]]:
    for one in rows:
        yield {"on": one.held_on.isoformat(), "name": names[one.item_id], "note": one.note}
