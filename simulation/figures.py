"""The actual values: brought in one file with mistakes, mended as the product says, corrected where finance objects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from simulation import answers, rosters
from simulation.company import Employee
from simulation.life import Life
from simulation.preparation import Preparation
from simulation.product import RefusedError

Row = list[str]

CELL = re.compile(r"[A-Z]+(\d+)")
"""Where the product finds a mistake, as spreadsheets name it."""

SLIPS = 0.012
"""How many of the values are mistyped so that only finance notices."""


class Figures:
    """What HR brings of the actual values of a cycle, and how it is put right."""

    def __init__(self, life: Life, preparation: Preparation) -> None:
        self._life = life
        self._preparation = preparation

    def bring(self) -> None:
        """Bring everybody's values; the file is refused for its bad rows, mended, and brought again."""
        life, first = self._life, self._preparation.officer
        second = self._preparation.deputy
        there = [life.staff[name] for name in self._preparation.chapter.open]
        rows = [row for one in there if one.username != first for row in self._rows(one)]
        self._bring(first, self._spoilt(rows), rows)
        self._bring(second, [], self._rows(life.staff[first]))
        life.diary.note(life.today, f"导入实际值 {len(rows)} 行", f"{len(rows)} actual values are imported")

    def correct(self) -> None:
        """Correct what finance sent back, value by value, with the reason."""
        life, chapter = self._life, self._preparation.chapter
        for name in chapter.rejected:
            someone = life.staff[name]
            officers = [one for one in (self._preparation.officer, self._preparation.deputy) if one != name]
            for indicator, value in chapter.actuals[name].items():
                right = self._right(someone, indicator)
                if value != right:
                    body = {"indicator": indicator, "value": right, "source": "财务账", "reason": "录入有误,按账更正"}
                    path = f"/api/reviews/{chapter.reviews[name]}/actuals"
                    life.product.ask(officers[0], "POST", path, body)
                    chapter.actuals[name][indicator] = right
        chapter.rejected.clear()
        life.product.settle()

    def _bring(self, officer: str, spoilt: Sequence[Row], rows: Sequence[Row]) -> None:
        """Bring a file; where rows are wrong, those that the product names are put right."""
        product, path = self._life.product, f"/api/cycles/{self._preparation.cycle}/actuals"
        if spoilt:
            try:
                product.bring(officer, path, "actuals.csv", rosters.actuals(spoilt), dryRun="true")
            except RefusedError as refused:
                wrong = {int(found[1]) for one in refused.problems if (found := CELL.fullmatch(one["where"]))}
                self._life.diary.refused.append(f"{refused.sentence} ({len(wrong)} rows)")
                mended = [row for number, row in enumerate(spoilt, start=2) if number not in wrong]
                rows = mended + [row for row in rows if row[:2] not in [one[:2] for one in mended]]
        product.bring(officer, path, "actuals.csv", rosters.actuals(rows))
        ids = {one.employee_id: name for name, one in self._life.staff.items()}
        for employee_id, indicator, value, *_ in rows:
            self._preparation.chapter.actuals.setdefault(ids[employee_id], {})[indicator] = value

    def _rows(self, someone: Employee) -> list[Row]:
        """Write the values of somebody down, now and then with a slip."""
        rows = []
        chapter = self._preparation.chapter
        for indicator in chapter.book_of(someone).measured:
            right = self._right(someone, indicator["id"])
            dice = chapter.company.dice(someone.username, indicator["id"], chapter.label, "slip")
            value = _slipped(indicator, right) if dice.random() < SLIPS else right
            rows.append([someone.employee_id, indicator["id"], value, indicator.get("unit", ""), "CRM", ""])
        return rows

    def _spoilt(self, rows: Sequence[Row]) -> list[Row]:
        """Spoil a file as people do: an unknown id, letters for digits, the wrong unit, 万元 for 元, a row twice."""
        spoilt = [list(row) for row in rows]
        money = [row for row in spoilt if row[1] == "sales_revenue"]
        spoilt[0][0] = "E9999"
        spoilt[1][2] = "4O8"
        if len(money) > 2:
            money[1][3] = "元"
            money[2][2] = f"{money[2][2]}0000"
        return [*spoilt, list(spoilt[-1])]

    def _right(self, someone: Employee, indicator: str) -> str:
        return answers.reached(self._preparation.chapter, someone, indicator)


def _slipped(indicator: Any, right: str) -> str:
    """Mistype a value so that it is still one of its kind."""
    return answers.scaled(indicator, right, Fraction(11, 10))
