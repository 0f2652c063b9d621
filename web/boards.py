"""A superior's board: the own line at a glance, the rate of conversion week by week, and where it fell off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine import clock
from engine.errors import NotFound
from engine.reviews.models import WeekExplanation
from engine.reviews.organisation import people
from engine.reviews.reports import boards, conversions, weekly_figures
from engine.reviews.reports.boards import Line
from engine.reviews.reports.conversions import Week
from engine.reviews.scores.quantities import plain, rounded
from web import names
from web.addresses import go
from web.dates import Deadline, deadline
from web.languages import gettext
from web.navigation import keeps_actuals
from web.uploads import uploaded

WIDTH, HEIGHT = 640, 180
"""The chart, in units of its own."""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One person's review."""

    key: int
    name: str
    cycle: str
    tasks: tuple[str, ...]
    due: Deadline | None
    late: int
    month: str
    summarised: bool
    tracks: tuple[tuple[str, str, str], ...]
    """Indicator, what is reached, and of what target."""


@dataclass(frozen=True, slots=True)
class Point:
    """One week in the chart."""

    monday: date
    rate: str
    usual: str
    leads: str
    fallen: bool
    x: float
    y: float | None
    """None without leads."""


@dataclass(frozen=True, slots=True)
class PartLine:
    """What a tier adds to the change of a week, in percentage points."""

    name: str
    own: str
    usual: str
    by_rate: str
    by_mix: str


blueprint = Blueprint("boards", __name__)


class Index(View):
    """The board."""

    def get(self) -> str:
        """Show the line below, and the weeks."""
        person = auth.caller()
        lines = boards.of_line(self.session, by=person)
        series = conversions.weeks(weekly_figures.newest(self.session, by=person))
        return render_template(
            "board.html",
            lines=[_line(self.session, line) for line in lines],
            together=[
                (names.either(one.name, one.name_en), _plain(one.value, one.unit), _plain(one.target, one.unit),
                 _per_cent(one.completion), one.people)
                for one in boards.together(lines)
            ],
            points=_points(series),
            imports=keeps_actuals(person),
            width=WIDTH,
            height=HEIGHT,
        )  # fmt: skip


class OneWeek(View):
    """One week, taken apart."""

    def get(self, day: str) -> str:
        """Show tiers, behaviour and people beside the weeks before."""
        figures = weekly_figures.newest(self.session, by=auth.caller())
        series = conversions.weeks(figures)
        week = boards.week_of(series, _day(day))
        by_person = {
            names.of_person(people.by_key(self.session, key)): [one for one in figures if one.person_key == key]
            for key in dict.fromkeys(one.person_key for one in figures)
        }
        return render_template(
            "board-week.html",
            point=_points([week])[0],
            parts=[_part(part) for part in conversions.parts(figures, week)],
            behaviours=[
                (one.measure, plain(one.own), str(rounded(one.usual, 1)), _per_cent(one.change))
                for one in conversions.behaviours(figures, week)
            ],
            people=[(name, _rates(mine, week.monday)) for name, mine in by_person.items()],
            explanations=[_said(self.session, one) for one in self._said(week)],
        )

    def post(self, day: str) -> Response:
        """Say why it fell off."""
        boards.explain(self.session, _day(day), request.form.get("text", ""), by=auth.caller())
        return go(url_for(".week", day=day))

    def _said(self, week: Week) -> Sequence[WeekExplanation]:
        return boards.explanations(self.session, week.monday, by=auth.caller())


class Import(View):
    """The import of weekly figures."""

    def post(self) -> Response:
        """Import a file, all of it or nothing."""
        entered = weekly_figures.import_csv(self.session, uploaded()[1], by=auth.caller())
        flash(gettext("{number} weekly figures are entered.").format(number=len(entered)))
        return go(url_for(".index"))


blueprint.add_url_rule("/board", view_func=Index.as_view("index"))
blueprint.add_url_rule("/board/weeks/<day>", view_func=OneWeek.as_view("week"))
blueprint.add_url_rule("/board/import", view_func=Import.as_view("import_"))


def _line(session: Session, line: Line) -> BoardLine:
    return BoardLine(
        key=line.review.key,
        name=names.of_person(line.person),
        cycle=line.cycle.label,
        tasks=tuple(names.local(name) for name in line.tasks),
        due=deadline(session, line.next_due, clock.now(session), ZoneInfo(line.cycle.zone)) if line.next_due else None,
        late=line.late,
        month=line.month,
        summarised=line.summarised,
        tracks=tuple(
            (names.either(one.name, one.name_en), f"{one.value or '–'}", f"{one.target or '–'} {one.unit}".strip())
            for one in line.tracks
        ),
    )


def _points(series: Sequence[Week]) -> list[Point]:
    rates = [one.own.rate or Fraction(0) for one in series]
    top = max([*rates, Fraction(1, 100)])
    step = WIDTH / max(len(series) - 1, 1)
    return [
        Point(
            monday=one.monday,
            rate=_per_cent(one.own.rate),
            usual=_per_cent(one.before.rate) if one.before else "–",
            leads=plain(one.own.leads),
            fallen=one.has_fallen,
            x=step * number,
            y=None if one.own.rate is None else HEIGHT - float(one.own.rate / top) * (HEIGHT - 10),
        )
        for number, one in enumerate(series)
    ]


def _part(part: conversions.Part) -> PartLine:
    return PartLine(
        name=part.name or gettext("without a tier"),
        own=f"{_per_cent(part.own.rate)} ({plain(part.own.converted)}/{plain(part.own.leads)})",
        usual=_per_cent(part.before.rate),
        by_rate=_points_of(part.by_rate),
        by_mix=_points_of(part.by_mix),
    )


def _rates(figures: Sequence[weekly_figures.Figure], monday: date) -> tuple[str, str]:
    found = [one for one in conversions.weeks(figures) if one.monday == monday]
    if not found:
        return "–", "–"
    return _per_cent(found[0].own.rate), _per_cent(found[0].before.rate) if found[0].before else "–"


def _said(session: Session, one: WeekExplanation) -> tuple[str, str]:
    return names.of_person(people.by_key(session, one.superior_key)), one.text


def _day(text: str) -> date:
    day = day_or_none(text)
    if day is None:
        raise NotFound("Expected to find the week of {text}, but that is no date", text=text)
    return day


def day_or_none(text: str) -> date | None:
    """Read a date as browsers send it; None where nothing readable is there."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _plain(value: Fraction, unit: str) -> str:
    return f"{plain(value)} {unit}".strip()


def _per_cent(share: Fraction | None) -> str:
    return "–" if share is None else f"{rounded(100 * share, 1)}%"


def _points_of(change: Fraction) -> str:
    return f"{rounded(100 * change, 2):+}"
