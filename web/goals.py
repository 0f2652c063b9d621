"""The goals of a cycle: the company's, the departments', the people's, and whether the shares below each add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, Department, Goal, GoalLevel
from engine.reviews.organisation import people
from engine.reviews.rulebook import goals, templates
from engine.reviews.rulebook.goals import Given
from engine.reviews.scores.quantities import plain, weight
from web import names
from web.addresses import go
from web.cycles import everybody
from web.languages import N_, gettext
from web.navigation import runs_cycles

LEVELS = {
    GoalLevel.COMPANY: N_("Company"),
    GoalLevel.DEPARTMENT: N_("Department"),
    GoalLevel.PERSON: N_("Person"),
}


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal in the cascade."""

    key: int
    depth: int
    level: str
    owner: str
    indicator: str
    target: str
    share: str
    below: str
    """What the shares below it total; empty where there is none."""
    fits: bool


blueprint = Blueprint("goals", __name__)


class Index(View):
    """The goals of a cycle."""

    def get(self, key: int) -> str:
        """Show the cascade, and ask for the next goal."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to show the goals of a cycle, but the page is for HR")
        cycle = cycles.found(self.session, key)
        return render_template("goals.html", cycle=cycle, **_shown(self.session, cycle))

    def post(self, key: int) -> Response:
        """Hand a goal down."""
        given = request.form
        level, _, owner = given.get("owner", "").partition(":")
        goal = Given(
            level=GoalLevel(level) if level in set(GoalLevel) else GoalLevel.COMPANY,
            indicator_id=given.get("indicator", "").strip(),
            target=given.get("target", "").strip(),
            unit=given.get("unit", "").strip(),
            owner=int(owner) if owner.isdigit() else None,
            parent_key=given.get("parent", type=int) or None,
            share=given.get("share", "").strip(),
        )
        goals.hand_down(self.session, cycles.found(self.session, key), goal, by=auth.caller())
        return go(url_for(".index", key=key))


blueprint.add_url_rule("/cycles/<key:key>/goals", view_func=Index.as_view("index"))


def _shown(session: Session, cycle: Cycle) -> dict[str, object]:
    lines = list(read_all(session, cycle))
    departments = session.scalars(select(Department).order_by(Department.code))
    owners = [(GoalLevel.COMPANY.value, gettext(LEVELS[GoalLevel.COMPANY]))]
    owners += [(f"department:{one.key}", names.either(one.name, one.name_en)) for one in departments]
    owners += [(f"person:{key}", name) for key, name in everybody(session)]
    return {
        "lines": lines,
        "owners": owners,
        "parents": [(line.key, f"{line.owner} · {line.indicator} {line.target}") for line in lines],
        "indicators": list(_measured(session, cycle).items()),
    }


def read_all(session: Session, cycle: Cycle) -> Iterator[GoalLine]:
    """Read the goals of a cycle, each followed by those that are part of it."""
    below: defaultdict[int | None, list[Goal]] = defaultdict(list)
    for goal in goals.of_cycle(session, cycle):
        below[goal.parent_key].append(goal)
    titles = _measured(session, cycle)

    def under(parent: int | None, depth: int) -> Iterator[GoalLine]:
        for goal in below[parent]:
            yield _line(session, goal, below[goal.key], titles.get(goal.indicator_id, goal.indicator_id), depth)
            yield from under(goal.key, depth + 1)

    yield from under(None, 0)


def _line(session: Session, goal: Goal, parts: Sequence[Goal], title: str, depth: int) -> GoalLine:
    total = sum((weight(part.share) for part in parts), Fraction(0))
    return GoalLine(
        key=goal.key,
        depth=depth,
        level=gettext(LEVELS[goal.level]),
        owner=_owner(session, goal),
        indicator=title,
        target=f"{goal.target}{goal.unit}",
        share=goal.share,
        below=plain(total) if parts else "",
        fits=total == 100,
    )


def _owner(session: Session, goal: Goal) -> str:
    if goal.person_key is not None:
        return names.of_person(people.by_key(session, goal.person_key))
    if goal.department_key is not None:
        department = people.department_by_key(session, goal.department_key)
        return names.either(department.name, department.name_en)
    return gettext(LEVELS[GoalLevel.COMPANY])


def _measured(session: Session, cycle: Cycle) -> dict[str, str]:
    rules = templates.rules(session, cycle.template_key)
    return {one.id: names.either(one.name, one.name_en) for one in rules.measured}
