"""A year of the company: four quarters that overlap, and the year's end, which is composed of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from simulation import almanac, probes, rulebook
from simulation.figures import Figures
from simulation.invariants import Evidence
from simulation.life import Life
from simulation.preparation import Preparation
from simulation.product import ADMIN
from simulation.quarter import A_DAY, LONGEST, Quarter
from simulation.terms import Term

FIGURES_AFTER = 1
"""How many workdays after the last quarter is closed, its appeals decided, the actual values of the year come."""

PRESSED_AFTER = 12
"""How many workdays after that HR calls those who are still to rate."""


class Ending:
    """The year's own cycle: targets in January, ratings and the total once all quarters are released."""

    def __init__(self, life: Life, first: Quarter, last: Quarter) -> None:
        self._life = life
        self._first = first
        self._last = last
        self.preparation = Preparation(life, rulebook.load(rulebook.YEAR))
        self._figures = Figures(life, self.preparation)
        self._figures_on: date | None = None
        self.closed = False

    def draft(self) -> None:
        """Draft the cycle of which the quarters will be parts."""
        year = self._first.term.year
        cut_off = self._first.term.launch.isoformat()
        self.preparation.draft(str(year), date(year, 1, 1), date(year, 12, 31), kind="year", cutOff=cut_off)
        self.preparation.chapter.year = True

    def act(self, day: date) -> None:
        """Do what a day asks of those who run the year's end."""
        if day == self._first.term.launch:
            self._launch()
        if not self._last.closed or not almanac.is_workday(day, self._life.diary.notices[-1]):
            return
        if self._figures_on is None:
            self._figures_on = almanac.workday_after(day, FIGURES_AFTER, self._life.diary.notices[-1])
        elif day == self._figures_on:
            self._figures.bring()
            self._last.staffing.excuse_leavers(self.preparation)
        elif day > self._figures_on and self.preparation.chapter.released_at is None:
            self._release_once_rated(day)

    def _launch(self) -> None:
        chapter = self._first.preparation.chapter
        there = [one for one in self._life.company.reviewed if one.username in chapter.open]
        self.preparation.enrol(there)
        self.preparation.launch()
        self._life.diary.note(
            self._life.today, f"年度周期启动,{len(there)} 人", f"the year is launched for {len(there)}"
        )

    def _release_once_rated(self, day: date) -> None:
        life, chapter = self._life, self.preparation.chapter
        self._figures.correct()
        waiting = [one for one in life.open_tasks() if one["cycle"] == chapter.label]
        if waiting or chapter.rejected:
            if self._figures_on and day > almanac.workday_after(self._figures_on, PRESSED_AFTER):
                life.pressed |= {one["who"] for one in waiting}
            return
        life.pressed.clear()
        life.product.ask(self.preparation.officer, "POST", f"/api/cycles/{self.preparation.cycle}/release", {})
        chapter.released_at = life.product.now
        life.product.settle()
        life.diary.note(day, "年度结果发布", "the results of the year are released")


class Year:
    """The programme of a year, or of its last quarters."""

    def __init__(self, life: Life, year: int, numbers: Sequence[int] = (1, 2, 3, 4)) -> None:
        self.life = life
        self.quarters = [Quarter(life, Term(year, number), contested=True) for number in numbers]
        self.ending = Ending(life, self.quarters[0], self.quarters[-1])

    def live(self) -> Iterator[date]:
        """Live the year, a day at a time, until its cycles are closed and nothing runs; give each day."""
        life, day = self.life, self.quarters[0].term.preparation
        life.product.set_clock(almanac.at(day, 9))
        self.quarters[0].found()
        self.ending.draft()
        for quarter in self.quarters:
            quarter.parent = self.ending.preparation.cycle
        last = self.quarters[-1].term.last + 2 * LONGEST * A_DAY
        while not self._is_over() and day <= last:
            life.morning(day)
            for quarter in self.quarters:
                quarter.act(day)
            self.ending.act(day)
            life.work(day)
            if almanac.is_workday(day):
                probes.make(life)
            life.night(day)
            self._close()
            yield day
            day += A_DAY
        for quarter in self.quarters:
            quarter.payroll.look_for_streaks()

    def evidence(self) -> Evidence:
        """Give what the invariants are told of it."""
        return Evidence(company=self.life.company, diary=self.life.diary)

    def _close(self) -> None:
        """Close the cycles whose reviews are over."""
        for quarter in self.quarters:
            if not quarter.closed and quarter.preparation.chapter.released_at and quarter.is_answered():
                quarter.close()

    def _is_over(self) -> bool:
        if self.ending.preparation.chapter.released_at is None or not all(one.closed for one in self.quarters):
            return False
        return not self.life.product.search(ADMIN, "process-instances", state="ACTIVE")
