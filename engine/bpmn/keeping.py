"""What the database keeps of a step, and what becomes of one that it cannot keep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError

from engine import db
from engine.bpmn.steps import Step
from engine.errors import ErrorType
from engine.sentences import Sentence


@contextmanager
def kept(step: Step) -> Iterator[None]:
    """Write a step; what the database cannot keep of it, such as a key of thousands of letters, stops it.

    Raises:
        Incident: the process cannot go on.
    """
    try:
        yield
    except DataError as error:
        *_, (last, _, _) = step.details.get("trace") or [[step.instance.process_id, "", 0]]
        reason = Sentence("the database cannot keep what it made: {error}", error=db.reason(error))
        raise step.incident(last, reason, ErrorType.EXTRACT_VALUE_ERROR) from error
