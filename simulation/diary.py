"""What people said and did, noted down by themselves: what the product keeps is held against it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from simulation.almanac import NOTHING, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A task that somebody completed."""

    task: str
    element: str
    who: str
    appraisee: str
    asked_at: datetime
    due_at: datetime | None
    done_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How things stood at the end of a day."""

    day: date
    open: int
    overdue: int
    completed: int
    """How many tasks were completed on it."""
    phases: dict[str, int]
    """How many reviews stood at which process."""
    rows: int
    """How many rows the history had."""
    bytes: int
    """How much memory this process had."""


@dataclass(slots=True)
class Diary:
    """Everything that was said and accepted, by the appraisee's account.

    Attributes:
        targets: the last version that the appraisee drafted.
        actuals: the last value of each indicator, by whoever entered it.
        ratings: what each rater gave, by group and account.
        adjusted: the total and grade that a calibration gave, where one did.
        computed: the first result of each, as the product told it to the session.
        answers: how each answered the result; None as long as nobody did.
        probes: how many times somebody tried what is not allowed, and was refused.
        breaches: where such a try succeeded.
        refused: what else was refused, in the product's own sentences.
    """

    reviews: dict[str, str] = field(default_factory=dict)
    targets: dict[str, dict[str, str]] = field(default_factory=dict)
    signed: dict[str, str] = field(default_factory=dict)
    actuals: dict[str, dict[str, str]] = field(default_factory=dict)
    ratings: dict[str, dict[tuple[str, str], dict[str, str]]] = field(default_factory=dict)
    adjusted: dict[str, tuple[Fraction, str]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=lambda: [NOTHING])
    events: list[tuple[date, str, str]] = field(default_factory=list)
    """What happened in the company, in Chinese and English."""
    probes: int = 0
    breaches: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    released_at: datetime | None = None

    def note(self, day: date, chinese: str, english: str) -> None:
        """Write down what happened in the company."""
        self.events.append((day, chinese, english))
