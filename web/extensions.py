"""HR's page of a cycle's deadlines: more time for open tasks, and tasks that their deadline closed are opened again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine import clock
from engine.bpmn.models import UserTask
from engine.errors import Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cycle import cycles
from engine.reviews.deadlines import escalations, extensions, reminders
from engine.reviews.models import Cycle, Person, Review
from engine.reviews.sentences import Sentence
from web import names
from web.addresses import go
from web.dates import Deadline, deadline
from web.languages import gettext
from web.navigation import runs_cycles


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task of the cycle."""

    key: int
    name: str
    about: str
    people: tuple[str, ...]
    due: Deadline | None
    reported: tuple[str, ...]
    """To whom it was reported as overdue."""


@dataclass(frozen=True, slots=True)
class DeadlinesPage:
    """What the page shows."""

    key: int
    cycle: str
    open: tuple[TaskLine, ...]
    closed: tuple[TaskLine, ...]


blueprint = Blueprint("extensions", __name__)


class Index(View):
    """The deadlines of a cycle."""

    def get(self, key: int) -> str:
        """Show its open tasks, and those that their deadline closed."""
        cycle = _expect_hr(self.session, key)
        return render_template("extensions.html", page=read(self.session, cycle, by=auth.caller()))

    def post(self, key: int) -> Response:
        """Give more time for the tasks that are chosen."""
        cycle = _expect_hr(self.session, key)
        chosen = [int(name) for name in request.form.getlist("task") if name.isdecimal()]
        given = extensions.extend(self.session, chosen, _day(), reason=request.form.get("reason", ""), by=auth.caller())
        flash(gettext("Extended: {count} tasks. Those concerned are told.").format(count=len(given)))
        return go(url_for(".index", key=cycle.key))


class Reopening(View):
    """The reopening of a task."""

    def post(self, key: int) -> Response:
        """Open it again."""
        cycle = _expect_hr(self.session, key)
        chosen = request.form.get("task", 0, type=int)
        extensions.reopen(self.session, chosen, _day(), reason=request.form.get("reason", ""), by=auth.caller())
        flash(gettext("The task is open again. Those concerned are told."))
        return go(url_for(".index", key=cycle.key))


blueprint.add_url_rule("/cycles/<key:key>/deadlines", view_func=Index.as_view("index"))
blueprint.add_url_rule("/cycles/<key:key>/deadlines/reopening", view_func=Reopening.as_view("reopen"))


def read(session: Session, cycle: Cycle, *, by: Identity) -> DeadlinesPage:
    """Read what the page shows."""
    waiting, closed = extensions.open_of(session, cycle, by=by), extensions.closed_of(session, cycle, by=by)
    reported = escalations.of_tasks(session, [task.key for task in waiting])
    holders = {task.key: tuple(reminders.holders(session, task)) for task in (*waiting, *closed)}
    people = names.of_accounts(session, (name for group in (*holders.values(), *reported.values()) for name in group))
    lines = _Lines(session, cycle, holders, reported, people)
    return DeadlinesPage(
        key=cycle.key,
        cycle=cycle.label,
        open=tuple(map(lines.line, waiting)),
        closed=tuple(map(lines.line, closed)),
    )


class _Lines:
    """What the lines of a page have in common."""

    def __init__(
        self,
        session: Session,
        cycle: Cycle,
        holders: Mapping[int, Sequence[str]],
        reported: Mapping[int, Sequence[str]],
        people: Mapping[str, str],
    ) -> None:
        rows = session.execute(
            select(Review.instance_key, Person)
            .join(Person, Person.key == Review.appraisee_key)
            .where(Review.cycle_key == cycle.key)
        )
        self._about = {key: names.of_person(person) for key, person in rows}
        self._session, self._zone, self._now = session, ZoneInfo(cycle.zone), clock.now(session)
        self._holders, self._reported, self._people = holders, reported, people

    def line(self, task: UserTask) -> TaskLine:
        """Tell of a task."""
        due = task.due_at
        return TaskLine(
            key=task.key,
            name=names.local(task.name),
            about=self._about.get(task.root_key, ""),
            people=tuple(self._people[name] for name in self._holders[task.key]),
            due=None if due is None else deadline(self._session, due, self._now, self._zone),
            reported=tuple(self._people[name] for name in self._reported.get(task.key, ())),
        )


def _expect_hr(session: Session, key: int) -> Cycle:
    if not runs_cycles(auth.caller()):
        raise NotFound("Expected to show the deadlines of a cycle, but the page is for HR")
    return cycles.found(session, key)


def _day() -> date:
    text = request.form.get("until", "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        problem = Problem(Sentence("{text} is not a day such as 2025-10-09", text=text), "until", "no-day")
        raise Invalid("Expected to give more time, but the last day is no day", [problem]) from wrong
