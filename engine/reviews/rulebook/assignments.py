"""Assignments: which rules score whom, decided by tables that HR edits, and kept with the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import exact_json
from engine.errors import Problem
from engine.reviews.models import Review, TemplateVersion
from engine.reviews.rulebook import templates
from engine.reviews.rulebook.publishing import publishing_problems
from engine.reviews.rulebook.rules import Template
from engine.reviews.rulebook.tables import Tables
from engine.reviews.sentences import Sentence, UnreadableError


@dataclass(frozen=True, slots=True)
class Assignment:
    """The rules for one appraisee, why they are those, and what is wrong with them."""

    template_key: int
    dimension_weights: dict[str, str]
    decisions: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...]


def of_review(review: Review, tables: Tables) -> Assignment:
    """Decide by which rules a review would be scored if its cycle were launched on the tables' day."""
    row, first, problems = _template(review, tables)
    template = tables.rules(row.key)
    if not template.dimension_decision:
        return Assignment(row.key, {}, tuple(first), tuple(problems))
    answer, record = tables.ask(template.dimension_decision, review.appraisee_key)
    weights, wrong = _weights(template, answer)
    return Assignment(row.key, weights, (*first, *record), (*problems, *wrong))


def freeze(review: Review, tables: Tables) -> None:
    """Pin the rules to the review, with the record of how they were decided."""
    chosen = of_review(review, tables)
    review.template_key = chosen.template_key
    review.dimension_weights = chosen.dimension_weights
    review.decisions = exact_json.dumps(list(chosen.decisions))


def records(review: Review) -> list[dict[str, Any]]:
    """List how the rules of a review were decided, as the history keeps decisions."""
    kept: list[dict[str, Any]] = exact_json.loads(review.decisions)
    return kept


def told(review: Review) -> list[str]:
    """Say which tables decided on the rules of a review: their inputs and what they answered.

    Whether somebody takes part rests on leave and probation, which are no superior's to read: no sheet tells of it.
    """
    return [
        f"{one['decision']} v{one['version']}: {_listed(one['inputs'])} → {_listed(one['output'])}"
        for one in records(review)
        if not _is_ruling(one)
    ]


def _is_ruling(record: Mapping[str, Any]) -> bool:
    """Tell whether a decision is the one on who takes part, by what it answers."""
    return isinstance(record["output"], Mapping) and "treatment" in record["output"]


def _listed(values: object) -> str:
    if not isinstance(values, Mapping):
        return str(values)
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _template(review: Review, tables: Tables) -> tuple[TemplateVersion, list[dict[str, Any]], list[Problem]]:
    cycle = tables.cycle
    if not cycle.template_decision:
        return tables.own, [], []
    answer, record = tables.ask(cycle.template_decision, review.appraisee_key)
    if answer is None and record:
        return tables.own, record, []
    chosen = tables.templates.get(answer) if isinstance(answer, str) else None
    if chosen is not None:
        return chosen, record, []
    post = tables.register.post(review.appraisee_key)
    sentence = Sentence(
        "For post {post} the table {table} answers {answer}, which is no published template",
        post=post.name if post else "-",
        table=cycle.template_decision,
        answer=answer,
    )
    return tables.own, record, [Problem(sentence, cycle.template_decision, "unknown-template")]


def _weights(template: Template, answer: object) -> tuple[dict[str, str], list[Problem]]:
    """Read the weights of the dimensions; they must be all there and total 100 like any others."""
    given = {name: str(value) for name, value in answer.items()} if isinstance(answer, Mapping) else {}
    if set(given) != {dimension.id for dimension in template.dimensions}:
        sentence = Sentence("It does not give each dimension its weight")
        return {}, [Problem(sentence, template.dimension_decision, "weights-missing")]
    try:
        weighed = templates.weighed(template, given)
    except UnreadableError as error:
        return {}, [Problem(error.sentence, template.dimension_decision, "weights-unreadable")]
    return given, publishing_problems(weighed)
