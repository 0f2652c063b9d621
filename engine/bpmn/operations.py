"""Operations: what a service task may call by name, and what a user task's form may be filled with (D9, D20)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from engine import db
from engine.bpmn.models import Variables
from engine.errors import ErrorType, Incident, Refusal
from engine.sentences import Sentence

log = logging.getLogger(__name__)

PREFIX = "reviewflow."
"""A task type with this prefix names an operation of ours; any other is a job for an external worker."""

PREFILL = "prefill"
"""The task header that names the operation whose result a user task's form is filled with."""


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation is called with.

    Attributes:
        session: the transition's transaction, which the operation joins.
        instance_key: the process instance that calls.
        business_id: the business id of that instance.
        element_id: the service task, or the user task whose form is filled.
        variables: the process variables that the task sees.
        headers: the task's headers, as the diagram gives them.
        now: the instant of the transition.
        by: the account whose action brought the process here.
    """

    session: Session
    instance_key: int
    business_id: str | None
    element_id: str
    variables: Mapping[str, object]
    headers: Mapping[str, str]
    now: datetime
    by: str


class BpmnError(Exception):
    """An outcome that the diagram handles by an error event; `code` is the event's error code."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message


Operation = Callable[[Call], Variables]

_operations: dict[str, Operation] = {}

_taking: set[str] = set()
"""The operations by which a process takes a case as its own: one message begins one such process alone."""


def operation(name: str, *, takes: bool = False) -> Callable[[Operation], Operation]:
    """Register a function as the operation of a name that begins with `reviewflow.`.

    By one that `takes` a process takes a case as its own: of the processes that a message begins only one may call it.
    """
    if not name.startswith(PREFIX) or name in _operations:
        raise ValueError(f"{name} is no free name that begins with {PREFIX}")

    def register(function: Operation) -> Operation:
        _operations[name] = function
        _taking.update({name} if takes else ())
        return function

    return register


def taking() -> frozenset[str]:
    """Return the names of the operations by which a process takes a case as its own."""
    return frozenset(_taking)


def exists(name: str) -> bool:
    """Whether there is an operation of this name."""
    return name in _operations


def names() -> list[str]:
    """Return the names of all operations."""
    return sorted(_operations)


def described() -> dict[str, str]:
    """Return every operation's name and what its docstring says."""
    return {name: (function.__doc__ or "").strip() for name, function in sorted(_operations.items())}


def perform(name: str, call: Call) -> Variables:
    """Call an operation and return the variables it sets.

    Raises:
        BpmnError: an outcome that the diagram handles.
        engine.errors.Refusal: the operation refuses what it was called with.
        Incident: it failed as nobody foresaw.
    """
    with _Foreseen(name, call):
        return _operations[name](call)


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """Makes a failure of an operation that nobody foresaw one of its process, and logs it.

    What the database says of itself goes through: it is another transaction's matter, or the caller's.
    """

    name: str
    call: Call

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: type | None, error: BaseException | None, _where: TracebackType | None) -> None:
        if not isinstance(error, Exception) or isinstance(error, _FORESEEN):
            return
        log.error("Failed to perform %s at %s", self.name, self.call.element_id, exc_info=error)
        intent = Sentence(
            "perform {name} for process instance {instance_key}", name=self.name, instance_key=self.call.instance_key
        )
        reason = Sentence("{kind}: {error}", kind=type(error).__name__, error=db.reason(error))
        kind = ErrorType.JOB_NO_RETRIES
        raise Incident(
            "Expected to {intent}, but {reason}",
            element_id=self.call.element_id,
            kind=kind,
            intent=intent,
            reason=reason,
        ) from error


_FORESEEN = (BpmnError, Refusal, OperationalError, StaleDataError, DataError)
