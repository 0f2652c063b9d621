"""Drafts: the objectives of a plan, its mentor and the training to be given, and the talk about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Person, Plan, PlanState
from engine.reviews.organisation import employments
from engine.reviews.plans import plans
from engine.reviews.plans.plans import LONGEST
from engine.reviews.sentences import Sentence, expect_text


@dataclass(frozen=True, slots=True)
class Objective:
    """What is to be reached, how that is seen, and what the employer contributes.

    Attributes:
        count: how many times, where it is counted, such as 5 negotiations (L001-14).
        due_on: by when, where that is before the observation ends.
    """

    objective: str
    measure: str
    support: str
    count: int | None = None
    due_on: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it as it is kept; what is not said is left out."""
        said: dict[str, Any] = {"objective": self.objective, "measure": self.measure, "support": self.support}
        if self.count is not None:
            said["count"] = self.count
        if self.due_on is not None:
            said["dueOn"] = self.due_on.isoformat()
        return said


def mentors(session: Session, plan: Plan) -> Sequence[Person]:
    """List who may mentor: everybody employed but the appraisee and the own superior."""
    others = select(Person).where(Person.key.not_in([plan.appraisee_key, plans.superior_key(session, plan)]))
    return session.scalars(
        others.where(employments.employed_on(calendars.today(session))).order_by(Person.employee_id)
    ).all()


def draft(
    session: Session,
    plan: Plan,
    objectives: Sequence[Objective],
    *,
    mentor: Person,
    training: str,
    by: Identity,
    months: int = LONGEST,
) -> None:
    """Write down objectives, mentor, the training to be given, and how long it is observed, as the superior.

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: the plan is not confirmed, or drafted already.
        Invalid: there are no objectives, one is not complete, the mentor is appraisee or superior, no training is
            named, or it is observed for less than a month or more than three.
    """
    intent = Sentence("draft plan {key}", key=plan.key)
    reviews.expect_person(session, plans.superior_key(session, plan), by, intent)
    plans.expect_state(plan, intent, PlanState.CONFIRMED)
    expect_text(training, "training", intent)
    problems = [*objective_problems(objectives)]
    if mentor.key in {plan.appraisee_key, plans.superior_key(session, plan)}:
        problems.append(Problem(Sentence("Neither appraisee nor superior is the mentor"), "mentor", "own-mentor"))
    if not 1 <= months <= LONGEST:
        sentence = Sentence("It must be from {least} to {most} months", least=1, most=LONGEST)
        problems.append(Problem(sentence, "months", "months"))
    if problems:
        raise Invalid("Expected to {intent}, but it is not complete", problems, intent=intent)
    plan.objectives = [objective.to_json() for objective in objectives]
    plan.mentor_key, plan.training, plan.months = mentor.key, training, months
    plan.state = PlanState.DRAFTED


def objective_problems(objectives: Sequence[Objective]) -> list[Problem]:
    """Name what is missing in objectives."""
    if not objectives:
        return [Problem(Sentence("There are no objectives"), "objectives", "no-objectives")]
    problems = [
        Problem(Sentence("It must not be empty"), f"objectives[{number}].{name}", "empty")
        for number, one in enumerate(objectives)
        for name, text in (("objective", one.objective), ("measure", one.measure), ("support", one.support))
        if not text.strip()
    ]
    counted = [(number, one.count) for number, one in enumerate(objectives) if one.count is not None]
    return problems + [
        Problem(Sentence("It must be one or more"), f"objectives[{number}].count", "count")
        for number, count in counted
        if count < 1
    ]


def talk_over(session: Session, plan: Plan, minutes: str, *, held_on: date, by: Identity) -> None:
    """Record that the superior talked the plan over with the appraisee.

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: the plan is not drafted.
        Invalid: there are no minutes, or it was held in the future.
    """
    intent = Sentence("record the talk on plan {key}", key=plan.key)
    reviews.expect_person(session, plans.superior_key(session, plan), by, intent)
    plans.expect_state(plan, intent, PlanState.DRAFTED)
    expect_text(minutes, "minutes", intent)
    plans.expect_past(session, plan, held_on, "heldOn", intent)
    plan.talked_on, plan.minutes = held_on, minutes
