"""What is asked for or recorded in a running plan on a page of its own: other objectives, a training."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import Invalid, Problem
from engine.reviews.plans import mentoring, plans, revisions, trainings
from engine.reviews.plans.drafts import Objective
from engine.reviews.plans.trainings import Training
from engine.reviews.sentences import Sentence
from web.addresses import go
from web.languages import gettext
from web.plan_steps import known

PLACES = 2
"""How many objectives can be added to those there are."""

blueprint = Blueprint("plan_requests", __name__)


class Revision(View):
    """Other objectives that the appraisee is asked to agree to."""

    def get(self, key: int) -> str:
        """Ask which, beginning with those that hold."""
        plan, by = known(self.session, key, auth.caller()), auth.caller()
        mentoring.expect_lead(self.session, plan, by, Sentence("revise the objectives of plan {key}", key=key))
        return render_template("plan-revision.html", key=key, rows=[*plan.objectives, *({} for _ in range(PLACES))])

    def post(self, key: int) -> Response:
        """Ask the appraisee; what was signed holds meanwhile."""
        plan, by = known(self.session, key, auth.caller()), auth.caller()
        reason = request.form.get("reason", "")
        revisions.ask(self.session, plan, list(_objectives()), reason=reason, by=by)
        flash(gettext("The appraisee is asked; until then the signed objectives hold."))
        return go(url_for("web.plans.plan", key=key))


class PlanTraining(View):
    """One more training that was given."""

    def get(self, key: int) -> str:
        """Ask what it was."""
        plan, by = known(self.session, key, auth.caller()), auth.caller()
        mentoring.expect_lead(self.session, plan, by, Sentence("record a training in plan {key}", key=key))
        return render_template("plan-training.html", key=key, today=plans.today_of(self.session, plan).isoformat())

    def post(self, key: int) -> Response:
        """Record it."""
        plan, by = known(self.session, key, auth.caller()), auth.caller()
        said = {name: request.form.get(name, "") for name in ("course", "provider", "trainer", "hours", "test")}
        held_on, attended = _day("heldOn", request.form.get("heldOn", "")), request.form.get("attended") == "yes"
        trainings.record(self.session, plan, Training(**said, held_on=held_on, attended=attended), by=by)
        flash(gettext("The training is recorded."))
        return go(url_for("web.plans.plan", key=key))


blueprint.add_url_rule("/plans/<key:key>/revisions", view_func=Revision.as_view("revision"))
blueprint.add_url_rule("/plans/<key:key>/trainings", view_func=PlanTraining.as_view("training"))


def _objectives() -> Iterator[Objective]:
    """Read the rows in which anything is written."""
    names = ("objective", "measure", "support", "count", "dueOn")
    for number, row in enumerate(zip(*(request.form.getlist(name) for name in names), strict=True)):
        objective, measure, support, count, due = (text.strip() for text in row)
        if not any((objective, measure, support, count, due)):
            continue
        where = f"objectives[{number}]"
        yield Objective(
            objective,
            measure,
            support,
            count=_count(f"{where}.count", count) if count else None,
            due_on=_day(f"{where}.dueOn", due) if due else None,
        )


def _count(where: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        problem = Problem(Sentence("{text} is no whole number", text=text), where, "bad-number")
        raise Invalid("Expected to revise objectives, but a number is none", [problem]) from error


def _day(where: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        problem = Problem(Sentence("{text} is no date", text=text), where, "bad-date")
        raise Invalid("Expected to read a day, but it is none", [problem]) from error
