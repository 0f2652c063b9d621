"""Grade bands: whether the table that grades totals gives each one a grade, and one of the scale's levels (X-21)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy.orm import Session

from engine import feel
from engine.bpmn import definitions
from engine.bpmn.models import DecisionDefinition, DecisionRequirements
from engine.dmn import Decision
from engine.errors import Problem
from engine.reviews.rulebook.rules import Template
from engine.reviews.sentences import Sentence

ASKED = "total"
"""What such a table is asked with; of one that asks for more nothing can be said beforehand."""

_BOUND = re.compile(rb"\d+(?:\.\d+)?")
_OFTEN_REACHED = (0, 100, 200)


def problems(session: Session, table: DecisionDefinition, template: Template) -> Iterator[Problem]:
    """Name the totals that the table leaves without a grade or gives two, and grades that are no level of the scale.

    Between two bounds a table answers alike, so each bound and its two neighbours are asked.
    """
    answers = _answers(session, table, template)
    levels = {name for one in template.levels for name in (one.id, one.name)}
    if ungraded := [total for total, answer in answers.items() if answer is None]:
        sentence = Sentence(
            "The table {table} gives a total of {total} no grade, or more than one",
            table=table.decision_id,
            total=str(min(ungraded)),
        )
        yield Problem(sentence, table.decision_id, "bands-with-hole")
    for grade in sorted({answer for answer in answers.values() if answer is not None} - levels) if levels else ():
        sentence = Sentence(
            "The table {table} answers {grade}, which is no level", table=table.decision_id, grade=grade
        )
        yield Problem(sentence, table.decision_id, "unknown-level")


def grades(session: Session, template: Template) -> list[str]:
    """List the grades that a template's totals may get, the highest first: its levels, else what its table answers."""
    if template.levels:
        return [one.id for one in template.levels]
    table = definitions.latest(session, DecisionDefinition, template.grade_decision)
    answers = _answers(session, table, template) if table else {}
    return list(dict.fromkeys(answers[total] or "" for total in sorted(answers, reverse=True)))


def _answers(session: Session, table: DecisionDefinition, template: Template) -> dict[Decimal, str | None]:
    """Ask a table of totals at each bound and beside it; nothing where it asks for more than a total."""
    requirements = definitions.get(session, DecisionRequirements, table.requirements_key)
    if [set(columns.inputs) for columns in definitions.columns(session, requirements).values()] != [{ASKED}]:
        return {}
    decision = definitions.decision(session, table)
    xml = definitions.xml(session, requirements.key, DecisionRequirements)
    return {total: _answer(decision, total) for total in _totals(xml, template.scale.places)}


def _totals(xml: bytes, places: int) -> list[Decimal]:
    step = Decimal(1).scaleb(-places)
    bounds = {Decimal(found.decode()) for found in _BOUND.findall(xml)} | set(map(Decimal, _OFTEN_REACHED))
    highest = max(_OFTEN_REACHED)
    near = {total for bound in bounds for total in (bound - step, bound, bound + step)}
    return sorted(total for total in near if 0 <= total <= highest)


def _answer(decision: Decision, total: Decimal) -> str | None:
    try:
        output = decision.evaluate({ASKED: total}).output
    except feel.FeelError:
        return None
    return output if isinstance(output, str) else None
