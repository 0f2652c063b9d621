"""HR's page of a cycle: how far each step has got, who is late, what the check found."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.errors import Problem
from web.dates import Deadline


@dataclass(frozen=True, slots=True)
class StepProgress:
    """How many reviews are where with one step."""

    name: str
    done: int
    open: int
    late: int
    """How many of the open ones are past their deadline."""
    ahead: int
    """How many have not come to it yet."""

    @property
    def total(self) -> int:
        """All reviews that come this way."""
        return self.done + self.open + self.ahead

    def share(self, count: int) -> str:
        """Answer the count as a share of all, as CSS writes it."""
        return f"{100 * count / self.total:.2f}%" if self.total else "0%"


@dataclass(frozen=True, slots=True)
class LateTask:
    """A task past its deadline, and who has it."""

    key: int
    name: str
    person: str
    about: str
    due: Deadline


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One appraisee's passage through the cycle."""

    key: int
    appraisee: str
    department: str
    standing: str
    """The steps it is at, or how it ended."""
    result: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that HR can do with the cycle now, or the reason why not."""

    label: str
    address: str
    primary: bool = False
    obstacle: str = ""
    question: str = ""
    """What to ask before doing it."""


@dataclass(frozen=True, slots=True)
class CyclePage:
    """What the cycle page shows."""

    key: int
    name: str
    period: str
    state: str
    state_kind: str
    """The badge's kind: info, good, warn, bad or empty."""
    zone: ZoneInfo
    steps: tuple[StepProgress, ...]
    late: tuple[LateTask, ...]
    reviews: tuple[ReviewLine, ...]
    findings: tuple[Problem, ...] | None
    """What the check found; None before it was run."""
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One cycle in the list."""

    key: int
    name: str
    period: str
    state: str
    state_kind: str
    reviews: int
    late: int
