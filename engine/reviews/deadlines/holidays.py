"""Holidays: a company's own days off, workdays and quiet times, laid over the published notices, in versions.

A new version moves the deadlines that are open (`engine.bpmn.deadlines`), in the background and one process instance at
a time, and tells those whom it concerns (E-43, E-44).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from holidays import list_supported_countries
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import chores, deadlines
from engine.bpmn.models import UserTask
from engine.calendars import CalendarVersion
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.deadlines import escalations, extensions, reminders
from engine.reviews.models import Person, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
"""How a calendar may be called."""

MOST_QUIET = 100
"""The most quiet times of one version."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A time, both days included, in which nobody is told anything."""

    first: date
    last: date
    reason: str
    closed: bool = False
    """Whether no deadline ends in it either."""

    def written(self) -> dict[str, Any]:
        """Write it as a calendar's version keeps it."""
        days = {"from": self.first.isoformat(), "until": self.last.isoformat()}
        return {**days, "reason": self.reason, "closed": self.closed}


RECOMPUTE, RECOMPUTE_ONE = "recompute-deadlines", "recompute-deadlines-of-instance"


def publish(
    session: Session,
    *,
    extra_holidays: Collection[date],
    extra_workdays: Collection[date],
    note: str,
    by: Identity,
    published_through: int = 0,
    quiet: Sequence[Quiet] = (),
    country: str = calendars.HOME,
    weekend: Collection[int] = calendars.WEEKEND,
    name: str = calendars.DEFAULT,
) -> CalendarVersion:
    """Publish the next version of a calendar; the deadlines that are open move once it is committed.

    The first version of a new name makes the calendar, which cycles and people may then go by (E-46).

    Raises:
        Forbidden: `by` is not HR.
        Invalid: a day is both off and a workday, a quiet time has no days, there is no such country, the name will
            not do, or nothing says where the days come from.
    """
    people.expect_role(by, Role.HR, Sentence("publish calendar {name}", name=name))
    both = set(extra_holidays) & set(extra_workdays)
    problems = [*_clashes(both), *_unfit(quiet), *_unknown(name, country, weekend)]
    if not note.strip():
        problems.append(Problem(Sentence("It must not be empty"), "note", "empty"))
    if problems:
        raise Invalid("Expected to publish calendar {name}, but its days do not fit", problems, name=name)
    latest = calendars.latest_version(session, name)
    row = CalendarVersion(
        name=name,
        version=latest.version + 1 if latest else 1,
        extra_holidays=sorted(day.isoformat() for day in set(extra_holidays)),
        extra_workdays=sorted(day.isoformat() for day in set(extra_workdays)),
        published_through=published_through,
        country=country,
        weekend=sorted(set(weekend)),
        quiet=[time.written() for time in quiet],
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
            escalations.lift(session, moved.task.key)  # it is due later than now
            _tell(session, moved.task, moved.before, moved.after)
    extensions.follow_calendar(session, key)


def _clashes(days: Collection[date]) -> Iterator[Problem]:
    for day in sorted(days):
        sentence = Sentence("{day} is both a holiday and a workday", day=day.isoformat())
        yield Problem(sentence, day.isoformat(), "both")


def _unfit(quiet: Sequence[Quiet]) -> Iterator[Problem]:
    if len(quiet) > MOST_QUIET:
        yield Problem(Sentence("There are more than {most} quiet times", most=MOST_QUIET), "quiet", "too-many")
    for number, time in enumerate(quiet):
        where = f"quiet[{number}]"
        if not time.reason.strip():
            yield Problem(Sentence("It must not be empty"), f"{where}.reason", "empty")
        if time.last < time.first:
            yield Problem(Sentence("The quiet time ends before it begins"), where, "backwards")
        elif (time.last - time.first).days >= calendars.LONGEST_QUIET:
            sentence = Sentence("A quiet time has at most {most} days", most=calendars.LONGEST_QUIET)
            yield Problem(sentence, where, "too-long")


def _unknown(name: str, country: str, weekend: Collection[int]) -> Iterator[Problem]:
    if not NAME.fullmatch(name):
        yield Problem(Sentence("A calendar is called by letters, digits, dots and hyphens"), "name", "bad-name")
    if country not in list_supported_countries(include_aliases=False):
        yield Problem(
            Sentence("The holidays of {country} are not known", country=country), "country", "unknown-country"
        )
    if not set(weekend) < set(range(7)):
        sentence = Sentence("A weekend is made of days from 0, Monday, to 6, and leaves one to work")
        yield Problem(sentence, "weekend", "bad-weekend")


def _tell(session: Session, task: UserTask, before: datetime, after: datetime) -> None:
    """Tell the holders of a task that it is due at another time; times are told in UTC."""
    for person in session.scalars(
        select(Person.key).where(Person.username.in_(reminders.holders(session, task)))
    ).all():
        told = {"before": before.isoformat(), "after": after.isoformat()}
        notices.write(session, person, "deadline-moved", task=str(task.key), name=task.name, **told)
