"""The task page: the form, where the process stands, and what happened so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from web.dates import Deadline


@dataclass(frozen=True, slots=True)
class Diagram:
    """A process diagram and where an instance stands in it."""

    address: str
    name: str
    current: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    current_names: tuple[str, ...] = ()
    """The names of the current elements, for those who cannot see the drawing."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that happened."""

    at: datetime | None
    """None for what is going on now."""
    event: str
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that one should know to do the task."""

    label: str
    value: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form-js schema and what is already known."""

    schema: dict[str, object]
    variables: dict[str, object]


@dataclass(frozen=True, slots=True)
class TaskPage:
    """What the task page shows."""

    key: int
    name: str
    process: str
    about: str
    zone: ZoneInfo
    due: Deadline | None
    form: Form | None
    """None for a task that only asks to be done."""
    diagram: Diagram
    history: tuple[HistoryLine, ...]
    facts: tuple[Fact, ...]
    action: str
    """Where the answers go; empty for somebody who may only look."""
    draft: str
    """The name of the browser's copy of what is being typed: person, task and form version."""
    claim: str = ""
    """Where to claim it; empty unless it must be claimed first."""
    unclaim: str = ""
