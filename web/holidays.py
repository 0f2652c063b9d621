"""The working calendar: the company's own days off and workdays, published by HR in versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine import calendars
from engine.bpmn.instances import ZONE
from engine.calendars import DEFAULT, CalendarVersion
from engine.errors import Invalid, NotFound, Problem
from engine.reviews.deadlines import holidays
from engine.reviews.deadlines.holidays import Quiet
from engine.reviews.sentences import Sentence
from web import names
from web.addresses import go
from web.languages import gettext
from web.navigation import runs_cycles


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of the company's own days."""

    version: int
    holidays: tuple[str, ...]
    workdays: tuple[str, ...]
    quiet: tuple[str, ...]
    """The quiet times as they are entered."""
    closed: tuple[str, ...]
    """Those of them in which no deadline ends."""
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """What the calendar's page shows."""

    last_published_year: int
    published_through: int
    versions: tuple[VersionLine, ...]
    """The newest first."""
    zone: ZoneInfo

    @property
    def holding(self) -> VersionLine | None:
        """The version that holds."""
        return self.versions[0] if self.versions else None


blueprint = Blueprint("holidays", __name__)


class Index(View):
    """The working calendar."""

    def get(self) -> str:
        """Show what holds, and ask for the next version."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to show the working calendar, but the page is for HR")
        return render_template("holidays.html", page=read(self.session))

    def post(self) -> Response:
        """Publish the next version."""
        holidays.publish(
            self.session,
            extra_holidays=_days("holidays"),
            extra_workdays=_days("workdays"),
            published_through=request.form.get("published_through", 0, type=int),
            quiet=[*_quiet_times("quiet", closed=False), *_quiet_times("closed", closed=True)],
            note=request.form.get("note", ""),
            by=auth.caller(),
            **_kept(self.session),
        )
        flash(gettext("The calendar is published. Open deadlines are being moved, and those concerned are told."))
        return go(url_for(".index"))


blueprint.add_url_rule("/calendar", view_func=Index.as_view("index"))


def read(session: Session) -> CalendarPage:
    """Read what the page shows."""
    rows = session.scalars(
        select(CalendarVersion).where(CalendarVersion.name == DEFAULT).order_by(CalendarVersion.version.desc())
    ).all()
    authors = names.of_accounts(session, [row.published_by for row in rows])
    return CalendarPage(
        last_published_year=calendars.calendar(session).last_published_year,
        published_through=rows[0].published_through if rows else 0,
        versions=tuple(_line(row, authors[row.published_by]) for row in rows),
        zone=ZoneInfo(ZONE),
    )


def _line(row: CalendarVersion, by: str) -> VersionLine:
    written = [(f"{time['from']}/{time['until']} {time['reason']}", time["closed"]) for time in row.quiet]
    return VersionLine(
        version=row.version,
        holidays=tuple(row.extra_holidays),
        workdays=tuple(row.extra_workdays),
        quiet=tuple(text for text, closed in written if not closed),
        closed=tuple(text for text, closed in written if closed),
        note=row.note,
        by=by,
        at=row.published_at,
    )


def _kept(session: Session) -> Mapping[str, Any]:
    """Give what the page does not ask for, as it holds."""
    holding = calendars.latest_version(session, DEFAULT)
    return {} if holding is None else {"country": holding.country, "weekend": holding.weekend}


def _quiet_times(name: str, *, closed: bool) -> list[Quiet]:
    """Read the quiet times of a field, one a line: first and last day, then the reason.

    Raises:
        Invalid: a line is none.
    """
    times, problems = [], []
    for number, line in enumerate(request.form.get(name, "").splitlines(), 1):
        days, _, reason = line.strip().partition(" ")
        first, _, last = days.partition("/")
        try:
            if days:
                times.append(Quiet(date.fromisoformat(first), date.fromisoformat(last or first), reason, closed))
        except ValueError:
            sentence = Sentence(
                "Line {number}: {text} is not written like 2026-02-09/2026-02-13 and a reason",
                number=number,
                text=line.strip(),
            )
            problems.append(Problem(sentence, name, "no-time"))
    if problems:
        raise Invalid("Expected to publish the calendar, but not every quiet time is one", problems)
    return times


def _days(name: str) -> list[date]:
    """Read the days of a field, one a line.

    Raises:
        Invalid: a line is no day.
    """
    days, problems = [], []
    for number, line in enumerate(request.form.get(name, "").splitlines(), 1):
        try:
            if text := line.strip():
                days.append(date.fromisoformat(text))
        except ValueError:
            sentence = Sentence(
                "Line {number}: {text} is not a day such as 2025-10-09", number=number, text=line.strip()
            )
            problems.append(Problem(sentence, name, "no-day"))
    if problems:
        raise Invalid("Expected to publish the calendar, but not every line is a day", problems)
    return days
