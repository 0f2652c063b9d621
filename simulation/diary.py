"""What people said and did, noted down by themselves: what the product keeps is held against it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from simulation.almanac import NOTHING, Notice
from simulation.cases import Course, Dispute, Following, Shift
from simulation.company import Company, Employee
from simulation.rulebook import Book


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A task that somebody completed."""

    task: str
    element: str
    who: str
    appraisee: str
    review: str
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


@dataclass(frozen=True, slots=True)
class Payment:
    """A row of a file that payroll had."""

    employee_id: str
    line: str
    amount: Fraction
    day: date


@dataclass(slots=True)
class Chapter:
    """Everything that was said and accepted in one cycle, by the appraisee's account.

    Attributes:
        label: what the cycle is called.
        company: the company as it was at the launch.
        books: the rules of the cycle, by name.
        reviews: the key of each one's review.
        targets: the last version that the appraisee drafted.
        actuals: the last value of each indicator, by whoever entered it.
        ratings: what each rater gave, by group and account.
        adjusted: the total and grade that a calibration gave, where one did.
        read: the total and grade that each read of the own result, the first time.
        proven: on which day it was proven that each has the result: read first, or served by HR.
        closed: why each who is not rated is not.
        answers: how each answered the result; None as long as nobody did.
    """

    label: str
    company: Company
    books: Mapping[str, Book]
    reviews: dict[str, str] = field(default_factory=dict)
    targets: dict[str, dict[str, str]] = field(default_factory=dict)
    signed: dict[str, str] = field(default_factory=dict)
    actuals: dict[str, dict[str, str]] = field(default_factory=dict)
    ratings: dict[str, dict[tuple[str, str], dict[str, str]]] = field(default_factory=dict)
    adjusted: dict[str, tuple[Fraction, str]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    read: dict[str, tuple[Fraction, str]] = field(default_factory=dict)
    proven: dict[str, date] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    year: bool = False
    """Whether its totals are composed of those of the other chapters."""
    proposes: bool = False
    """Whether a rule was chosen by which its results open improvement plans."""
    refusing: set[str] = field(default_factory=set)
    """Those who refused to sign."""
    rejected: list[str] = field(default_factory=list)
    """Those whose actual values finance sent back, until they are corrected."""
    appeals: dict[str, Dispute] = field(default_factory=dict)
    """What each who appealed remembers of it."""
    plans: dict[str, Course] = field(default_factory=dict)
    """What those concerned remember of each one's improvement plan."""
    follow_ups: dict[tuple[str, str], Following] = field(default_factory=dict)
    """What those concerned remember of what follows results, by person and rule."""
    follows: bool = False
    """Whether HR has proposed what follows its results."""
    changes: dict[str, Shift] = field(default_factory=dict)
    """What those concerned remember of each change in the middle of it, by its key."""
    days: dict[str, dict[str, int]] = field(default_factory=dict)
    """For how many days each superior led somebody, where there were two."""
    replaced: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """The targets that each had signed before they were changed."""
    witnesses: dict[str, set[str]] = field(default_factory=dict)
    """Who witnessed something in each one's review."""
    amounts: dict[str, dict[str, str]] = field(default_factory=dict)
    """What finance entered of each for the settlement, by item."""
    paid: list[Payment] = field(default_factory=list)
    """What payroll was handed, row by row."""
    streaks: set[str] | None = None
    """By employee id who was named with a streak, asked in the end; None where nobody asked."""
    newcomers: list[str] = field(default_factory=list)
    """Those who came after the launch."""
    released_at: datetime | None = None

    @property
    def number(self) -> int:
        """Tell how many quarters of its year came before it."""
        _, _, quarter = self.label.partition(" Q")
        return int(quarter or 1) - 1

    @property
    def first_day(self) -> date:
        """Tell on which day its period began."""
        return date(int(self.label[:4]), 3 * self.number + 1, 1)

    @property
    def open(self) -> list[str]:
        """List whose work is rated in it."""
        return [name for name in self.reviews if name not in self.closed]

    def book_of(self, someone: Employee) -> Book:
        """Find the rules by which somebody is reviewed: those of the family, where there are any."""
        return self.books.get(someone.family, self.books[""])


@dataclass(slots=True)
class Diary:
    """What the whole company noted down, a chapter for each cycle.

    Attributes:
        probes: how many times somebody tried what is not allowed, and was refused.
        breaches: where such a try succeeded.
        refused: what else was refused, in the product's own sentences.
    """

    chapters: list[Chapter] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=lambda: [NOTHING])
    events: list[tuple[date, str, str]] = field(default_factory=list)
    """What happened in the company, in Chinese and English."""
    left: dict[str, date] = field(default_factory=dict)
    """On which day each who left the company, or went away for long, was gone."""
    probes: int = 0
    breaches: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def reviews(self) -> dict[str, tuple[Chapter, str]]:
        """Tell of each review, by its key, to which chapter it belongs, and whose it is."""
        return {key: (chapter, name) for chapter in self.chapters for name, key in chapter.reviews.items()}

    @property
    def cases(self) -> dict[str, tuple[Chapter, str]]:
        """Tell the same of reviews and of changes, of which the first one concerned is named."""
        shifts = {key: (chapter, one.people[0]) for chapter in self.chapters for key, one in chapter.changes.items()}
        return {**self.reviews, **shifts}

    def note(self, day: date, chinese: str, english: str) -> None:
        """Write down what happened in the company."""
        self.events.append((day, chinese, english))
