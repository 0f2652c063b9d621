"""HR's decision tables at the launch: what they are told of somebody, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from engine import feel
from engine.bpmn import decisions, definitions
from engine.bpmn.models import DecisionDefinition
from engine.errors import NotFound
from engine.reviews.models import Cycle, Department, Person, Post
from engine.reviews.organisation import employments


class Answer(NamedTuple):
    """What a table answered."""

    output: object
    """None where it has no answer, for whatever reason."""
    record: list[dict[str, Any]]
    """How it came about, as the history keeps decisions; empty where the table could not be asked."""


def ask(session: Session, decision_id: str, about: Mapping[str, object]) -> Answer:
    """Evaluate a table; what has no answer answers null, for its caller to name."""
    try:
        definition = definitions.find(session, DecisionDefinition, decision_id)
        evaluation = definitions.decision(session, definition).evaluate(about)
        return Answer(evaluation.output, [decisions.record("launch", definition, evaluation)])
    except (NotFound, feel.FeelError):
        return Answer(None, [])


def about(session: Session, cycle: Cycle, person: Person, today: date) -> dict[str, object]:
    """Tell a table where somebody stands on a day, and how much of a cycle's period is theirs."""
    place = employments.placement_of(session, person.key, today)
    post = session.get(Post, place.post_key) if place and place.post_key else None
    department = session.get(Department, place.department_key) if place else None
    spell = employments.spell_of(session, person.key, today)
    away = employments.days_of_leave(session, person.key, cycle.starts_on, cycle.ends_on)
    probation = spell.probation_until if spell else None
    return {
        "post": post.name if post else "",
        "family": post.family if post else "",
        "department": department.code if department else "",
        "kind": cycle.kind.value,
        "employed": employments.is_employed(session, person.key, today),
        "joined": spell.valid_from if spell else None,
        "cutOff": cycle.cut_off or cycle.ends_on,
        "leaveDays": away,
        "periodDays": (cycle.ends_on - cycle.starts_on).days + 1,
        "onProbation": probation is not None and probation >= today,
    }
