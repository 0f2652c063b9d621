"""Grading: what a decision table calls a total."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from engine.bpmn import evaluations
from engine.errors import Conflict
from engine.identity import SYSTEM
from engine.reviews.models import Result
from engine.reviews.rulebook import templates


def grade_of(session: Session, result: Result, total: str, decision_id: str = "") -> str:
    """Name the grade that a table gives a total: the template's own unless another is named.

    Raises:
        Conflict: it gives it none.
    """
    table = decision_id or templates.rules(session, result.template_key).grade_decision
    answer = evaluations.evaluate(session, decision_id=table, variables={"total": Decimal(total)}, by=SYSTEM)
    if answer.record is None or not isinstance(answer.record["output"], str):
        raise Conflict("Expected to grade a total of {total}, but {table} gives it no grade", total=total, table=table)
    return answer.record["output"]
