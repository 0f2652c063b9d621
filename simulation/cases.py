"""What those concerned remember of an appeal and of an improvement plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Fate(StrEnum):
    """Where an appeal is heading, by what those concerned are minded to do."""

    ANNULLED = "annulled"
    WITHDRAWN = "withdrawn"
    REEVALUATED = "reevaluated"
    SETTLED = "settled"
    REJECTED = "rejected"
    CORRECTED = "corrected"
    UPHELD = "upheld"


@dataclass(slots=True, kw_only=True)
class Dispute:
    """An appeal as those concerned remember it.

    Attributes:
        above: who led the appellant when it was lodged, at any level.
        votes: the verdict of each member, by account.
        named: whom HR has called from outside the list.
        conflicted: who declared a conflict, and `free`: who declared to have none.
        looked_at: whether HR has decided on its admission.
        joined_to: the appeal that it is heard together with, where HR has joined it to one.
        silent: whether the rater's side never produced a basis.
        given: the ratings that took the place of the superior's, by indicator.
        ended: how it ended, as those who wrote it remember.
    """

    key: str
    fate: Fate
    sought: str
    items: tuple[str, ...]
    lodged_at: datetime
    late: bool
    above: frozenset[str]
    votes: dict[str, str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    conflicted: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    looked_at: bool = False
    joined_to: str = ""
    silent: bool = True
    offered: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    ended: str = ""


class End(StrEnum):
    """How an improvement plan is to end, by what those concerned are minded to do."""

    FAILED = "failed"
    PASSED = "passed"
    EARLY = "early"
    TRANSFERRED = "transferred"
    EXTENDED = "extended"
    DISMISSED = "dismissed"


class Exit(StrEnum):
    """How an exit review is to end."""

    SERVED = "served"
    KEPT = "kept"
    STOPPED = "stopped"


@dataclass(slots=True, kw_only=True)
class Training:
    """A training that was given."""

    held_on: date
    hours: str
    attended: bool


@dataclass(slots=True, kw_only=True)
class Course:
    """An improvement plan as those concerned remember it.

    Attributes:
        unwilling: whether the appraisee leaves it unsigned, and HR records that.
        begun: the day from which it is observed.
        extended: whether it was extended by a month.
        found: how HR ended it, and on which day.
        heard: the day on which the union was heard.
        decided: what the person outside the line decided, who that was, and on which day.
        served: the day on which the notice was served, and the last day of the contract.
    """

    end: End
    exit: Exit
    unwilling: bool = False
    mentor: str = ""
    months: int = 0
    begun: date | None = None
    extended: bool = False
    trainings: list[Training] = field(default_factory=list)
    found: tuple[str, date] | None = None
    checked: date | None = None
    heard: date | None = None
    decided: tuple[str, str, date] | None = None
    served: tuple[date, date] | None = None
    resigned: bool = False


@dataclass(slots=True, kw_only=True)
class Following:
    """What follows a result besides money, as those concerned remember it.

    Attributes:
        confirmed: what HR decided; None as long as nobody did.
        choice: what the appraisee chose of what was offered.
        agreed: the day on which the superior agreed to an ability plan.
        practised: the days on which something of it was practised.
        again: the grade of the second evaluation.
    """

    confirmed: bool | None = None
    choice: str = ""
    agreed: date | None = None
    practised: list[date] = field(default_factory=list)
    again: str = ""


@dataclass(slots=True, kw_only=True)
class Shift:
    """A change in the middle of a cycle, as those concerned remember it.

    Attributes:
        people: whom it is about.
        wished: what HR wants to become of it, where that is offered.
        since: the first day on which it holds.
        days: how many days of the quarter came before, and how many from then on.
        to: who leads those people from that day on.
        department: where they are from that day on.
        factor: by how much targets change.
        decided: what HR decided, by part; empty where time passed and the policy of the cycle holds.
        applied: the day on which it was approved and carried out.
    """

    people: tuple[str, ...]
    wished: str
    since: date
    days: tuple[int, int] = (0, 0)
    to: str = ""
    department: str = ""
    factor: str = ""
    decided: dict[str, str] = field(default_factory=dict)
    applied: date | None = None
