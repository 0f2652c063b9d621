"""What the defence before a panel calls: its questions, its panel, what each member says."""

from __future__ import annotations

from sqlalchemy import select

from engine import calendars
from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.meetings import defences
from engine.reviews.meetings.defences import Answers
from engine.reviews.models import Obstacle, Person, Review
from engine.reviews.operations import calls
from engine.reviews.organisation import employments, people
from engine.reviews.reports import printing

OBSTACLES = {
    Obstacle.MARKET: "市场 Market",
    Obstacle.ABILITY: "能力 Ability",
    Obstacle.STRATEGY: "策略 Strategy",
    Obstacle.NONE: "没有明显障碍 None to speak of",
}


@operation("reviewflow.defence-due")
def due(call: Call) -> Variables:
    """Tell whether the rules want a defence that was not held yet; sets `defenceDue`."""
    return {"defenceDue": defences.is_due(call.session, calls.review(call))}


@operation("reviewflow.defence-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with what the appraisee answered, and with who may sit on the panel."""
    review = calls.review(call)
    defence = defences.of_review(call.session, review)
    prepared = defence is not None and defence.prepared_at is not None
    staff = select(Person).where(
        employments.employed_on(calendars.today(call.session)), Person.key != review.appraisee_key
    )
    return {
        **printing.heading(call.session, review),
        "prepared": prepared,
        "results": defence.results if defence else "",
        "obstacle": defence.obstacle.value if defence and defence.obstacle else None,
        "explanation": defence.explanation if defence else "",
        "nextPlan": defence.next_plan if defence else "",
        "staff": [
            {"label": f"{one.name} {one.name_en}".strip(), "value": one.username}
            for one in call.session.scalars(staff.order_by(Person.employee_id))
        ],
    }


@operation("reviewflow.prepare-defence")
def prepare(call: Call) -> Variables:
    """Record what the appraisee answers to the fixed questions."""
    answers = Answers(
        results=calls.text(call, "results"),
        obstacle=calls.text(call, "obstacle"),
        explanation=calls.text(call, "explanation"),
        next_plan=calls.text(call, "nextPlan"),
    )
    defences.prepare(call.session, calls.review(call), answers, by=calls.actor(call))
    return {}


@operation("reviewflow.convene-defence")
def convene(call: Call) -> Variables:
    """Convene the panel; sets `members`, their accounts."""
    named = call.variables.get("panel")
    panel = [people.named(call.session, str(name)) for name in named] if isinstance(named, list) else []
    defences.convene(call.session, calls.review(call), panel, by=calls.actor(call))
    return {"members": [person.username for person in panel]}


@operation("reviewflow.record-opinion")
def say(call: Call) -> Variables:
    """Record what a member of the panel says."""
    judged, opinion = calls.text(call, "judged"), calls.text(call, "opinion")
    defences.say(call.session, calls.review(call), judged=judged, opinion=opinion, by=calls.actor(call))
    return {}


@operation("reviewflow.end-defence")
def end(call: Call) -> Variables:
    """Keep that the whole panel has heard the defence."""
    defences.end(call.session, calls.review(call))
    return {}


def shown(call: Call, review: Review) -> list[dict[str, str]]:
    """Write a defence as rows of a table, for whoever rates with it at hand."""
    defence = defences.of_review(call.session, review)
    if defence is None or defence.ended_at is None:
        return []
    rows = [{"item": "员工没有按期准备 Not prepared in time", "text": ""}]
    if defence.prepared_at is not None and defence.obstacle is not None:
        rows = [
            {"item": "主要成果 Main results", "text": defence.results},
            {"item": "主要障碍 Main obstacle", "text": f"{OBSTACLES[defence.obstacle]}: {defence.explanation}"},
            {"item": "下季度计划 Plan for next quarter", "text": defence.next_plan},
        ]
    said = [
        {"item": f"评议 Opinion: {person.name}", "text": f"{OBSTACLES[member.judged]}: {member.opinion}"}
        for member, person in defences.members(call.session, defence)
        if member.judged is not None
    ]
    return rows + said
