"""Changes in the middle of a cycle: HR enters what has happened, and decides what becomes of the reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulation import changes
from simulation.cases import Shift
from simulation.company import Employee
from simulation.life import Life
from simulation.preparation import Preparation
from simulation.terms import Term

FACTOR = "0.90"
"""By how much targets are lowered in a downturn."""


class Shifts:
    """The changes in the middle of one quarter."""

    def __init__(self, life: Life, preparation: Preparation, term: Term) -> None:
        self._life = life
        self._preparation = preparation
        self._term = term

    def transfer(self, someone: Employee, to: Employee) -> None:
        """Let somebody who has gone to another department be rated by both superiors, each for the own days."""
        shift = Shift(
            people=(someone.username,),
            wished=changes.SPLIT,
            since=self._life.today,
            to=to.username,
            department=to.department,
            days=self._days(),
        )
        self._enter("transfer", shift, {})

    def replace(self, team: Sequence[Employee], to: Employee) -> None:
        """Let the first of a team be rated by both superiors, the second by the successor alone."""
        for someone, wished in zip(team, (changes.SPLIT, "hand-over"), strict=False):
            shift = Shift(
                people=(someone.username,), wished=wished, since=self._life.today, to=to.username, days=self._days()
            )
            self._enter("superior", shift, {"to": to.username})

    def lower(self, people: Sequence[Employee], owner: str) -> None:
        """Lower the sales target of many at once; who leads their superiors has to agree."""
        names = tuple(one.username for one in people)
        shift = Shift(people=names, wished=changes.APPLY, since=self._life.today, factor=FACTOR)
        indicator = self._preparation.chapter.book_of(people[0]).measured[0]["id"]
        details = {"factor": FACTOR, "indicators": [indicator]}
        self._enter("targets", shift, {"owner": owner, "details": details})

    def _days(self) -> tuple[int, int]:
        """Count the days of the quarter before today, and those from today on."""
        return (self._life.today - self._term.first).days, (self._term.last - self._life.today).days + 1

    def _enter(self, kind: str, shift: Shift, besides: Mapping[str, object]) -> None:
        """Enter it as HR, who decides on it too; another of HR approves."""
        preparation = self._preparation
        body = {
            "kind": kind,
            "effectiveOn": shift.since.isoformat(),
            "reason": "组织调整",
            "people": list(shift.people),
            **besides,
        }
        path = f"/api/cycles/{preparation.cycle}/changes"
        key = self._life.product.ask(preparation.officer, "POST", path, body)["key"]
        preparation.chapter.changes[key] = shift
        self._life.taken_by["decide_change", key] = preparation.officer
        self._life.taken_by["approve_change", key] = preparation.deputy
