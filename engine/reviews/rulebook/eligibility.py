"""Eligibility: whether somebody is rated in a cycle, sets targets only, or takes no part, as HR's table says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import exact_json
from engine.bpmn import definitions
from engine.bpmn.models import DecisionDefinition
from engine.errors import Problem
from engine.reviews.cycle import reviews
from engine.reviews.models import Cycle, Review, ReviewState, Treatment
from engine.reviews.organisation import people
from engine.reviews.rulebook import assignments, tables
from engine.reviews.sentences import Sentence

OUT = frozenset({Treatment.NOT_RATED, Treatment.EXCLUDED})
"""Whoever is treated so has no process."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of somebody in a cycle, why, how that was decided, and what is wrong with the answer."""

    treatment: Treatment
    reason: str = ""
    decisions: tuple[dict[str, Any], ...] = ()
    problems: tuple[Problem, ...] = ()


def is_decided(session: Session, cycle: Cycle) -> bool:
    """Tell whether there is a table that decides who is rated in a cycle."""
    return definitions.latest(session, DecisionDefinition, cycle.eligibility_decision) is not None


def of_review(session: Session, cycle: Cycle, review: Review, today: date) -> Ruling:
    """Decide how far an appraisee would take part if the cycle were launched on a day (E-13, E-16, E-17).

    Without a table everybody is rated; a table that names no treatment forbids the launch.
    """
    if not is_decided(session, cycle):
        return Ruling(Treatment.RATED)
    person = people.by_key(session, review.appraisee_key)
    output, record = tables.ask(session, cycle.eligibility_decision, tables.about(session, cycle, person, today))
    given = output if isinstance(output, Mapping) else {}
    if given.get("treatment") in set(Treatment):
        return Ruling(Treatment(str(given["treatment"])), str(given.get("reason") or ""), tuple(record))
    sentence = Sentence(
        "The table {table} answers {answer}, which is no treatment", table=cycle.eligibility_decision, answer=output
    )
    problem = Problem(sentence, cycle.eligibility_decision, "unknown-treatment")
    return Ruling(Treatment.RATED, "", tuple(record), (problem,))


def freeze(session: Session, cycle: Cycle, review: Review, today: date) -> Treatment:
    """Pin the ruling to a review; one of somebody who takes no part is closed with the reason, and never rated."""
    ruling = of_review(session, cycle, review, today)
    review.treatment = ruling.treatment
    review.decisions = exact_json.dumps([*assignments.records(review), *ruling.decisions])
    if ruling.treatment is not Treatment.RATED:
        review.closing_reason = ruling.reason
    if ruling.treatment in OUT:
        review.state = ReviewState.CLOSED
    return ruling.treatment


def close_unrated(review: Review) -> None:
    """Close the review of somebody who only sets targets; the reason stands in it since the launch."""
    reviews.expect_state(review, f"close review {review.key} without a result", ReviewState.RUNNING)
    review.state = ReviewState.CLOSED
