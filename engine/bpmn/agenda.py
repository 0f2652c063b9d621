"""What one instance causes in others, within the same transaction: calls, messages, signals.

A step first brings its own instance to the next wait and saves it; what it causes elsewhere is put here and done after
it, in order, so that no instance is ever moved while it is being moved. The modules of the nouns concerned say how,
with `handles`.

What is caused in the instances that called this one, or that it calls, belongs to the move that causes it: all of it
happens, or none. What is caused *elsewhere*, by messages and signals, happens after that, and its failure is not the
sender's (`engine.bpmn.moves`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

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
class Paused:
    """A called process has thrown something and goes on once everybody has heard it, unless that has ended it."""


@dataclass(frozen=True, slots=True)
class Freed:
    """An instance that a message with this correlation key started has ended: another may start its process."""

    correlation_key: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """A step has come to new user tasks or timers, at these tokens, in a process that calls these operations."""

    tokens: frozenset[int]
    operations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Afterthought:
    """What an operation leaves to be done once the instance that calls it is saved, as part of its move."""

    act: Callable[[Session], None]


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that a step of an instance causes elsewhere: an effect of the executor, or that it returned."""

    instance: Instance
    effect: object
    by: str


Handler = Callable[[Session, Cause], None]

_handlers: dict[type, tuple[Handler, bool]] = {}
_watchers: list[tuple[frozenset[str], Handler]] = []


@dataclass(slots=True)
class _Agenda:
    """What is still to be done; of an inner one, what is for elsewhere waits until the outer goes on.

    What is paused has its turn when nothing else is left.
    """

    inner: bool = False
    waiting: deque[Cause | Afterthought] = field(default_factory=deque)
    elsewhere: deque[Cause] = field(default_factory=deque)
    paused: deque[Cause | Afterthought] = field(default_factory=deque)
    settling: bool = False


def handles(kind: type, *, elsewhere: bool = False) -> Callable[[Handler], Handler]:
    """Register a function as what works off the causes of one kind, in the same family of instances or elsewhere."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler, elsewhere
        return handler

    return register


def watches(operations: frozenset[str]) -> Callable[[Handler], Handler]:
    """Register what is told where a process that calls one of these comes to something new (`Awaited`)."""

    def register(handler: Handler) -> Handler:
        _watchers.append((operations, handler))
        return handler

    return register


def is_watched(operations: frozenset[str]) -> bool:
    """Tell whether anybody is told of the steps of a process that calls these operations."""
    return any(not operations.isdisjoint(those) for those, _ in _watchers)


def put(session: Session, cause: Cause | Afterthought) -> None:
    """Work a cause off after the step that brought it about, in the same transaction."""
    agenda = _of(session)
    is_pause = isinstance(cause, Cause) and isinstance(cause.effect, Paused)
    (agenda.paused if is_pause else agenda.waiting).append(cause)


def settle(session: Session) -> None:
    """Work off all that is on the agenda, and what that causes in turn.

    Raises:
        Incident: there is no end to it.
    """
    agenda = _of(session)
    if agenda.settling:
        return
    from engine.bpmn import calls, messages, signals  # noqa: F401, PLC0415 - they stand above, and register what they handle

    agenda.settling = True
    for _ in range(LIMIT):
        if not agenda.waiting and not agenda.paused:
            agenda.settling = False
            return
        cause = (agenda.waiting or agenda.paused).popleft()
        if isinstance(cause, Afterthought):
            cause.act(session)
            continue
        handler, elsewhere = _handlers[type(cause.effect)]
        if elsewhere and agenda.inner:
            agenda.elsewhere.append(cause)
        else:
            handler(session, cause)
    raise Incident(
        "Expected to settle what the processes cause in each other, but {limit} steps did not end it", limit=LIMIT
    )


@contextmanager
def apart(session: Session) -> Iterator[None]:
    """Give what happens inside an agenda of its own, which is dropped if it fails.

    While another one is being settled, what it causes elsewhere is left to that one.
    """
    outer = _of(session)
    session.info["agenda"] = inner = _Agenda(inner=outer.settling)
    try:
        yield
        outer.waiting.extend(inner.elsewhere)
    finally:
        session.info["agenda"] = outer


@handles(Awaited)
def _tell_watcher(session: Session, cause: Cause) -> None:
    assert isinstance(cause.effect, Awaited)  # noqa: S101 - the agenda dispatches by type
    for operations, handler in _watchers:
        if not operations.isdisjoint(cause.effect.operations):
            handler(session, cause)


def _of(session: Session) -> _Agenda:
    agenda: _Agenda = session.info.setdefault("agenda", _Agenda())
    return agenda
