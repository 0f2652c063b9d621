"""What is done about a plan on its page: refusal, closing, another mentor or superior, an answer to a revision."""

from __future__ import annotations

from flask import Blueprint, flash, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import Outcome, Plan
from engine.reviews.organisation import people
from engine.reviews.plans import answers, endings, leads, mentoring, revisions
from web.addresses import go
from web.languages import gettext

blueprint = Blueprint("plan_steps", __name__)


class Refusal(View):
    """A refusal to sign."""

    def post(self, key: int) -> Response:
        """Record it before a witness; no penalty follows."""
        plan, by = known(self.session, key, auth.caller()), auth.caller()
        witness = people.named(self.session, request.form.get("witness", ""))
        answers.record_refusal(self.session, plan, witness=witness, reason=request.form.get("reason", ""), by=by)
        flash(gettext("The refusal is recorded; it has no penalty."))
        return go(url_for("web.plans.plan", key=key))


class Closing(View):
    """The end of a plan without a finding."""

    def post(self, key: int) -> Response:
        """Close it."""
        plan, by = known(self.session, key, auth.caller()), auth.caller()
        outcome = Outcome(request.form.get("outcome") or Outcome.FAILED)
        endings.close(self.session, plan, outcome, reason=request.form.get("reason", ""), by=by)
        flash(gettext("The plan is closed without a finding."))
        return go(url_for("web.plans.plan", key=key))


class Leading(View):
    """Who leads a plan."""

    def post(self, key: int) -> Response:
        """Name another."""
        plan, by = known(self.session, key, auth.caller()), auth.caller()
        leads.name(self.session, plan, people.named(self.session, request.form.get("superior", "")), by=by)
        flash(gettext("Another superior leads it."))
        return go(url_for("web.plans.plan", key=key))


class Mentor(View):
    """The mentor of a running plan."""

    def post(self, key: int) -> Response:
        """Name another."""
        plan, by = known(self.session, key, auth.caller()), auth.caller()
        mentoring.replace(self.session, plan, people.named(self.session, request.form.get("mentor", "")), by=by)
        flash(gettext("Another mentor is named."))
        return go(url_for("web.plans.plan", key=key))


class Revision(View):
    """The answer to a revision of the objectives."""

    def post(self, key: int) -> Response:
        """Agree, or not."""
        plan, by = known(self.session, key, auth.caller()), auth.caller()
        revisions.answer(self.session, plan, agreed=request.form.get("agreed") == "yes", by=by)
        flash(gettext("Your answer is recorded."))
        return go(url_for("web.plans.plan", key=key))


blueprint.add_url_rule("/plans/<key:key>/refusal", view_func=Refusal.as_view("refusal"))
blueprint.add_url_rule("/plans/<key:key>/closing", view_func=Closing.as_view("closing"))
blueprint.add_url_rule("/plans/<key:key>/superior", view_func=Leading.as_view("leading"))
blueprint.add_url_rule("/plans/<key:key>/mentor", view_func=Mentor.as_view("mentor"))
blueprint.add_url_rule("/plans/<key:key>/revision", view_func=Revision.as_view("revision"))


def known(session: Session, key: int, by: Identity) -> Plan:
    """Find a plan that somebody may know of.

    Raises:
        NotFound: there is none.
    """
    plan = session.scalar(select(Plan).where(Plan.key == key, access.plans(session, by)))
    if plan is None:
        raise NotFound(
            "Expected to find plan {key}, but there is none that {username} may know of", key=key, username=by.username
        )
    return plan
