"""Holidays: a company's own days off and workdays, laid over the published notices, in versions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.calendars import CalendarVersion
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews import people
from engine.reviews.models import Role
from engine.reviews.sentences import Sentence


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
    """Publish the next version of the calendar's own days; deadlines that are running are the caller's to recompute.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: a day is both off and a workday, or nothing says where the days come from.
    """
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
    session.flush()  # deadlines are recomputed from it in this very transaction
    return row
