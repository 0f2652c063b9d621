"""Every deadline lies where somebody counting days on the published calendar puts it, and every timer fires then."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.models import HistoryRow, ProcessInstance, UserTask
from engine.reviews.models import Embargo, Person
from engine.reviews.models import Notice as Told
from simulation import almanac
from simulation.almanac import Notice, day_of
from simulation.answers import ASKED_FOR
from simulation.follow_ups import ABILITY
from simulation.invariants import diagrams, pauses, practices
from simulation.invariants.diagrams import DrawnTimer
from simulation.invariants.evidence import Evidence, Violation
from simulation.invariants.rounds import Rounds

PLAN = "pip-observation"
FIRED, MOVED = "TIMER_FIRED", "DEADLINES_MOVED"


def expected(
    set_at: datetime,
    days: int,
    notices: Sequence[Notice],
    until: datetime | None = None,
    first: date | None = None,
) -> datetime:
    """Count when something is due that is set at an instant, and moves with each notice published before it is over.

    It counts from `first`, else from the day on which it is set. It never moves into the past: whoever was told a later
    day keeps it.
    """
    day, known = first or day_of(set_at), [one for one in notices if one.published_at <= set_at]
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
    tasks = select(UserTask, ProcessInstance.business_id).join(
        ProcessInstance, ProcessInstance.key == UserTask.instance_key
    )
    for task, business in session.execute(tasks):
        drawn = diagrams.due_days(evidence.diagrams, task.process_id)
        if task.element_id not in drawn:
            continue
        case, days = evidence.case(business), drawn[task.element_id]
        if days is None:
            sentence = f"the due date of {task.element_id} is written in a way that nobody counted"
            yield Violation(case, day_of(task.created_at), sentence)
            continue
        due = expected(task.created_at, days, evidence.diary.notices, task.ended_at)
        still = pauses.of_review(business or "", task.process_id, task.element_id, evidence)
        if task.due_at not in pauses.moved(due, task.created_at, task.ended_at, still, evidence.diary.notices):
            sentence = f"{task.element_id} is due at {_said(task.due_at)}, but counting gives {_said(due)}"
            yield Violation(case, day_of(task.created_at), sentence)


def moves_are_told(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Whoever held a task whose deadline a notice moved was told of it, from which day to which (E-44)."""
    told = {
        (one.details["task"], one.details["before"], one.details["after"], username)
        for one, username in session.execute(
            select(Told, Person.username)
            .join(Person, Person.key == Told.person_key)
            .where(Told.kind.in_(("deadline-moved", "task-postponed")))
        )
    }
    tasks = {(one.instance_key, one.token): one for one in session.scalars(select(UserTask))}
    moved = select(HistoryRow, ProcessInstance.business_id).join(
        ProcessInstance, ProcessInstance.key == HistoryRow.instance_key
    )
    for row, business in session.execute(moved.where(HistoryRow.event == MOVED)):
        for element, token, before, after in json.loads(row.details)["deadlines"]:
            task = tasks.get((row.instance_key, token))
            if task is None or task.element_id != element or task.assignee is None:
                continue  # a timer, or a task that a group holds
            begins = task.created_at == row.at  # nobody had read another day
            if not begins and (str(task.key), before, after, task.assignee) not in told:
                yield Violation(
                    evidence.case(business),
                    day_of(row.at),
                    f"{task.assignee} was not told that {element} moved to {after}",
                )


