"""When an ability plan reminds and ends, counted from the day on which the superior agreed."""

from __future__ import annotations

from datetime import datetime, timedelta

from simulation import almanac
from simulation.cases import Following
from simulation.follow_ups import MONTHS
from simulation.invariants.evidence import Evidence
from simulation.invariants.plans import months_after

PROCESS, SAID = "ability-plan", "endsOn"
A_DAY = timedelta(days=1)


def due(following: Following, around: int, since: datetime, evidence: Evidence) -> datetime | None:
    """Tell when a timer fires that waits for the last day, some working days before it, or some days after it."""
    if following.agreed is None:
        return None
    known = [one for one in evidence.diary.notices if almanac.day_of(one.published_at) <= following.agreed]
    day = almanac.workday_after(months_after(following.agreed, MONTHS), 0, known[-1])
    for _ in range(-around):
        day -= A_DAY
        while not almanac.is_workday(day, evidence.diary.notices[-1]):
            day -= A_DAY
    return max(since, almanac.midnight_after(day + max(0, around) * A_DAY))
