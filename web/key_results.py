"""The key results of a cycle: what is imported of objectives and projects, its progress and its days, as bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flask import Blueprint, flash, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, KeyResult
from engine.reviews.organisation import people
from engine.reviews.rulebook import goals, key_results, templates
from engine.reviews.scores.quantities import rounded
from web import names
from web.addresses import go
from web.languages import gettext
from web.navigation import runs_cycles
from web.uploads import uploaded


@dataclass(frozen=True, slots=True)
class KeyResultLine:
    """One key result."""

    title: str
    objective: str
    owner: str
    goal: str
    target: str
    reached: str
    per_cent: str
    """How much of it is reached; empty where nothing is said."""
    done: str
    """The same as CSS writes it, 100% at most."""
    days: str
    left: str
    """Where its days begin in the cycle's period, and how wide they are, as CSS writes it; empty without both days."""
    width: str
    source: str


blueprint = Blueprint("key_results", __name__)


class Index(View):
    """The key results of a cycle."""

    def get(self, key: int) -> str:
        """Show them, with what serves no goal or does not add up, and ask for a file."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to show the key results of a cycle, but the page is for HR")
        cycle = cycles.found(self.session, key)
        return render_template(
            "key-results.html",
            cycle=cycle,
            lines=read_all(self.session, cycle),
            findings=list(key_results.gaps(self.session, cycle)),
        )

    def post(self, key: int) -> Response:
        """Import a file."""
        cycle = cycles.found(self.session, key)
        _, content = uploaded()
        entered = key_results.import_csv(self.session, cycle, content, by=auth.caller())
        flash(gettext("Imported: {count} key results.").format(count=len(entered)))
        return go(url_for(".index", key=key))


blueprint.add_url_rule("/cycles/<key:key>/key-results", view_func=Index.as_view("index"))


def read_all(session: Session, cycle: Cycle) -> list[KeyResultLine]:
    """Read the key results of a cycle."""
    titles = {
        one.id: names.either(one.name, one.name_en) for one in templates.rules(session, cycle.template_key).measured
    }
    return [_line(session, cycle, one, titles) for one in key_results.of_cycle(session, cycle)]


def _line(session: Session, cycle: Cycle, one: KeyResult, titles: dict[str, str]) -> KeyResultLine:
    goal = None if one.goal_key is None else goals.found(session, cycle, one.goal_key)
    reached = key_results.progress(one)
    left, width = _bar(cycle, one.starts_on, one.due_on)
    return KeyResultLine(
        title=one.title,
        objective=one.objective,
        owner=names.of_person(people.by_key(session, one.person_key)) if one.person_key else "",
        goal=f"{titles.get(goal.indicator_id, goal.indicator_id)} {goal.target}{goal.unit}" if goal else "",
        target=f"{one.target}{one.unit}",
        reached=one.reached,
        per_cent="" if reached is None else f"{rounded(reached * 100, 0)}%",
        done="" if reached is None else f"{rounded(min(max(reached, Fraction(0)), Fraction(1)) * 100, 2)}%",
        days=f"{one.starts_on or '…'} – {one.due_on or '…'}" if one.starts_on or one.due_on else "",
        left=left,
        width=width,
        source=f"{one.source} {one.reference}",
    )


def _bar(cycle: Cycle, first: date | None, last: date | None) -> tuple[str, str]:
    """Place the days of a stage in the period of the cycle, as far as they lie in it."""
    if first is None or last is None:
        return "", ""
    whole = (cycle.ends_on - cycle.starts_on).days + 1
    begin = max((first - cycle.starts_on).days, 0)
    end = min((last - cycle.starts_on).days + 1, whole)
    if end <= begin:
        return "", ""
    return f"{100 * begin / whole:.2f}%", f"{100 * (end - begin) / whole:.2f}%"
