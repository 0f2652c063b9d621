"""Eligibility: whether somebody is rated in a cycle, sets targets only, or takes no part, as HR's table says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import exact_json
from engine.errors import Problem
from engine.reviews.cycle import reviews
from engine.reviews.models import Review, ReviewState, Treatment
from engine.reviews.rulebook import assignments
from engine.reviews.rulebook.tables import Tables
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


def is_decided(tables: Tables) -> bool:
    """Tell whether there is a table that decides who is rated in a cycle."""
    return tables.deployed(tables.cycle.eligibility_decision) is not None


def of_review(review: Review, tables: Tables) -> Ruling:
    """Decide how far an appraisee would take part if the cycle were launched on a day (E-13, E-16, E-17).

    Without a table everybody is rated; a table that names no treatment forbids the launch.
    """
    if not is_decided(tables):
        return Ruling(Treatment.RATED)
    table = tables.cycle.eligibility_decision
    output, record = tables.ask(table, review.appraisee_key)
    given = output if isinstance(output, Mapping) else {}
    if given.get("treatment") in set(Treatment):
        return Ruling(Treatment(str(given["treatment"])), str(given.get("reason") or ""), tuple(record))
    sentence = Sentence("The table {table} answers {answer}, which is no treatment", table=table, answer=output)
    problem = Problem(sentence, table, "unknown-treatment")
    return Ruling(Treatment.RATED, "", tuple(record), (problem,))


def freeze(review: Review, tables: Tables) -> Treatment:
    """Pin the ruling to a review; one of somebody who takes no part is closed with the reason, and never rated."""
    ruling = of_review(review, tables)
    review.treatment = ruling.treatment
    review.decisions = exact_json.dumps([*assignments.records(review), *ruling.decisions])
    if ruling.treatment is not Treatment.RATED:
        review.closing_reason = ruling.reason
    if ruling.treatment in OUT:
        review.state = ReviewState.CLOSED
    return ruling.treatment


def close_unrated(review: Review) -> None:
    """Close the review of somebody who only sets targets; the reason stands in it since the launch."""
    reviews.expect_state(review, Sentence("close review {key} without a result", key=review.key), ReviewState.RUNNING)
    review.state = ReviewState.CLOSED
