"""Neither a review's rows nor its state nor the process's memory grow with what is already finished."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn.models import ElementInstance, HistoryRow, ProcessInstance
from simulation.invariants.evidence import Evidence, Violation

LARGEST_STATE = 10_000
"""Bytes of state that an instance may have."""

MOST_ROWS = 300
"""Rows of history and stays that one review may have on average."""

MOST_GROWTH = 1.5
"""How many times the memory after the launch the process may have in the end, at most."""


def nothing_grows(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Rows per review, bytes of state and memory stay flat."""
    largest = session.scalar(select(func.max(func.length(ProcessInstance.state_blob)))) or 0
    if largest > LARGEST_STATE:
        yield Violation("the largest state", None, f"has {largest} bytes, more than {LARGEST_STATE}")
    counts = [session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (HistoryRow, ElementInstance)]
    if (each := sum(counts) / max(1, len(evidence.diary.reviews))) > MOST_ROWS:
        yield Violation("the rows", None, f"{each:.0f} per review, more than {MOST_ROWS}")
    days = evidence.diary.days
    launched = next((day for day in days if day.open), None)
    if launched is not None and days[-1].bytes > launched.bytes * MOST_GROWTH:
        grown = f"from {launched.bytes} bytes after the launch to {days[-1].bytes}"
        yield Violation("memory", days[-1].day, f"grew {grown}")