def timers_fire_in_time(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Each timer fires at the instant it is due: none early, none late, none twice, none forgotten."""
    embargoes = {one.until for one in session.scalars(select(Embargo))}
    rows: dict[int, list[HistoryRow]] = defaultdict(list)
    for row in session.scalars(select(HistoryRow).order_by(HistoryRow.instance_key, HistoryRow.sequence)):
        rows[row.instance_key].append(row)
    for instance in session.scalars(select(ProcessInstance)):
        case = evidence.case(instance.business_id)
        for day, sentence in _of_instance(instance, rows[instance.key], evidence, embargoes):
            yield Violation(case, day_of(day), sentence)


class _Armed:
    """The timers of one instance that wait, by the token that armed them."""

    def __init__(self, drawn: dict[str, DrawnTimer], many: frozenset[str]) -> None:
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
                if element in self._many:
                    self._bodies[element] = token

    def take(self, event: str) -> list[datetime]:
        """Take away what an event of a timer was armed at; the oldest where several tokens wait for it."""
        armed = [(since[event], token) for token, since in self.waiting.items() if event in since]
        if not armed:
            return []
        since, token = min(armed)
        del self.waiting[token][event]
        return [since]


class _Count:
    """Counts when the timers of one instance are due."""

    def __init__(self, instance: ProcessInstance, evidence: Evidence, embargoes: set[datetime]) -> None:
        self.drawn = diagrams.timers(evidence.diagrams, instance.process_id)
        self.notices = evidence.diary.notices
        self._evidence = evidence
        self._instance = instance
        self._embargoes = embargoes
        chapter, name = evidence.diary.reviews.get(instance.business_id or "", (None, ""))
        self._proven = chapter.proven.get(name) if chapter else None
        course = chapter.plans.get(name) if chapter else None
        following = chapter.follow_ups.get((name, ABILITY)) if chapter else None
        self._following = following if instance.process_id == practices.PROCESS else None
        self._rounds = (
            Rounds(course, instance.business_id or "", evidence) if course and instance.process_id == PLAN else None
        )

    def dues(self, event: str, since: datetime, until: datetime) -> set[datetime]:
        """Tell when a timer may be due that was armed at an instant; nothing where nobody can count it."""
        due = self._due(self.drawn[event], since, until)
        if due is None:
            return set()
        review, process = self._instance.business_id or "", self._instance.process_id
        still = pauses.of_review(review, process, event, self._evidence)
        return pauses.moved(due, since, until, still, self.notices)

    def _due(self, timer: DrawnTimer, since: datetime, until: datetime) -> datetime | None:
        """Count when a timer is due where no clock stands still."""
        if timer.days is None:
            if timer.said == "closesOn":
                return almanac.midnight_after(almanac.workday_after(day_of(since), ASKED_FOR))
            if self._following and timer.said == practices.SAID:
                return practices.due(self._following, timer.around, since, self._evidence)
            return self._rounds.due(timer.said, since) if self._rounds else None
        first = self._proven if timer.from_proof else None
        return max(since, expected(since, timer.days, self.notices, until, first))

    def misfired(self, event: str, since: datetime, fired: datetime) -> str | None:
        """Say what is wrong with the moment at which a timer fired."""
        dues = self.dues(event, since, fired)
        if not dues:
            return None if fired in self._embargoes else f"{event} fired at {_said(fired)}, which nobody can count"
        if fired in dues:
            return None
        return f"{event} fired at {_said(fired)}, but counting gives {_said(min(dues))}"


def _of_instance(
    instance: ProcessInstance, rows: Sequence[HistoryRow], evidence: Evidence, embargoes: set[datetime]
) -> Iterator[tuple[datetime, str]]:
    count = _Count(instance, evidence, embargoes)
    armed = _Armed(count.drawn, diagrams.for_many(evidence.diagrams, instance.process_id))
    known = {one.published_at for one in evidence.diary.notices}
    still = pauses.of_review(instance.business_id or "", instance.process_id, "", evidence)
    for row in rows:
        yield from _forgotten(armed, row.at, count)
        if row.event == FIRED and row.element_id in count.drawn:
            since = armed.take(row.element_id)
            if not since:
                yield row.at, f"{row.element_id} fired, but nothing had armed it"
            elif sentence := count.misfired(row.element_id, since[0], row.at):
                yield row.at, sentence
        elif row.event == MOVED and row.at not in known and not any(begun <= row.at <= over for begun, over in still):
            yield row.at, "deadlines were moved, but no notice was published, and no clock stood still"
        armed.follow(row)


def _forgotten(armed: _Armed, now: datetime, count: _Count) -> Iterator[tuple[datetime, str]]:
    """Say which timers should have fired before an instant at which their instance moves."""
    for since_by_event in armed.waiting.values():
        for event, since in list(since_by_event.items()):
            if (dues := count.dues(event, since, now)) and max(dues) < now:
                del since_by_event[event]
                yield max(dues), f"{event} was due at {_said(max(dues))} and never fired"


def _said(instant: datetime | None) -> str:
    return "no time at all" if instant is None else instant.astimezone(almanac.ZONE).strftime("%Y-%m-%d %H:%M")
