"""Checklists: what must hold before a contract may be ended for incompetence, each point with what shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Problem
from engine.reviews.models import PENDING, Appeal, AppealState, Outcome, Plan
from engine.reviews.organisation import employments
from engine.reviews.plans import chains, plans
from engine.reviews.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the checklist.

    Attributes:
        holds: whether it holds today.
        title: what must hold, in both languages.
        shown_by: what shows it, or what is missing.
        missing: the sentence that refuses where it does not hold.
    """

    name: str
    title: str
    holds: bool
    shown_by: str
    missing: Sentence

    def to_json(self) -> dict[str, Any]:
        """Write it as it is kept."""
        return {**asdict(self), "missing": "" if self.holds else str(self.missing)}


def points(session: Session, plan: Plan) -> list[Point]:
    """Go through the checklist as it stands today."""
    return [
        _first(session, plan),
        _remedy(session, plan),
        _second(session, plan),
        _unprotected(session, plan),
        _unappealed(session, plan),
    ]


def problems(found: Sequence[Point], where: str = "") -> Iterator[Problem]:
    """Name the points that do not hold."""
    for point in found:
        if not point.holds:
            yield Problem(point.missing, where or point.name, point.name)


def is_appealed(session: Session, plan: Plan) -> bool:
    """Tell whether an appeal of the appraisee is not over that is about a result a ground of the chain rests on."""
    keys = {one.review_key for one in chains.of_plan(session, plan)} | chains.review_keys(session, plan)
    open_ones = select(Appeal.key).where(Appeal.review_key.in_(keys), Appeal.state.in_((AppealState.LATE, *PENDING)))
    return session.scalar(open_ones.limit(1)) is not None


def _first(session: Session, plan: Plan) -> Point:
    found = chains.first_finding(session, plan)
    shown = f"{found[1].isoformat()}: {found[0].text}" if found else ""
    missing = Sentence("No first finding holds: nothing that opened the plan stands")
    return Point("first-finding", "第一次不胜任的认定 First finding", found is not None, shown, missing)


def _remedy(session: Session, plan: Plan) -> Point:
    given = chains.remedies(session, plan)
    shown = "; ".join(f"{one.given_on.isoformat()}: {one.what} {one.hours}".strip() for one in given)
    missing = Sentence("Neither training nor transfer lies between the findings: a signed plan is none")
    return Point("remedy", "其间的培训或调岗 Training or transfer between", bool(given), shown, missing)


def _second(_session: Session, plan: Plan) -> Point:
    holds = plan.outcome is Outcome.FAILED and bool(plan.findings)
    shown = f"{plan.ended_at:%Y-%m-%d}: {plan.reason}" if holds and plan.ended_at else ""
    missing = Sentence("There is no second finding")
    return Point("second-finding", "第二次不胜任的认定 Second finding", holds, shown, missing)


def _unprotected(session: Session, plan: Plan) -> Point:
    held = employments.protections_of(session, plan.appraisee_key, plans.today_of(session, plan))
    missing = Sentence("The appraisee is protected against notice today (Labour Contract Law art. 42)")
    return Point("protection", "不属于第四十二条的情形 Not protected (art. 42)", not held, "", missing)


def _unappealed(session: Session, plan: Plan) -> Point:
    holds = not is_appealed(session, plan)
    missing = Sentence("An appeal against a result that it rests on is not over")
    return Point("appeal", "没有未结的申诉 No open appeal", holds, "", missing)
