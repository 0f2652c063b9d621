"""Every deadline lies where somebody counting days on the published calendar puts it, and every timer fires then."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.models import HistoryRow, ProcessInstance, UserTask
from engine.reviews.models import Embargo
from simulation import almanac
from simulation.almanac import Notice, day_of
from simulation.invariants import diagrams
from simulation.invariants.diagrams import DrawnTimer
from simulation.invariants.evidence import Evidence, Violation

FIRED, MOVED = "TIMER_FIRED", "DEADLINES_MOVED"


def expected(set_at: datetime, days: int, notices: Sequence[Notice], until: datetime | None = None) -> datetime:
    """Count when something is due that is set at an instant, and moves with each notice published before it is over.

    It never moves into the past: whoever was told a later day keeps it.
    """
    day, known = day_of(set_at), [one for one in notices if one.published_at <= set_at]
    due = almanac.midnight_after(almanac.workday_after(day, days, known[-1]))
    for notice in notices:
        if notice.published_at <= set_at or (until is not None and notice.published_at >= until):
            continue
        moved = almanac.midnight_after(almanac.workday_after(day, days, notice))
        if due > notice.published_at and moved > notice.published_at:
            due = moved
    return due


def tasks_are_due_in_time(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Each task is due on the day that counting gives, by the calendar as it was published while the task was open."""
    by_key = {key: name for name, key in evidence.diary.reviews.items()}
    tasks = select(UserTask, ProcessInstance.business_id).join(
        ProcessInstance, ProcessInstance.key == UserTask.instance_key
    )
    for task, business in session.execute(tasks):
        drawn = diagrams.due_days(evidence.diagrams, task.process_id)
        if task.element_id not in drawn:
            continue
        case, days = by_key.get(business or "", business or ""), drawn[task.element_id]
        if days is None:
            sentence = f"the due date of {task.element_id} is written in a way that nobody counted"
            yield Violation(case, day_of(task.created_at), sentence)
            continue
        due = expected(task.created_at, days, evidence.diary.notices, task.ended_at)
        if task.due_at != due:
            sentence = f"{task.element_id} is due at {_said(task.due_at)}, but counting gives {_said(due)}"
            yield Violation(case, day_of(task.created_at), sentence)


def timers_fire_in_time(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Each timer fires at the instant it is due: none early, none late, none twice, none forgotten."""
    embargoes = {one.until for one in session.scalars(select(Embargo))}
    by_key = {key: name for name, key in evidence.diary.reviews.items()}
    rows: dict[int, list[HistoryRow]] = defaultdict(list)
    for row in session.scalars(select(HistoryRow).order_by(HistoryRow.instance_key, HistoryRow.sequence)):
        rows[row.instance_key].append(row)
    for instance in session.scalars(select(ProcessInstance)):
        case = by_key.get(instance.business_id or "", instance.business_id or "")
        for day, sentence in _of_instance(instance, rows[instance.key], evidence, embargoes):
            yield Violation(case, day_of(day), sentence)


class _Armed:
    """The timers of one instance that wait, by the token that armed them."""

    def __init__(self, drawn: dict[str, DrawnTimer], many: dict[str, bool]) -> None:
        self._many = many
        self._bodies: dict[str, int] = {}
        """The token of an element that is drawn for many, while it waits; those inside it arm nothing."""
        self.by_element: dict[str, list[DrawnTimer]] = defaultdict(list)
        for timer in drawn.values():
            self.by_element[timer.armed_by].append(timer)
        self.waiting: dict[int, dict[str, datetime]] = {}

    def follow(self, row: HistoryRow) -> None:
        """Follow the tokens that come and go in one transition."""
        for element, what, token in json.loads(row.details).get("trace", ()):
            if what != "entered":
                self.waiting.pop(token, None)
                if self._bodies.get(element) == token:
                    del self._bodies[element]
            elif element in self.by_element and element not in self._bodies:
                self.waiting[token] = {timer.event: row.at for timer in self.by_element[element]}
                if self._many.get(element):
                    self._bodies[element] = token

    def take(self, event: str) -> list[datetime]:
        """Take away what an event of a timer was armed at; the oldest where several tokens wait for it."""
        armed = [(since[event], token) for token, since in self.waiting.items() if event in since]
        if not armed:
            return []
        since, token = min(armed)
        del self.waiting[token][event]
        return [since]


def _of_instance(
    instance: ProcessInstance, rows: Sequence[HistoryRow], evidence: Evidence, embargoes: set[datetime]
) -> Iterator[tuple[datetime, str]]:
    drawn = diagrams.timers(evidence.diagrams, instance.process_id)
    armed = _Armed(drawn, diagrams.user_tasks(evidence.diagrams, instance.process_id))
    for row in rows:
        yield from _forgotten(armed, row.at, drawn, evidence.diary.notices)
        if row.event == FIRED and row.element_id in drawn:
            timer = drawn[row.element_id]
            since = armed.take(timer.event)
            if not since:
                yield row.at, f"{timer.event} fired, but nothing had armed it"
            elif sentence := _misfired(timer, since[0], row.at, evidence.diary.notices, embargoes):
                yield row.at, sentence
        elif row.event == MOVED and row.at not in {one.published_at for one in evidence.diary.notices}:
            yield row.at, "deadlines were moved, but no notice had been published"
        armed.follow(row)


def _misfired(
    timer: DrawnTimer, since: datetime, fired: datetime, notices: Sequence[Notice], embargoes: set[datetime]
) -> str | None:
    """Say what is wrong with the moment at which a timer fired."""
    if timer.days is None:
        return None if fired in embargoes else f"{timer.event} fired at {_said(fired)}, which no embargo names"
    due = expected(since, timer.days, notices, fired)
    return None if fired == due else f"{timer.event} fired at {_said(fired)}, but counting gives {_said(due)}"


def _forgotten(
    armed: _Armed, now: datetime, drawn: dict[str, DrawnTimer], notices: Sequence[Notice]
) -> Iterator[tuple[datetime, str]]:
    """Say which timers should have fired before an instant at which their instance moves."""
    for since_by_event in armed.waiting.values():
        for event, since in list(since_by_event.items()):
            days = drawn[event].days
            if days is not None and (due := expected(since, days, notices, now)) < now:
                del since_by_event[event]
                yield due, f"{event} was due at {_said(due)} and never fired"


def _said(instant: datetime | None) -> str:
    return "no time at all" if instant is None else instant.astimezone(almanac.ZONE).strftime("%Y-%m-%d %H:%M")
