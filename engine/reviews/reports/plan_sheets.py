"""What the forms of a plan show: the plan so far, and for HR alone what is looked at before it is opened."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.models import NoteKind, Plan, Review, Role
from engine.reviews.organisation import people
from engine.reviews.plans import gates, notes, plans, statements, trainings, transfers
from engine.reviews.reports import printing

KINDS = {
    NoteKind.WEEK: "每周 Week",
    NoteKind.CHECK_IN: "两周检查 Check-in",
    NoteKind.FORMAL: "正式检查 Formal point",
    NoteKind.FINDINGS: "期满结果 Findings",
}


def of_plan(session: Session, plan: Plan, review: Review, *, by: Identity) -> dict[str, Any]:
    """Fill a form with a plan."""
    offered = transfers.open_of(session, plan)
    return {
        **printing.heading(session, review),
        "grounds": "; ".join(one.text for one in plans.grounds_of(session, plan) if not one.void),
        "objectives": plan.objectives,
        "training": plan.training,
        "months": str(plan.months),
        "mentorName": people.by_key(session, plan.mentor_key).name if plan.mentor_key else "",
        "talkedOn": day(plan.talked_on),
        "minutes": plan.minutes,
        "observationEnds": day(plan.ends_on),
        "findings": plan.findings,
        "notes": [
            {"writtenOn": printing.day(session, review, one.written_at), "kind": KINDS[one.kind], "text": one.text}
            for one in notes.of_plan(session, plan)
        ],
        "trainings": _trainings(session, plan),
        "statements": [
            {"name": people.by_key(session, one.person_key).name, "text": one.text}
            for one in statements.of_plan(session, plan)
        ],
        "offerPost": offered.post if offered else "",
        "offerBegins": day(offered.begins_on) if offered else "",
        "offerTerms": offered.terms if offered else "",
        **(_gate(session, plan) if Role.HR in by.groups else {}),
    }


def day(value: date | None) -> str | None:
    """Write a day, or nothing."""
    return value.isoformat() if value else None


def _trainings(session: Session, plan: Plan) -> list[dict[str, str | None]]:
    return [
        {
            "course": one.course,
            "provider": one.provider,
            "hours": one.hours,
            "heldOn": day(one.held_on),
            "attended": _yes(holds=one.attended),
            "test": one.test,
        }
        for one in trainings.of_plan(session, plan)
    ]


def _gate(session: Session, plan: Plan) -> dict[str, str]:
    seen = gates.look(session, plan)
    return {
        "protected": _yes(holds=seen.protected),
        "onLeave": _yes(holds=seen.on_leave),
        "appealed": _yes(holds=seen.appealed),
        "relapse": _yes(holds=plan.follows_key is not None),
    }


def _yes(*, holds: bool) -> str:
    return "是 yes" if holds else "否 no"
