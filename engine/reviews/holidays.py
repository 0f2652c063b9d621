"""Holidays: a company's own days off and workdays, laid over the published notices, in versions.

A new version moves the deadlines that are open (`engine.bpmn.deadlines`), in the background and one process instance at
a time, and tells those whom it concerns (E-43, E-44).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import chores, deadlines
from engine.bpmn.models import UserTask
from engine.calendars import CalendarVersion
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices, people, reminders
from engine.reviews.models import Person, Role
from engine.reviews.sentences import Sentence

RECOMPUTE, RECOMPUTE_ONE = "recompute-deadlines", "recompute-deadlines-of-instance"


def publish(
    session: Session,
    *,
    extra_holidays: Collection[date],
    extra_workdays: Collection[date],
    note: str,
    by: Identity,
    published_through: int = 0,
    name: str = calendars.DEFAULT,
) -> CalendarVersion:
    """Publish the next version of the calendar's own days; the deadlines that are open move once it is committed.

    Raises:
        NotFound: there is no such calendar.
        Forbidden: `by` is not HR.
        Invalid: a day is both off and a workday, or nothing says where the days come from.
    """
    calendars.expect(name)
    people.expect_role(by, Role.HR, f"publish calendar {name}")
    problems = [
        Problem(Sentence("{day} is both a holiday and a workday", day=day.isoformat()), day.isoformat(), "both")
        for day in sorted(set(extra_holidays) & set(extra_workdays))
    ]
    if not note.strip():
        problems.append(Problem(Sentence("It must not be empty"), "note", "empty"))
    if problems:
        raise Invalid(f"Expected to publish calendar {name}, but its days do not fit", problems)
    latest = calendars.latest_version(session, name)
    row = CalendarVersion(
        name=name,
        version=latest.version + 1 if latest else 1,
        extra_holidays=sorted(day.isoformat() for day in set(extra_holidays)),
        extra_workdays=sorted(day.isoformat() for day in set(extra_workdays)),
        published_through=published_through,
        note=note,
        published_by=by.username,
        published_at=clock.now(session),
    )
    session.add(row)
    chores.defer(session, RECOMPUTE, {"calendar": name})
    return row


@chores.chore(RECOMPUTE)
def recompute(session: Session, *, calendar: str) -> None:
    """Have the deadlines of every instance that goes by a calendar told anew."""
    for key in deadlines.concerned(session, calendar):
        chores.defer(session, RECOMPUTE_ONE, {"key": key})


@chores.chore(RECOMPUTE_ONE)
def recompute_one(session: Session, *, key: int) -> None:
    """Tell the deadlines of one instance anew, and those whom it concerns of it."""
    for moved in deadlines.recompute(session, key):
        if moved.task is not None:
            _tell(session, moved.task, moved.before, moved.after)


def _tell(session: Session, task: UserTask, before: datetime, after: datetime) -> None:
    """Tell the holders of a task that it is due at another time; times are told in UTC."""
    for person in session.scalars(
        select(Person.key).where(Person.username.in_(reminders.holders(session, task)))
    ).all():
        told = {"before": before.isoformat(), "after": after.isoformat()}
        notices.write(session, person, "deadline-moved", task=str(task.key), name=task.name, **told)
