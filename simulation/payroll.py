"""What finance does with released results: amounts are entered, lines settled, each handed to payroll once."""

from __future__ import annotations

import csv
import io
import tomllib
from datetime import date
from fractions import Fraction
from typing import Any

from simulation import almanac, follow_ups, rosters
from simulation.company import Employee
from simulation.diary import Payment
from simulation.life import Life
from simulation.preparation import Preparation
from simulation.product import RefusedError
from simulation.rulebook import ROOT

SCHEME = ROOT / "processes" / "settlements" / "sales-quarter.toml"
SETTLED_AFTER = 3
"""How many workdays after the release finance settles: within the five that the documents give."""


class Payroll:
    """The settlement of one cycle."""

    def __init__(self, life: Life, preparation: Preparation) -> None:
        self._life = life
        self._preparation = preparation
        self.officer = life.company.in_role("finance")[0].username

    def act(self, day: date) -> None:
        """Settle some workdays after the release."""
        released = self._preparation.chapter.released_at
        if released is None or self._preparation.chapter.amounts:
            return
        if day >= almanac.workday_after(almanac.day_of(released), SETTLED_AFTER, self._life.diary.notices[-1]):
            rules = {**tomllib.loads(SCHEME.read_text(encoding="utf-8")), "follow_ups": follow_ups.rules()}
            self._ask("POST", "settlement-scheme", {"rules": rules, "reason": "季度方案"})
            self._enter()
            self.pay()

    def pay(self) -> None:
        """Settle what has changed, and hand over what is not disputed and payroll has not had yet."""
        if not self._preparation.chapter.amounts:
            return
        self._ask("POST", "settlements")
        waiting = self._ask("GET", "settlements")["items"]
        if all(one["held"] for one in waiting):
            return
        handed: bytes = self._ask("POST", "payrolls")
        rows = list(csv.reader(io.StringIO(handed.decode("utf-8-sig"))))[1:]
        day = self._life.today
        paid = [Payment(employee_id, line, Fraction(amount), day) for employee_id, _, line, amount, _ in rows]
        self._preparation.chapter.paid += paid
        self._life.diary.note(
            day, f"{self._preparation.chapter.label} 交付工资 {len(rows)} 行", f"{len(rows)} lines go to payroll"
        )

    def look_for_streaks(self) -> None:
        """Ask who has reached a streak by the end of the cycle; without a mapping of the grades nobody knows (X-02)."""
        try:
            found = self._ask("GET", "streaks")["items"]
        except RefusedError as refused:
            self._life.diary.refused.append(refused.sentence)
            return
        self._preparation.chapter.streaks = {one["employeeId"] for one in found}

    def _enter(self) -> None:
        """Enter what the lines are computed on for everybody who has a result."""
        chapter = self._preparation.chapter
        for name in chapter.open:
            chapter.amounts[name] = self._amounts(chapter.company.called(name))
        rows = [
            (chapter.company.called(name).employee_id, item, value, "财务账")
            for name, entered in chapter.amounts.items()
            for item, value in entered.items()
        ]
        path = f"/api/cycles/{self._preparation.cycle}/pay-amounts"
        self._life.product.bring(self.officer, path, "amounts.csv", rosters.amounts(rows))

    def _amounts(self, someone: Employee) -> dict[str, str]:
        dice = self._life.company.dice(someone.username, self._preparation.chapter.label, "pay")
        target = dice.randint(20, 200) * 10_000
        return {
            "monthly_salary": str(dice.randint(60, 300) * 100),
            "sales_target": str(target),
            "sales": f"{target * someone.skill * dice.uniform(0.8, 1.5):.2f}",
            "leads": str(dice.randint(0, 9)),
            "excess_profit": str(dice.randint(0, 90_000)),
            "pool_share": str(dice.randint(0, 100)),
        }

    def _ask(self, method: str, what: str, body: object = None) -> Any:
        path = f"/api/cycles/{self._preparation.cycle}/{what}"
        return self._life.product.ask(self.officer, method, path, body)
