"""How days go by: the clock is moved, people look into their inboxes and do what is theirs, midnight comes."""

from __future__ import annotations

import random
import resource
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from engine import db
from engine.bpmn.models import HistoryRow, InstanceState, ProcessInstance
from simulation import almanac, answers, changes, follow_ups, hearings, observations
from simulation.answers import Answers, Desk
from simulation.company import Company, Employee
from simulation.diary import Chapter, Day, Deed, Diary
from simulation.product import ADMIN, Product, RefusedError, read

HOURS = (10, 15)
"""When people look into their inboxes on a workday."""

OF_CASES = tuple((one.WRITE, one.note) for one in (hearings, observations, follow_ups, changes))
"""What is written into the forms of cases that come after a launch or a release, and how it is remembered."""

Task = dict[str, Any]


class Life:
    """The company's people in front of the product."""

    def __init__(self, company: Company, product: Product) -> None:
        self.company = company
        self.product = product
        self.diary = Diary()
        self.staff = {one.username: one for one in company.staff}
        self.gone: set[str] = set()
        """Those who have left the company, or are away."""
        self.left: list[Employee] = []
        """Those who have left the company."""
        self.rested: set[str] = set()
        """Those who were away once, and are not sent away again."""
        self.bonds: dict[object, set[str]] = {}
        """By what binds them: those who stay where they are, while an appeal, a plan or a follow-up is about them."""
        self.writing: dict[str, Callable[[Desk], Answers | None]] = dict(answers.WRITE)
        for write, _ in OF_CASES:
            self.writing |= write
        """What is written into the form of each task; None: nothing today."""
        self.writing_of: dict[tuple[str, str], Callable[[Desk], Answers | None]] = {}
        """The same for the tasks of one case, by element and case."""
        self.taken_by: dict[tuple[str, str], str] = {}
        """Who of a group takes the tasks of one case, where that is agreed, by element and case."""
        self.waiting: list[Task] = []
        """What was open in the morning."""
        self.pressed: set[str] = set()
        """Those whom HR has called: they do at once what waits."""
        self._plans: dict[str, datetime | None] = {}
        self._asked: Counter[tuple[str, str, str, str]] = Counter()

    @property
    def bound(self) -> set[str]:
        """Those who stay where they are."""
        return set().union(*self.bonds.values())

    @property
    def today(self) -> date:
        """The day it is."""
        return almanac.day_of(self.product.now)

    def morning(self, day: date) -> None:
        """Let a day begin; see what waits."""
        self.product.set_clock(almanac.at(day, 9))
        self.waiting = self.open_tasks() if almanac.is_workday(day, self.diary.notices[-1]) else []

    def work(self, day: date) -> None:
        """Let everybody do what they have planned for a day."""
        for hour in HOURS if almanac.is_workday(day, self.diary.notices[-1]) else ():
            self.product.set_clock(almanac.at(day, hour))
            self.act()

    def night(self, day: date) -> None:
        """Let a day end, with all that is due at midnight; note how things stand."""
        self.product.set_clock(almanac.midnight_after(day))
        self.product.sweep()
        self._note(day)

    def act(self) -> None:
        """Let everybody do what they have planned for by now, each from the own inbox."""
        for task in sorted(self.open_tasks(), key=_order):
            planned = self._plan(task)
            if task["who"] in self.gone or planned is None:
                continue
            if planned <= self.product.now or task["who"] in self.pressed:
                self._try(task)

    def open_tasks(self) -> list[Task]:
        """List all open tasks with whose they are and whom they are about, as the operator sees them."""
        found = self.product.search(ADMIN, "user-tasks", state="CREATED")
        cases = self.diary.cases
        for task in found:
            chapter, about = cases.get(task["businessId"], (None, ""))
            task["chapter"], task["cycle"] = chapter, chapter.label if chapter else ""
            task["about"] = task["assignee"] if task["elementId"] in changes.OWN else about
            task["who"] = task["assignee"] or self._candidate(task)
        return found

    def _try(self, task: Task) -> None:
        """Do a task, unless what others have just done has taken it away, with all that its form showed."""
        try:
            self._do(task)
        except (RefusedError, KeyError):
            if self.product.ask(ADMIN, "GET", f"/v2/user-tasks/{task['userTaskKey']}")["state"] == "CREATED":
                raise

    def _candidate(self, task: Task) -> str:
        """Choose who of a group takes a task: one whom it is not about, always the same for one appraisee."""
        agreed = self.taken_by.get((task["elementId"], task["businessId"]), "")
        if agreed and agreed not in self.gone:
            return agreed
        able = [one for one in self.staff.values() if set(task["candidateGroups"]) & set(one.roles)]
        besides = self.gone | {task["about"]} | self._called_to(task)
        able = [one for one in able if one.username not in besides]
        return random.Random(task["about"]).choice(able).username  # noqa: S311 - a simulation, not a secret

    @staticmethod
    def _called_to(task: Task) -> set[str]:
        """Name who of HR is called to the panel of a case, and does nothing else in it."""
        dispute = task["chapter"].appeals.get(task["about"]) if task["chapter"] else None
        return dispute.named if dispute and task["elementId"] in hearings.WRITE else set()

    def _plan(self, task: Task) -> datetime | None:
        key, about = task["userTaskKey"], (task["who"], task["elementId"], task["about"], task["cycle"])
        self._asked[about] += key not in self._plans
        task["asked"] = self._asked[about]
        if key not in self._plans:
            today, due = self.today, _instant(task["dueDate"])
            left = 0 if due is None else _workdays_until(today, almanac.day_of(due))
            days = answers.delay(self.company, task, self.staff[task["who"]], left)
            self._plans[key] = None if days is None else self._moment(task, almanac.workday_after(today, days))
        return self._plans[key]

    def _moment(self, task: Task, day: date) -> datetime:
        """Choose one of the day's hours."""
        hour = self.company.dice(task["who"], task["elementId"], task["about"], task["cycle"], "hour").choice(HOURS)
        return almanac.at(day, hour)

    def _do(self, task: Task) -> None:
        who, about = self.staff[task["who"]], self.staff.get(task["about"])
        key = task["userTaskKey"]
        shown = self.product.ask(
            who.username, "POST", f"/v2/user-tasks/{key}/variables/search?truncateValues=false", {}
        )
        desk = Desk(
            company=self.company,
            chapter=task["chapter"],
            who=who,
            task=task,
            appraisee=about,
            shown={one["name"]: read(one["value"]) for one in shown["items"]},
            now=self.product.now,
            absent=frozenset(self.gone),
            look=lambda path, asked=None: self.product.ask(who.username, "POST" if asked else "GET", path, asked),
        )
        element = task["elementId"]
        named = self.writing.get(f"{task['processDefinitionId']}/{element}") or self.writing.get(element)
        write = self.writing_of.get((element, task["businessId"])) or named
        if write is None:
            raise LookupError(f"Nobody knows what to write into {element}: see simulation/answers.py")
        if task["elementId"] in answers.READ_FIRST:
            result = self.product.ask(who.username, "GET", f"/api/reviews/{task['businessId']}/result")
            desk.said.read.setdefault(who.username, (Fraction(result["total"]), result["grade"]))
            desk.said.proven.setdefault(who.username, self.today)
        written = write(desk)
        if written is None:
            return
        self.product.ask(who.username, "POST", f"/v2/user-tasks/{key}/completion", {"variables": written})
        if desk.chapter is not None:
            self._remember(desk.chapter, desk, written)
        self.diary.deeds.append(
            Deed(
                task=key,
                element=task["elementId"],
                who=who.username,
                appraisee=task["about"],
                review=task["businessId"],
                asked_at=_needed(task["creationDate"]),
                due_at=_instant(task["dueDate"]),
                done_at=self.product.now,
            )
        )

    def _remember(self, chapter: Chapter, desk: Desk, written: Answers) -> None:
        """Let those concerned remember what was written."""
        note = next((note for write, note in OF_CASES if desk.task["elementId"] in write), None)
        if note is None:
            answers.note(chapter, desk, written)
        else:
            note(desk, written)

    def refuse(self, username: str, method: str, path: str, body: object = None) -> None:
        """Try what must not be possible; note a breach where it is."""
        self.diary.probes += 1
        try:
            self.product.ask(username, method, path, body)
        except RefusedError as refused:
            if refused.status not in (400, 403, 404, 409, 422):
                raise
        else:
            self.diary.breaches.append(f"{self.today}: {username} was not refused {method} {path}")

    def _note(self, day: date) -> None:
        open_tasks = self.product.search(ADMIN, "user-tasks", state="CREATED")
        overdue = sum(1 for task in open_tasks if (due := _instant(task["dueDate"])) and due <= self.product.now)
        begun, ended = almanac.at(day, 0), almanac.midnight_after(day)
        with db.reading() as session:
            running = select(ProcessInstance.process_id, func.count()).where(
                ProcessInstance.state == InstanceState.ACTIVE
            )
            phases = dict(session.execute(running.group_by(ProcessInstance.process_id)).all())
            rows = session.scalar(select(func.count()).select_from(HistoryRow)) or 0
        self.diary.days.append(
            Day(
                day=day,
                open=len(open_tasks),
                overdue=overdue,
                completed=sum(begun <= deed.done_at < ended for deed in self.diary.deeds),
                phases=phases,
                rows=rows,
                bytes=_memory(),
            )
        )

    def join(self, newcomers: Sequence[Employee]) -> None:
        """Let newcomers be known."""
        self._staff((*self.company.staff, *newcomers))

    def change(self, changed: Employee) -> None:
        """Let somebody be elsewhere, or under another superior, from now on."""
        self._staff(changed if one.username == changed.username else one for one in self.company.staff)

    def _staff(self, staff: Iterable[Employee]) -> None:
        self.company = replace(self.company, staff=tuple(staff))
        self.staff = {one.username: one for one in self.company.staff}


def _order(task: Task) -> tuple[str, ...]:
    return task["who"], task["elementId"], task["about"], task["cycle"]


def _workdays_until(day: date, last: date) -> int:
    return sum(almanac.is_workday(day + timedelta(days=n)) for n in range(1, (last - day).days))


def _memory() -> int:
    """Return how many bytes this process has in memory at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _instant(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _needed(written: str) -> datetime:
    return datetime.fromisoformat(written)
