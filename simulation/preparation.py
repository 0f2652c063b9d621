"""Before a cycle begins: the organisation is imported, rules are published, people enrolled, raters asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulation import rosters
from simulation.company import Employee
from simulation.life import Life
from simulation.product import ADMIN, RefusedError
from simulation.rulebook import ROOT, Book
from simulation.terms import Term

RATERS = 3
"""How many colleagues of other departments rate somebody."""


class Preparation:
    """What HR does until a cycle is launched."""

    def __init__(self, life: Life, term: Term) -> None:
        self._life = life
        self._term = term
        self.officer = life.company.in_role("hr")[0].username
        self.cycle = ""
        self.rated_by: dict[str, list[str]] = {}
        """The colleagues that each one rates, by the rater's account."""

    def install(self) -> None:
        """Deploy what is shipped and enter the whole company, as the operator."""
        product = self._life.product
        product.deploy(ROOT)
        product.bring(ADMIN, "/api/people/import", "company.zip", rosters.workbook(self._life.company))
        product.hand_out_passwords()

    def draft(self) -> None:
        """Publish the rules and draft the cycle by them; each post has its template."""
        keys = {name: self._publish(name, book) for name, book in self._life.books.items()}
        body = {
            "label": self._term.label,
            "startsOn": self._term.first.isoformat(),
            "endsOn": self._term.last.isoformat(),
            "templateKey": keys["sales-004"],
        }
        self.cycle = self._ask("POST", "/api/cycles", body)["key"]
        relations = {"kind": "quarter", "templateDecision": "template-by-post"}
        self._ask("PUT", f"/api/cycles/{self.cycle}/relations", relations)

    def enrol(self, people: Sequence[Employee]) -> None:
        """Enrol people, each with colleagues of other departments who rate."""
        for one in people:
            review = self._ask("POST", f"/api/cycles/{self.cycle}/reviews", {"appraisee": one.username})
            self._life.diary.reviews[one.username] = review["key"]
        for one in people:
            for rater in self._colleagues(one):
                body = {"rater": rater.username, "group": "cross"}
                self._ask("POST", f"/api/reviews/{self._life.diary.reviews[one.username]}/raters", body)
                self.rated_by.setdefault(rater.username, []).append(one.username)

    def launch(self) -> None:
        """Launch the cycle, batch after batch, once nothing forbids it."""
        findings = self._ask("GET", f"/api/cycles/{self.cycle}/findings")["findings"]
        if blocking := [one["message"] for one in findings if one["blocks"]]:
            raise RefusedError(f"launch {self._term.label}", 422, "; ".join(blocking), [])
        waiting = self._ask("POST", f"/api/cycles/{self.cycle}/launch")["waiting"]
        while waiting:
            waiting = self._ask("POST", f"/api/cycles/{self.cycle}/starts")["waiting"]

    def _publish(self, name: str, book: Book) -> str:
        body = {"templateId": name, "title": book.title, "rules": book.rules}
        key: str = self._ask("POST", "/api/templates", body)["key"]
        self._ask("POST", f"/api/templates/{key}/publication")
        return key

    def _colleagues(self, someone: Employee) -> list[Employee]:
        """Choose colleagues of other departments who are neither superior nor asked too often."""
        dice = self._life.company.dice(someone.username, "raters")
        able = [
            one
            for one in self._life.company.reviewed
            if one.department != someone.department and one.username in self._life.diary.reviews
        ]
        able.sort(key=lambda one: (len(self.rated_by.get(one.username, ())), dice.random()))
        return able[:RATERS]

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        return self._life.product.ask(self.officer, method, path, body)
