"""Before a cycle begins: the organisation is imported, rules are published, people enrolled, raters asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from simulation import rosters
from simulation.company import Employee
from simulation.diary import Chapter
from simulation.life import Life
from simulation.product import ADMIN, RefusedError
from simulation.rulebook import ROOT, Book

RATERS = 3
"""How many colleagues of other departments rate somebody."""


class Preparation:
    """What HR does until a cycle is launched."""

    def __init__(self, life: Life, rules: Mapping[str, Book]) -> None:
        self._life = life
        self._rules = rules
        self.cycle = ""
        self.chapter = Chapter("", life.company, rules)
        self.rated_by: dict[str, list[str]] = {}
        """The colleagues that each one rates, by the rater's account."""

    @property
    def officer(self) -> str:
        """Who of HR runs the cycle: the first who is there."""
        return self._there()[0]

    @property
    def deputy(self) -> str:
        """Who of HR does what the officer may not do for oneself."""
        return self._there()[1]

    def officer_for(self, appraisee: str) -> str:
        """Name who from HR acts in somebody's review: nobody in the own one (E-95)."""
        return next(one for one in self._there() if one != appraisee)

    def _there(self) -> list[str]:
        return [one.username for one in self._life.company.in_role("hr") if one.username not in self._life.gone]

    def install(self) -> None:
        """Deploy what is shipped and enter the whole company, as the operator."""
        product = self._life.product
        product.deploy(ROOT)
        product.bring(ADMIN, "/api/people/import", "company.zip", rosters.workbook(self._life.company))
        product.hand_out_passwords()

    def welcome(self, joined: Sequence[Employee]) -> None:
        """Enter people who have joined the company."""
        ids = {one.username: one.employee_id for one in self._life.staff.values()}
        content = rosters.zipped(rosters.newcomers(joined, ids))
        self._life.product.bring(self.officer, "/api/people/import", "newcomers.zip", content)
        self._life.product.hand_out_passwords()
        self._life.join(joined)

    def send_on_leave(self, someone: Employee, first: date, last: date) -> None:
        """Enter that somebody is away for long."""
        content = rosters.leave(someone, "sick", first, last)
        self._life.product.bring(self.officer, "/api/people/import", "leave.zip", content)

    def draft(self, label: str, first: date, last: date, **relations: object) -> None:
        """Publish the rules and draft a cycle by them, with how it stands to others."""
        keys = [self._publish(book) for book in self._rules.values()]
        body = {"label": label, "startsOn": first.isoformat(), "endsOn": last.isoformat(), "templateKey": keys[0]}
        self.cycle = self._ask("POST", "/api/cycles", body)["key"]
        self._ask("PUT", f"/api/cycles/{self.cycle}/relations", relations)
        self.chapter = Chapter(label, self._life.company, self._rules)
        self._life.diary.chapters.append(self.chapter)

    def enrol(self, people: Sequence[Employee]) -> None:
        """Enrol people, each with colleagues of other departments who rate."""
        for one in people:
            review = self._ask("POST", f"/api/cycles/{self.cycle}/reviews", {"appraisee": one.username})
            self.chapter.reviews[one.username] = review["key"]
        for one in people:
            for rater in self._colleagues(one):
                body = {"rater": rater.username, "group": "cross"}
                path = f"/api/reviews/{self.chapter.reviews[one.username]}/raters"
                self._life.product.ask(self.officer_for(one.username), "POST", path, body)
                self.rated_by.setdefault(rater.username, []).append(one.username)

    def launch(self) -> None:
        """Have the cycle launched, batch after batch, once nothing forbids it."""
        findings = self._ask("GET", f"/api/cycles/{self.cycle}/findings")["findings"]
        if blocking := [one["message"] for one in findings if one["blocks"]]:
            raise RefusedError(f"launch {self.chapter.label}", 422, "; ".join(blocking), [])
        waiting = self._ask("POST", f"/api/cycles/{self.cycle}/launch")["waiting"]
        while waiting:
            waiting = self._ask("POST", f"/api/cycles/{self.cycle}/starts")["waiting"]

    def _publish(self, book: Book) -> str:
        body = {"templateId": book.id, "title": book.title, "rules": book.rules}
        key: str = self._ask("POST", "/api/templates", body)["key"]
        self._ask("POST", f"/api/templates/{key}/publication")
        return key

    def _colleagues(self, someone: Employee) -> list[Employee]:
        """Choose colleagues of other departments who are neither the superior nor asked too often."""
        dice = self._life.company.dice(someone.username, self.chapter.label, "raters")
        able = [
            one
            for one in self._life.company.reviewed
            if one.department != someone.department
            and one.username in self.chapter.reviews
            and one.username not in (someone.superior, someone.dotted)
        ]
        able.sort(key=lambda one: (len(self.rated_by.get(one.username, ())), dice.random()))
        return able[:RATERS]

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        return self._life.product.ask(self.officer, method, path, body)
