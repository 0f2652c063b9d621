"""The guidelines of a cycle: what each unit is advised, beside how many it has graded so."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.reviews.cycle import cycles
from engine.reviews.models import Department, Guideline
from engine.reviews.organisation import people
from engine.reviews.release import guidelines
from web import names
from web.addresses import go
from web.calibrations import guideline_of
from web.languages import gettext
from web.navigation import runs_cycles

blueprint = Blueprint("guidelines", __name__)


class Index(View):
    """The guidelines of a cycle."""

    def get(self, key: int) -> str:
        """Show them, and ask for another."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to show the guidelines of a cycle, but the page is for HR")
        cycle = cycles.found(self.session, key)
        return render_template(
            "guidelines.html",
            cycle=cycle,
            lines=[_line(self.session, row) for row in guidelines.of_cycle(self.session, cycle).values()],
            departments=[(one.key, names.either(one.name, one.name_en)) for one in _departments(self.session)],
            usual=_written(guidelines.of_unit(self.session, cycle, [])),
        )

    def post(self, key: int) -> Response:
        """Set one."""
        cycle, given = cycles.found(self.session, key), request.form
        department = given.get("department", 0, type=int)
        guidelines.put(
            self.session,
            cycle,
            people.department_by_key(self.session, department) if department else None,
            guideline_of(given.get("guideline", "")),
            smallest_group=given.get("smallest_group", 0, type=int),
            reason=given.get("reason", ""),
            by=auth.caller(),
        )
        flash(gettext("The guideline is set: it is advice."))
        return go(url_for(".index", key=key))


blueprint.add_url_rule("/cycles/<key:key>/guidelines", view_func=Index.as_view("index"))


def _line(session: Session, row: Guideline) -> tuple[str, str, int, str]:
    unit = people.department_by_key(session, row.department_key) if row.department_key else None
    told = gettext(", ").join(f"{level} {share}%" for level, share in row.shares)
    return (
        names.either(unit.name, unit.name_en) if unit else gettext("All others"),
        told,
        row.smallest_group,
        row.reason,
    )


def _written(shares: list[tuple[str, str]]) -> str:
    return "\n".join(f"{level} {share}" for level, share in shares)


def _departments(session: Session) -> list[Department]:
    return list(session.scalars(select(Department).order_by(Department.code)))
