"""Trainings that were given in a plan: with hours, provider and attendance; a signed plan is none (section 6.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import Plan, PlanState, PlanTraining
from engine.reviews.plans import mentoring, plans
from engine.reviews.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Training:
    """A training as it is recorded.

    Attributes:
        hours: a decimal number above zero.
        held_on: its last day.
        test: how it was tested, and how that went.
    """

    course: str
    provider: str
    trainer: str
    hours: str
    held_on: date
    attended: bool
    test: str = ""


def record(session: Session, plan: Plan, training: Training, *, by: Identity) -> PlanTraining:
    """Record that a training was given, as the superior or HR.

    Raises:
        Forbidden: `by` is neither.
        Conflict: the observation does not run.
        Invalid: it names no course, provider or trainer, has no hours, or lies in the future.
    """
    intent = Sentence("record a training in plan {key}", key=plan.key)
    mentoring.expect_lead(session, plan, by, intent)
    plans.expect_state(plan, intent, PlanState.OBSERVED)
    if problems := list(_problems(training)):
        raise Invalid("Expected to {intent}, but the record is not complete", problems, intent=intent)
    plans.expect_past(session, plan, training.held_on, "heldOn", intent)
    row = PlanTraining(
        plan_key=plan.key,
        course=training.course,
        provider=training.provider,
        trainer=training.trainer,
        hours=training.hours.strip(),
        held_on=training.held_on,
        attended=training.attended,
        test=training.test,
        recorded_by=by.username,
        recorded_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # whether there was a training depends on it
    return row


def of_plan(session: Session, plan: Plan) -> Sequence[PlanTraining]:
    """List the trainings that were recorded, the first one first."""
    own = select(PlanTraining).where(PlanTraining.plan_key == plan.key)
    return session.scalars(own.order_by(PlanTraining.key)).all()


def given(session: Session, plan: Plan) -> Sequence[PlanTraining]:
    """List the trainings that the appraisee attended."""
    return [one for one in of_plan(session, plan) if one.attended]


def _problems(training: Training) -> Iterator[Problem]:
    texts = {"course": training.course, "provider": training.provider, "trainer": training.trainer}
    for name, text in texts.items():
        if not text.strip():
            yield Problem(Sentence("It must not be empty"), name, "empty")
    if not _is_above_zero(training.hours):
        sentence = Sentence("A training has hours: a signed plan, or a record without them, is no training")
        yield Problem(sentence, "hours", "no-hours")


def _is_above_zero(text: str) -> bool:
    try:
        return Decimal(text) > 0
    except InvalidOperation:
        return False
