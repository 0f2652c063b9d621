"""When the notes of an improvement plan are due again, and its last day, counted from what people remember."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from simulation import almanac
from simulation.cases import Course
from simulation.invariants.evidence import Evidence
from simulation.invariants.plans import last_day

MORNING = 9
WEEK, FORTNIGHT, POINT = 7, 14, 30
"""After how many days a mentor, a superior and HR write again; HR's count from the first day."""


class Rounds:
    """The timers of one plan."""

    def __init__(self, course: Course, review: str, evidence: Evidence) -> None:
        self._course = course
        self._review = review
        self._evidence = evidence

    def due(self, said: str, since: datetime) -> datetime | None:
        """Tell when a timer fires that waits since an instant for what a variable says; None where nobody knows."""
        first = self._course.begun
        if first is None:
            return None
        if said == "countedUntil":
            return self._last(since)
        if said == "weekAt":
            day = max([*self._written("mentor_note", since), first]) + timedelta(days=WEEK)
        elif said == "checkInAt":
            day = max([*self._written("plan_check_in", since), first]) + timedelta(days=FORTNIGHT)
        elif said == "formalAt":
            day = first + timedelta(days=POINT * (len(self._written("formal_point", since)) + 1))
        else:
            return None
        return almanac.at(day, MORNING)

    def _written(self, element: str, until: datetime) -> list[date]:
        """List the days on which a kind of note was written by an instant."""
        deeds = self._evidence.deeds_of(self._review, element)
        return [almanac.day_of(deed.done_at) for deed in deeds if deed.done_at <= until]

    def _last(self, since: datetime) -> datetime:
        """Count the end of the last day; whoever waits since before an extension waits for the day before it."""
        ends = almanac.midnight_after(last_day(replace(self._course, extended=False), self._evidence))
        return ends if since < ends else almanac.midnight_after(last_day(self._course, self._evidence))
