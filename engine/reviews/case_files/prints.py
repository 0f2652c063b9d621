"""Prints: a case file as PDF, one line of time with who did what (L000-30, section 6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine.reviews.case_files.entries import ACCOUNTS, TRANSITION, Entry, Told
from engine.reviews.case_files.kinds import Kind, Subject
from engine.reviews.case_files.sources import kinds
from engine.reviews.cycle import cycles
from engine.reviews.papers import values
from engine.reviews.papers.columns import WORDS, text
from engine.reviews.papers.typesetting import typeset

TITLES = {
    Subject.REVIEW: ("考核案卷", "Case file of a review"),
    Subject.APPEAL: ("申诉案卷", "Case file of an appeal"),
    Subject.PLAN: ("改进计划案卷", "Case file of an improvement plan"),
}
EVENTS = {
    "STARTED": ("流程开始", "Process begun"),
    "TASK_COMPLETED": ("完成", "Done"),
    "TASK_ASSIGNED": ("认领或转交", "Taken over"),
    "TASK_UPDATED": ("任务变更", "Changed"),
    "TIMER_FIRED": ("到期", "Time is up"),
    "MESSAGE_CORRELATED": ("收到消息", "Came about"),
    "SIGNAL_RECEIVED": ("收到信号", "Came about"),
    "CALL_COMPLETED": ("环节结束", "Finished"),
    "CALL_FAILED": ("以错误结束", "Ended by an error"),
    "CALL_ESCALATED": ("上报", "Escalated"),
    "CONTINUED": ("继续", "Continued"),
    "DEADLINES_MOVED": ("期限随日历调整", "Deadlines moved"),
    "DEADLINE_EXTENDED": ("期限延长", "Deadline extended"),
    "TASK_REOPENED": ("重新打开", "Opened again"),
    "CANCELED": ("取消", "Cancelled"),
}


def of_case(session: Session, told: Told) -> bytes:
    """Typeset everything that is told, each time in the zone of the cycle."""
    zone = ZoneInfo(cycles.found(session, told.case.cycle_key).zone)
    head = told.heading
    content = {
        "title": TITLES[told.case.subject],
        "about": f"{head['appraiseeName']} {head['employeeId']} · {head['cycle']}",
        "origin": f"{told.case.about} · {told.as_of.astimezone(zone).isoformat(timespec='minutes')}",
        "facts": _facts(told, zone),
        "entries": [_line(entry, told, zone) for entry in told.entries],
    }
    return typeset("case-file", content, as_of=told.as_of)


def _facts(told: Told, zone: ZoneInfo) -> list[tuple[str, str, str]]:
    head = told.heading
    return [
        ("姓名", "Name", head["appraiseeName"]),
        ("工号", "Employee id", head["employeeId"]),
        ("部门", "Department", head["department"]),
        ("岗位", "Post", head["post"]),
        ("周期", "Cycle", head["cycle"]),
        ("考核期间", "Period", head["period"]),
        ("调取人", "Made for", told.made_for),
        ("截至", "As of", _moment(told.as_of, zone)),
    ]


def _line(entry: Entry, told: Told, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "at": _moment(entry.at, zone),
        "who": told.people.get(entry.by, entry.by) if entry.by else "",
        "title": _title(entry),
        "rows": [] if entry.kind == TRANSITION else list(_rows(entry, kinds()[entry.kind], told, zone)),
    }


def _title(entry: Entry) -> tuple[str, str]:
    if entry.kind != TRANSITION:
        return kinds()[entry.kind].title
    event = entry.record["event"]
    chinese, english = EVENTS.get(event, (event, ""))
    return f"{chinese}：{entry.record['name']}", english


def _rows(entry: Entry, kind: Kind, told: Told, zone: ZoneInfo) -> Iterator[tuple[tuple[str, str], str]]:
    for name, value in entry.record.items():
        if name in kind.long.split() or value in (None, "", [], {}):
            continue
        yield kind.words.get(name) or WORDS.get(name, (name, "")), _shown(name, value, kind, told, zone)


def _shown(name: str, value: Any, kind: Kind, told: Told, zone: ZoneInfo) -> str:
    """Say a value as people do: a state in words, an instant in the cycle's zone, an account as a name."""
    if (states := kind.states.get(name)) is not None:
        return values.said(states(value))
    if name.endswith("_at"):
        return _moment(datetime.fromisoformat(value), zone)
    return text(told.people.get(value, value) if name.endswith(("_key", "_by")) or name in ACCOUNTS else value)


def _moment(instant: datetime | None, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M") if instant else ""
