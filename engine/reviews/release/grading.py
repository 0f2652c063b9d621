"""Grading: what a decision table calls a total."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from engine.bpmn import evaluations
from engine.errors import Conflict
from engine.identity import SYSTEM

BANDS = "grade-bands"
"""The table that grades a total in the processes that are shipped."""


def grade_of(session: Session, total: str, decision_id: str = BANDS) -> str:
    """Name the grade that a table gives a total.

    Raises:
        Conflict: it gives it none.
    """
    answer = evaluations.evaluate(session, decision_id=decision_id, variables={"total": Decimal(total)}, by=SYSTEM)
    if answer.record is None or not isinstance(answer.record["output"], str):
        raise Conflict(f"Expected to grade a total of {total}, but {decision_id} gives it no grade")
    return answer.record["output"]
