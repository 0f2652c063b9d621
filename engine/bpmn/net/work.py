"""What an element does: one frozen class per behaviour, on which the executor dispatches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine import feel

Binding = Literal["latest", "deployment", "versionTag"]
TimerKind = Literal["date", "duration", "cycle"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A FEEL expression, or text that stands for itself."""

    text: str
    literal: bool = False

    def evaluate(self, variables: Mapping[str, object], environment: feel.Environment) -> object:
        """Return the formula's value."""
        return self.text if self.literal else feel.daily.evaluate(feel.compile(self.text), variables, environment)

    @property
    def names(self) -> frozenset[str]:
        """The variables it reads."""
        return frozenset() if self.literal else feel.compile(self.text).names


# ---- what events are about


@dataclass(frozen=True, slots=True)
class Timer:
    """A point in time, a duration or a cycle, as ISO 8601 text or a FEEL expression."""

    kind: TimerKind
    formula: Formula


@dataclass(frozen=True, slots=True)
class Message:
    """A message, and the key that chooses the instance it is for."""

    name: Formula
    correlation_key: Formula | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal, heard by all who listen."""

    name: Formula


@dataclass(frozen=True, slots=True)
class Error:
    """A BPMN error; where it is caught, no code catches every error."""

    code: str | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """A BPMN escalation; where it is caught, no code catches every escalation."""

    code: str | None = None


@dataclass(frozen=True, slots=True)
class Terminate:
    """The end of everything else in the same process or subprocess."""


@dataclass(frozen=True, slots=True)
class Conditional:
    """A condition that becomes true."""

    condition: Formula


@dataclass(frozen=True, slots=True)
class Compensation:
    """What has been done is to be undone: the activity at index `activity`, or everything in the scope.

    Unless `awaited`, who throws it goes on at once.
    """

    activity: int | None = None
    awaited: bool = True


@dataclass(frozen=True, slots=True)
class Cancel:
    """A transaction is given up: what it has done is undone first."""


@dataclass(frozen=True, slots=True)
class Several:
    """Several events on one element, each with a node that stands for it: any of them will do, or all must come."""

    all: bool = False


Event = Timer | Message | Signal | Error | Escalation | Terminate | Conditional | Compensation | Cancel | Several


# ---- what elements do


@dataclass(frozen=True, slots=True)
class Pass:
    """Go on at once: none events, undefined and manual tasks."""


@dataclass(frozen=True, slots=True)
class Start:
    """A start event; `event` is what the world starts the process by, or what an event subprocess reacts to.

    An event subprocess that interrupts ends everything else in the scope around it.
    """

    event: Event | None = None
    interrupting: bool = True


@dataclass(frozen=True, slots=True)
class Catch:
    """Wait for an event: intermediate catch events and receive tasks; a process may begin with that event."""

    event: Event
    instantiates: bool = False


@dataclass(frozen=True, slots=True)
class Throw:
    """Throw an event: intermediate throw events, end events and send tasks."""

    event: Event


@dataclass(frozen=True, slots=True)
class Boundary:
    """An event on the border of an activity, the node at index `host`; `handler` is what undoes that activity."""

    event: Event
    host: int
    interrupting: bool = True
    handler: int | None = None


@dataclass(frozen=True, slots=True)
class Exclusive:
    """Go on by the first flow whose condition holds."""


@dataclass(frozen=True, slots=True)
class Inclusive:
    """Join what can still come; go on by every flow whose condition holds."""


@dataclass(frozen=True, slots=True)
class Parallel:
    """Join one token of every incoming flow; go on by every outgoing one."""


@dataclass(frozen=True, slots=True)
class Complex:
    """Go on as soon as the condition on the arrivals holds, and take in the others that still come."""

    activation: Formula | None = None


@dataclass(frozen=True, slots=True)
class EventBased:
    """Wait for the first of the events that follow.

    Attributes:
        instantiates: a process begins with one of those events.
        parallel: the others are then awaited too, each by a token of its own.
    """

    instantiates: bool = False
    parallel: bool = False


@dataclass(frozen=True, slots=True)
class AdHoc:
    """How a subprocess without a start is played: its first elements together or one by one, until the condition."""

    sequential: bool = False
    condition: Formula | None = None
    cancel_remaining: bool = True


@dataclass(frozen=True, slots=True)
class Subprocess:
    """Play the nodes inside.

    Attributes:
        reaction: it is an event subprocess, which no flow enters.
        transaction: a cancel end event inside undoes what it has done.
    """

    reaction: bool = False
    transaction: bool = False
    ad_hoc: AdHoc | None = None


@dataclass(frozen=True, slots=True)
class UserTask:
    """A person's task, with the operations that listen.

    The completing ones receive, and may refuse, the answers; the assigning ones, that somebody gives it to another.
    """

    form_id: Formula | None = None
    assignee: Formula | None = None
    candidate_groups: Formula | None = None
    candidate_users: Formula | None = None
    due: Formula | None = None
    follow_up: Formula | None = None
    priority: Formula | None = None
    headers: tuple[tuple[str, str], ...] = ()
    completing: tuple[str, ...] = ()
    assigning: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Work that an operation or a worker does."""

    type: Formula
    retries: Formula
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """A FEEL expression whose value becomes a variable."""

    formula: Formula
    result_variable: str


@dataclass(frozen=True, slots=True)
class Assignments:
    """FEEL expressions that set variables, one after the other; without a name, the entries of a context."""

    steps: tuple[tuple[str, Formula], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A DMN decision whose result becomes a variable."""

    decision_id: Formula
    result_variable: str
    binding: Binding = "latest"
    version_tag: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Another process, started and awaited."""

    process_id: Formula
    binding: Binding = "latest"
    version_tag: str | None = None
    send_all: bool = True
    receive_all: bool = True


Work = (
    Pass | Start | Catch | Throw | Boundary | Exclusive | Inclusive | Parallel | Complex | EventBased
    | Subprocess | UserTask | Job | Script | Assignments | Decision | Call
)  # fmt: skip
