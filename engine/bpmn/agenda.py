"""What one instance causes in others, within the same transaction: calls, messages, signals.

A step first brings its own instance to the next wait and saves it; what it causes elsewhere is put here and done after
it, in order, so that no instance is ever moved while it is being moved. The modules of the nouns concerned say how,
with `handles`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.bpmn.models import Variables
from engine.bpmn.store import Instance
from engine.errors import Incident

LIMIT = 10_000
"""How many causes one transaction may work off; processes that send each other messages for ever reach it."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A called process has completed with these variables."""

    variables: Variables


@dataclass(frozen=True, slots=True)
class Freed:
    """An instance that a message with this correlation key started has ended: another may start its process."""

    correlation_key: str


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that a step of an instance causes elsewhere: an effect of the executor, or that it returned."""

    instance: Instance
    effect: object
    by: str


Handler = Callable[[Session, Cause], None]

_handlers: dict[type, Handler] = {}


def handles(kind: type) -> Callable[[Handler], Handler]:
    """Register a function as what works off the causes of one kind."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def put(session: Session, cause: Cause) -> None:
    """Work a cause off after the step that brought it about, in the same transaction."""
    session.info.setdefault("agenda", deque()).append(cause)


def settle(session: Session) -> None:
    """Work off all that is on the agenda, and what that causes in turn.

    Raises:
        Incident: there is no end to it.
    """
    if session.info.get("settling"):
        return
    from engine.bpmn import calls, messages, signals  # noqa: F401, PLC0415 - they stand above, and register what they handle

    waiting: deque[Cause] = session.info.setdefault("agenda", deque())
    session.info["settling"] = True
    for _ in range(LIMIT):
        if not waiting:
            session.info["settling"] = False
            return
        cause = waiting.popleft()
        _handlers[type(cause.effect)](session, cause)
    raise Incident(f"Expected to settle what the processes cause in each other, but {LIMIT} steps did not end it")
