"""The inbox: the tasks that wait for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from api import auth
from api.receiving import ArrivalView
from engine import clock
from engine.bpmn import tasks
from engine.bpmn.models import ProcessDefinition, ProcessInstance, TaskState, UserTask
from engine.identity import OPERATORS, Identity
from web import subjects
from web.dates import Deadline, deadline, instant
from web.languages import N_

PER_PAGE = 50


class Selection(Enum):
    """Which tasks an inbox shows."""

    MINE = "mine"
    """Those assigned to me."""

    OPEN_TO_ME = "open-to-me"
    """Those that I may claim."""

    DONE = "done"
    """Those that I completed."""


SELECTION_LABELS = {
    Selection.MINE: N_("My tasks"),
    Selection.OPEN_TO_ME: N_("Open to my groups"),
    Selection.DONE: N_("Done"),
}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in the list."""

    key: int
    name: str
    process: str
    about: str
    """Whom or what the task is about, such as the appraisee and the cycle."""
    due: Deadline | None
    ended: str = ""
    """When it was completed."""
    claimable: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list was narrowed to."""

    selection: Selection = Selection.MINE
    process: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the inbox page shows."""

    lines: tuple[TaskLine, ...]
    filter: Filter
    counts: dict[Selection, int]
    overdue: int
    processes: tuple[tuple[str, str], ...]
    """The processes to choose from: id and name."""
    next_page: str | None = None
    """The address of the tasks after these; None at the end."""

    @property
    def claimable(self) -> int:
        """How many tasks somebody may claim."""
        return self.counts.get(Selection.OPEN_TO_ME, 0)


blueprint = Blueprint("inbox", __name__)


class Index(ArrivalView):
    """The inbox."""

    def get(self) -> str:
        """Show the tasks of whoever asks, as far as the filter lets them pass."""
        chosen = Filter(
            selection=_selection(request.args.get("show", "")),
            process=request.args.get("process", ""),
            text=request.args.get("text", "").strip()[:100],
        )
        page = read(self.session, chosen, request.args.get("after", 0, type=int), by=auth.caller())
        return render_template("inbox.html", page=page, selections=SELECTION_LABELS)


blueprint.add_url_rule("/tasks", view_func=Index.as_view("index"))


def read(session: Session, chosen: Filter, offset: int, *, by: Identity) -> Inbox:
    """Read one page of somebody's tasks: overdue ones first, then by deadline."""
    mine = _chosen_by(chosen.selection, by)
    rows = session.scalars(
        select(UserTask)
        .where(mine, *_narrowed(chosen))
        .order_by(*_order(chosen.selection))
        .offset(max(offset, 0))
        .limit(PER_PAGE + 1)
    ).all()
    now = clock.now(session)
    counts = {selection: _count(session, _chosen_by(selection, by)) for selection in Selection}
    overdue = _count(session, and_(_chosen_by(Selection.MINE, by), UserTask.due_at <= now))
    return Inbox(
        lines=_lines(session, rows[:PER_PAGE], chosen.selection, now),
        filter=chosen,
        counts=counts,
        overdue=overdue,
        processes=_processes(session, mine),
        next_page=_address(chosen, offset + PER_PAGE) if len(rows) > PER_PAGE else None,
    )


def _selection(text: str) -> Selection:
    return Selection(text) if text in {selection.value for selection in Selection} else Selection.MINE


def _chosen_by(selection: Selection, by: Identity) -> ColumnElement[bool]:
    """Choose the tasks of a selection; an operator's right to see every task fills no inbox."""
    if selection is Selection.DONE:
        return and_(UserTask.state == TaskState.COMPLETED, UserTask.completed_by == by.username)
    opened = UserTask.state == TaskState.CREATED
    if selection is Selection.MINE:
        return and_(opened, UserTask.assignee == by.username)
    as_member = Identity(by.username, by.groups - {OPERATORS})
    return and_(opened, UserTask.assignee.is_(None), tasks.visible_to(as_member))


def _narrowed(chosen: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.process:
        conditions.append(UserTask.process_id == chosen.process)
    if chosen.text:
        escaped = chosen.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        pattern = f"%{escaped}%"
        conditions.append(or_(UserTask.name.ilike(pattern, escape="\\"), subjects.mentioning(pattern)))
    return conditions


def _order(selection: Selection) -> list[ColumnElement[Any]]:
    if selection is Selection.DONE:
        return [UserTask.ended_at.desc(), UserTask.key.desc()]
    return [UserTask.due_at.asc().nulls_last(), UserTask.priority.desc(), UserTask.key.asc()]


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(UserTask).where(condition)) or 0


def _lines(session: Session, rows: Sequence[UserTask], selection: Selection, now: datetime) -> tuple[TaskLine, ...]:
    about = subjects.of_roots(session, {task.root_key for task in rows})
    instances = select(ProcessInstance).where(ProcessInstance.key.in_({task.instance_key for task in rows}))
    zones = {instance.key: ZoneInfo(instance.zone) for instance in session.scalars(instances)}
    definitions = select(ProcessDefinition.key, ProcessDefinition.name)
    wanted = ProcessDefinition.key.in_({task.definition_key for task in rows})
    processes = {key: name for key, name in session.execute(definitions.where(wanted))}  # noqa: C416 - rows are no pairs to mypy
    return tuple(
        TaskLine(
            key=task.key,
            name=task.name or task.element_id,
            process=processes.get(task.definition_key) or task.process_id,
            about=about.get(task.root_key, ""),
            due=deadline(session, task.due_at, now, zones[task.instance_key]) if task.due_at else None,
            ended=instant(task.ended_at, zones[task.instance_key]) if task.ended_at else "",
            claimable=selection is Selection.OPEN_TO_ME,
        )
        for task in rows
    )


def _processes(session: Session, mine: ColumnElement[bool]) -> tuple[tuple[str, str], ...]:
    """List the processes that the selection has tasks of, by their names."""
    rows = session.execute(
        select(UserTask.process_id, func.max(ProcessDefinition.name))
        .join(ProcessDefinition, ProcessDefinition.key == UserTask.definition_key)
        .where(mine)
        .group_by(UserTask.process_id)
        .order_by(UserTask.process_id)
    )
    return tuple((process_id, name or process_id) for process_id, name in rows)


def _address(chosen: Filter, offset: int) -> str:
    return url_for(".index", show=chosen.selection.value, process=chosen.process, text=chosen.text, after=offset)
