"""What becomes of low results: who is observed is remembered, unsigned plans are recorded, those dismissed leave."""

from __future__ import annotations

from datetime import date

from simulation import almanac
from simulation.cases import Course
from simulation.life import Life
from simulation.preparation import Preparation
from simulation.staffing import Staffing

TRIGGER, OPENS = "pip-trigger-000", "D"
"""Document 000: D opens a plan; the company's lowest grade stands for it."""

UNSIGNED_AFTER = 4
"""How many workdays an unsigned plan lies before HR records that it is refused."""


class Guidance:
    """The improvement plans that the results of one cycle open."""

    def __init__(self, life: Life, preparation: Preparation, staffing: Staffing) -> None:
        self._life = life
        self._preparation = preparation
        self._staffing = staffing

    def choose_rules(self) -> None:
        """Choose by which table the results propose plans, before the launch."""
        path = f"/api/cycles/{self._preparation.cycle}/plan-rules"
        lowest = {book.levels[-1]: OPENS for book in self._preparation.chapter.books.values()}
        rules = {"trigger": TRIGGER, "mapping": lowest, "target": "70", "lookback": 6}
        self._life.product.ask(self._preparation.officer, "PUT", path, rules)
        self._preparation.chapter.proposes = True

    def act(self, day: date) -> None:
        """Take up what was proposed, record who leaves a plan unsigned, let those go whose contract is over."""
        chapter = self._preparation.chapter
        if chapter.released_at is None:
            return
        self._record_refusals(day)
        for name, course in chapter.plans.items():
            if course.served and day > course.served[1] and name not in self._life.gone:
                self._staffing.dismiss(self._life.staff[name])
        going_on = (name for name, course in chapter.plans.items() if not course.found or course.found[0] == "failed")
        self._life.bonds[self] = set(going_on)

    def _record_refusals(self, day: date) -> None:
        """Record before a witness that somebody leaves the plan unsigned: the observation begins, without penalty."""
        chapter = self._preparation.chapter
        for task in self._life.waiting:
            if task["elementId"] != "sign_plan" or task["cycle"] != chapter.label:
                continue
            course, asked_on = chapter.plans[task["about"]], date.fromisoformat(task["creationDate"][:10])
            if course.unwilling and day >= almanac.workday_after(asked_on, UNSIGNED_AFTER):
                self._refuse(task["about"], course, day)

    def _refuse(self, name: str, course: Course, day: date) -> None:
        officer = self._officer(name)
        others = (one.username for one in self._life.company.in_role("finance") if one.username not in self._life.gone)
        witness = next(one for one in others if one != name)
        body = {"witness": witness, "reason": "本人认为目标偏高,不签"}
        self._life.product.ask(officer, "POST", f"/api/plans/{self._key(name, officer)}/refusal", body)
        course.begun = day

    def _key(self, name: str, officer: str) -> str:
        """Find the plan of somebody that runs."""
        review = self._preparation.chapter.reviews[name]
        found = self._life.product.ask(officer, "GET", "/api/plans?limit=1000")["items"]
        key: str = next(one["key"] for one in found if one["reviewKey"] == review)
        return key

    def _officer(self, name: str) -> str:
        there = (one.username for one in self._life.company.in_role("hr") if one.username not in self._life.gone)
        return next(one for one in there if one != name)
