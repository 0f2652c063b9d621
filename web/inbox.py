"""The inbox: the tasks that wait for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from web.dates import Deadline
from web.navigation import N_


class Selection(Enum):
    """Which tasks an inbox shows."""

    MINE = "mine"
    """Those assigned to me."""

    OPEN_TO_ME = "open-to-me"
    """Those that I may claim."""

    DONE = "done"
    """Those that I completed."""


SELECTION_LABELS = {
    Selection.MINE: N_("My tasks"),
    Selection.OPEN_TO_ME: N_("Open to my groups"),
    Selection.DONE: N_("Done"),
}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in the list."""

    key: int
    name: str
    process: str
    about: str
    """Whom or what the task is about, such as the appraisee and the cycle."""
    created: datetime
    due: Deadline | None
    claimable: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list was narrowed to."""

    selection: Selection = Selection.MINE
    process: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the inbox page shows."""

    lines: tuple[TaskLine, ...]
    filter: Filter
    counts: dict[Selection, int]
    overdue: int
    processes: tuple[tuple[str, str], ...]
    """The processes to choose from: id and name."""
    next_page: str | None = None
    """The address of the tasks after these; None at the end."""
