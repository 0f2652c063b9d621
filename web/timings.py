"""How a drafted cycle counts time: days and grace of each step, the close of business, and the dates that follow."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine import calendars
from engine.bpmn.models import ProcessDefinition
from engine.errors import Invalid, NotFound, Problem
from engine.reviews.cycle import cycles
from engine.reviews.deadlines import timing
from engine.reviews.deadlines.timing import Timing
from engine.reviews.models import CycleState
from engine.reviews.sentences import Sentence
from web import names
from web.addresses import go
from web.languages import gettext
from web.navigation import runs_cycles

blueprint = Blueprint("timings", __name__)


class CycleTiming(View):
    """The timing of one cycle."""

    def get(self, key: int) -> str:
        """Show it, with the last day of each step if it opened on a day; ask for another while it is a draft."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to show how a cycle counts time, but the page is for HR")
        cycle = cycles.found(self.session, key)
        opens = _day(request.args.get("opens", "")) or calendars.today(self.session, ZoneInfo(cycle.zone))
        return render_template(
            "timing.html",
            cycle=cycle,
            drafted=cycle.state is CycleState.DRAFT,
            calendars=[(name, name) for name in sorted(calendars.names(self.session))],
            close=cycle.close_of_business.strftime("%H:%M") if cycle.close_of_business else "",
            opens=opens.isoformat(),
            steps=timing.preview(self.session, cycle, opens),
            processes=_processes(self.session),
        )

    def post(self, key: int) -> Response:
        """Decide it."""
        cycle = cycles.found(self.session, key)
        given = Timing(
            calendar=request.form.get("calendar") or cycle.calendar,
            close_of_business=_time(request.form.get("close_of_business", "").strip()),
            deadlines=_days(timing.DEADLINES),
            grace=_days(timing.GRACE),
        )
        timing.decide(self.session, cycle, given, by=auth.caller())
        flash(gettext("Decided: the dates below follow from it."))
        return go(url_for(".timing", key=key, opens=request.form.get("opens", "")))


blueprint.add_url_rule("/cycles/<key:key>/timing", view_func=CycleTiming.as_view("timing"))


def _processes(session: Session) -> dict[str, str]:
    """Name the processes, each by its newest version."""
    named = select(ProcessDefinition.process_id, ProcessDefinition.name).order_by(ProcessDefinition.version)
    return {process_id: names.local(name) for process_id, name in session.execute(named) if name}


def _days(kind: str) -> dict[str, int]:
    """Read the days of each step that were filled in.

    Raises:
        Invalid: one is no number.
    """
    filled = {
        name.removeprefix(f"{kind}."): text.strip()
        for name, text in request.form.items()
        if name.startswith(f"{kind}.") and text.strip()
    }
    wrong = [
        Problem(Sentence("{text} is no number of days", text=text), f"{kind}.{step}", "no-number")
        for step, text in filled.items()
        if not text.isdecimal()
    ]
    if wrong:
        raise Invalid("Expected to read the days of the steps, but not all are numbers", wrong)
    return {step: int(text) for step, text in filled.items()}


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError as error:
        problem = Problem(Sentence("{text} is not a time such as 17:30", text=text), "close_of_business", "no-time")
        raise Invalid("Expected to read the close of business, but it is no time", [problem]) from error


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
