"""What the world must do, or undo, because a token moved. The executor calls nobody: it says what it wants and waits.

Every effect names the token it is about and the element that token stands on. A *wait* is open from the effect that
opened it until `WaitClosed` with the same token and event: the row must go then, whatever the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Outcome = Literal["completed", "terminated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something the world is told."""

    token: int
    element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementEntered(Effect):
    """A token entered an element.

    Attributes:
        parent: the token around it, 0 for the process itself.
        loop_counter: which instance of a multi-instance activity it is, from 1; else 0.
    """

    parent: int
    loop_counter: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementLeft(Effect):
    """A token is done with an element and gone."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOpened(Effect):
    """A person has something to do.

    Attributes:
        due, follow_up: when it is to be done, and looked after.
        outputs: the variables that the output mappings read.
    """

    name: str
    form_id: str | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due: datetime | None = None
    follow_up: datetime | None = None
    priority: int = 50
    headers: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOpened(Effect):
    """An operation or a worker has something to do."""

    type: str
    headers: Mapping[str, str]
    retries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCalled(Effect):
    """A decision is to be evaluated; its result is to come back as the variable `result_variable`."""

    decision_id: str
    result_variable: str
    binding: str
    version_tag: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessCalled(Effect):
    """Another process is to be started with these variables."""

    process_id: str
    binding: str
    version_tag: str | None
    variables: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerArmed(Effect):
    """The event is to be triggered at `due`; of a cycle this is the `number`-th time, and the next arms itself."""

    event_id: str
    due: datetime
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAwaited(Effect):
    """The event is to be triggered by a message of this name and key; by each one where the wait stays open."""

    event_id: str
    message_name: str
    correlation_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalAwaited(Effect):
    """The event is to be triggered by a signal of this name; by each one where the wait stays open."""

    event_id: str
    signal_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitClosed(Effect):
    """A wait is over or cancelled: for an event, or for the element's own work where `event_id` is None."""

    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageThrown(Effect):
    """A message was sent; an empty key is none. It may have been `taken` by the instance that sent it."""

    message_name: str
    correlation_key: str
    variables: Mapping[str, object]
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalThrown(Effect):
    """A signal was sent to all who listen.

    Attributes:
        youngest: the last token there was then; of this instance, those that came later did not listen yet.
        heard: the tokens of this instance that have heard it already, each with the id of its event.
    """

    signal_name: str
    variables: Mapping[str, object]
    youngest: int
    heard: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorUncaught(Effect):
    """An error reached the process's border and ended the instance."""

    code: str
    variables: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationUncaught(Effect):
    """An escalation reached the process's border; the instance goes on."""

    code: str


OUTWARD = (SignalThrown, EscalationUncaught)
"""What is heard at once by others, who may end the instance for it; a message is sent, and the sender goes on."""
