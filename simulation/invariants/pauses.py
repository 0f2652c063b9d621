"""Where an appeal's clock stands still: while HR seeks members from outside, its deadlines wait with it (E-67)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from simulation import almanac
from simulation.almanac import Notice, day_of
from simulation.invariants.evidence import Evidence

APPEALED = frozenset({"appeal-arbitration", "panel-formation"})
"""The processes whose clock stands still."""

SOUGHT = "name_outsiders"
LONGEST = 30
"""How many workdays a pause lasts at first; what is left of them is taken back when it ends."""

Pause = tuple[datetime, datetime]


def of_review(review: str, process: str, element: str, evidence: Evidence) -> list[Pause]:
    """List the pauses in which an element of a process waits, as HR remembers seeking members."""
    if process not in APPEALED or element.startswith(SOUGHT):
        return []
    return [(one.asked_at, one.done_at) for one in evidence.deeds_of(review, SOUGHT)]


def moved(
    due: datetime, opened: datetime, until: datetime | None, pauses: Sequence[Pause], notices: Sequence[Notice]
) -> set[datetime]:
    """Say when something may be due that waits from `opened` to `until`: what opens in a pause waits for what is left.

    What opened or was over as a pause began may be in it, and what was over as the pause ended.
    """
    found = {due}
    for begun, over in pauses:
        if opened >= over or (until is not None and until < begun):
            continue
        since = max(opened, begun)
        gone, left = (len(list(_worked(*span, notices[-1]))) for span in ((begun, since), (since, over)))
        days = {0} if begun in (opened, until) else set()
        if until is None or until >= over:
            days.add(left)
        if until is not None and until <= over:
            days.add(LONGEST - gone)
        found = {_later(one, count, notices[-1]) for one in found for count in days}
    return found


def _worked(begun: datetime, over: datetime, notice: Notice) -> Iterator[date]:
    """Yield the workdays of a pause: from the day on which it began to the one before it is over."""
    day = day_of(begun)
    while day < day_of(over):
        if almanac.is_workday(day, notice):
            yield day
        day += timedelta(days=1)


def _later(due: datetime, days: int, notice: Notice) -> datetime:
    last = day_of(due - timedelta(seconds=1))
    return almanac.midnight_after(almanac.workday_after(last, days, notice)) if days else due
