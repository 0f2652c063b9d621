"""The days of one quarter: when its reviews begin, when its figures come, when a late notice surprises everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from simulation import almanac

MONTHS = 3
FIGURES_AFTER = 1
"""How many workdays after the quarter the actual values come."""
NOTICE_AFTER = 2
"""How many workdays later the late notice is published."""
DAY_OFF_AFTER = 4
"""How many workdays after its publication lies the day that it gives off."""


@dataclass(frozen=True, slots=True)
class Term:
    """One quarter, with the days on which its programme happens."""

    year: int
    quarter: int

    @classmethod
    def read(cls, label: str) -> Term:
        """Read a label such as 2025 Q3."""
        year, quarter = label.split(" Q")
        return cls(int(year), int(quarter))

    @property
    def label(self) -> str:
        """What the cycle is called."""
        return f"{self.year} Q{self.quarter}"

    @property
    def first(self) -> date:
        """The first day that is reviewed."""
        return date(self.year, (self.quarter - 1) * MONTHS + 1, 1)

    @property
    def last(self) -> date:
        """The last day that is reviewed."""
        return Term(self.year + self.quarter // 4, self.quarter % 4 + 1).first - timedelta(days=1)

    @property
    def launch(self) -> date:
        """The day of the launch; who joins later is not in the cycle."""
        return almanac.workday_after(self.first - timedelta(days=1), 1)

    @property
    def cut_off(self) -> date:
        """The last day on which whoever joins is still rated."""
        return self.launch - timedelta(days=15)

    @property
    def preparation(self) -> date:
        """The day on which HR drafts it."""
        return self.launch - timedelta(days=5)

    @property
    def figures(self) -> date:
        """The day on which the actual values come."""
        return almanac.workday_after(self.last, FIGURES_AFTER)

    @property
    def notice(self) -> date:
        """The day on which a late notice is published."""
        return almanac.workday_after(self.figures, NOTICE_AFTER)

    @property
    def day_off(self) -> date:
        """The workday that the late notice gives off."""
        return almanac.workday_after(self.notice, DAY_OFF_AFTER)

    @property
    def made_up(self) -> date:
        """The Saturday on which people work for it."""
        return self.day_off + timedelta(days=(almanac.SATURDAY - self.day_off.weekday()) % 7 or 7)

    def on(self, month: int, day: int) -> date:
        """Give a day of the quarter: of its first, second or third month."""
        return self.first.replace(month=self.first.month + month - 1, day=day)
