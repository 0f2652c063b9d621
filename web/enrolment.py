"""Composing a cycle: drafted, people enrolled, raters nominated."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import Invalid, NotFound, Problem
from engine.reviews.cycle import cycles, drafts, passages, reviews
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.sentences import Sentence
from web import names
from web.addresses import go
from web.cycles import choices
from web.navigation import runs_cycles

blueprint = Blueprint("enrolment", __name__)


class Drafting(View):
    """The drafting of a cycle."""

    def get(self) -> str:
        """Ask for its label, period, template, process and zone."""
        person = auth.caller()
        if not runs_cycles(person):
            raise NotFound("Expected to draft a cycle, but that is HR's to do")
        known = passages.deployed(self.session)
        return render_template(
            "draft.html",
            templates=choices(self.session),
            processes=[(one.process_id, names.local(one.name)) for one in known],
        )

    def post(self) -> Response:
        """Draft it."""
        cycle = drafts.draft(
            self.session,
            label=request.form.get("label", "").strip(),
            starts_on=day("starts_on"),
            ends_on=day("ends_on"),
            template_key=_key("template"),
            process_id=request.form.get("process", ""),
            zone=request.form.get("zone", "").strip(),
            by=auth.caller(),
        )
        return go(url_for("web.cycles.cycle", key=cycle.key))


class Enrolment(View):
    """The enrolment of somebody."""

    def post(self, key: int) -> Response:
        """Enrol somebody."""
        person = people.by_key(self.session, _key("person"))
        cycles.enrol(self.session, cycles.found(self.session, key), person, by=auth.caller())
        return go(url_for("web.cycles.cycle", key=key))


class Template(View):
    """The template of a cycle."""

    def post(self, key: int) -> Response:
        """Let the cycle use another."""
        cycles.use_template(self.session, cycles.found(self.session, key), _key("template"), by=auth.caller())
        return go(url_for("web.cycles.cycle", key=key))


class Nomination(View):
    """The nomination of a rater."""

    def post(self, key: int) -> Response:
        """Ask somebody to rate an appraisee."""
        review = reviews.found(self.session, _key("review"))
        rater = people.by_key(self.session, _key("person"))
        raters.nominate(self.session, review, rater, group_id=request.form.get("group", ""), by=auth.caller())
        return go(url_for("web.cycles.cycle", key=key))


blueprint.add_url_rule("/cycles/new", view_func=Drafting.as_view("draft"))
blueprint.add_url_rule("/cycles/<key:key>/reviews", view_func=Enrolment.as_view("enrol"))
blueprint.add_url_rule("/cycles/<key:key>/template", view_func=Template.as_view("use_template"))
blueprint.add_url_rule("/cycles/<key:key>/raters", view_func=Nomination.as_view("nominate"))


def _key(name: str) -> int:
    """Read a key that was chosen from a list; 0, which names nothing, where none was."""
    return request.form.get(name, 0, type=int)


def day(name: str) -> date:
    """Read a day that a form must give.

    Raises:
        Invalid: there is none.
    """
    day = request.form.get(name, type=date.fromisoformat)
    if day is None:
        problem = Problem(Sentence("It is no date such as 2025-09-30"), name, "bad-date")
        raise Invalid("Expected to read a date, but there is none", [problem])
    return day
