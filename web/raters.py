"""Raters: who rates a review, as HR follows it, and the page on which somebody declines or is withdrawn."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn.models import UserTask, Variables
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Person, Rater, RaterState, Review
from engine.reviews.organisation import people, scopes
from engine.reviews.rating import departures, raters
from web import names, subjects
from web.addresses import go
from web.languages import N_, gettext

STATES = {
    RaterState.NOMINATED: (N_("Nominated"), "empty"),
    RaterState.ASKED: (N_("Asked"), "info"),
    RaterState.SUBMITTED: (N_("Rated"), "good"),
    RaterState.EXCUSED: (N_("Excused"), "empty"),
    RaterState.DECLINED: (N_("Declined or gone"), "warn"),
}


@dataclass(frozen=True, slots=True)
class RaterLine:
    """Somebody who was asked to rate."""

    name: str
    group: str
    state: str
    state_kind: str
    reason: str
    withdraw: str
    """Where HR takes the task from somebody who is gone; empty where nothing is awaited."""


blueprint = Blueprint("raters", __name__)


class Departure(View):
    """The page on which a rater declines, or HR withdraws one who is gone."""

    def get(self, key: int) -> str:
        """Ask for the reason."""
        rater = _found(self.session, key, auth.caller())
        review = reviews.found(self.session, rater.review_key)
        return render_template(
            "depart.html",
            key=key,
            own=_is_own(self.session, rater, auth.caller()),
            rater=names.of_person(people.by_key(self.session, rater.person_key)),
            appraisee=names.of_person(people.by_key(self.session, review.appraisee_key)),
        )

    def post(self, key: int) -> Response:
        """Take the task from the rater; somebody else may then be named."""
        rater, reason, by = _found(self.session, key, auth.caller()), request.form.get("reason", ""), auth.caller()
        if _is_own(self.session, rater, by):
            departures.decline(self.session, rater, reason=reason, by=by)
            flash(gettext("You have declined; what you typed stays in your browser."))
            return go(url_for("web.inbox.index"))
        departures.withdraw(self.session, rater, reason=reason, by=by)
        flash(gettext("The task is withdrawn; a replacement can be named."))
        return go(url_for("web.reviews.review", key=rater.review_key))


blueprint.add_url_rule("/raters/<key:key>/departure", view_func=Departure.as_view("depart"))


def of_review(session: Session, review: Review, by: Identity) -> list[RaterLine]:
    """List who rates a review, for whoever runs cycles and is not its appraisee (E-95)."""
    if not scopes.keeps(session, review, by) or people.by_key(session, review.appraisee_key).username == by.username:
        return []
    groups = {group.id: names.either(group.name, group.name_en) for group in raters.groups(session, review)}
    return [_line(session, rater, groups) for rater in raters.of_review(session, review)]


def departure(session: Session, task: UserTask, shown: Variables, by: Identity) -> str:
    """Say where the holder of a rating task may decline it; empty for any other task."""
    review = subjects.review_of_root(session, task.root_key)
    if review is None or task.assignee != by.username or "ratings" not in shown:
        return ""
    asked = [one for one in raters.of_review(session, review, str(shown.get("group"))) if _may_decline(one)]
    own = [one for one in asked if _is_own(session, one, by)]
    return url_for("web.raters.depart", key=own[0].key) if own else ""


def _line(session: Session, rater: Rater, groups: dict[str, str]) -> RaterLine:
    state, kind = STATES[rater.state]
    return RaterLine(
        name=names.of_person(people.by_key(session, rater.person_key)),
        group=groups.get(rater.group_id, rater.group_id),
        state=gettext(state),
        state_kind=kind,
        reason=names.local(rater.reason),
        withdraw=url_for("web.raters.depart", key=rater.key) if _may_decline(rater) else "",
    )


def _may_decline(rater: Rater) -> bool:
    return rater.state is RaterState.ASKED and rater.group_id not in raters.BY_POSITION


def _is_own(session: Session, rater: Rater, by: Identity) -> bool:
    return session.scalar(select(Person.username).where(Person.key == rater.person_key)) == by.username


def _found(session: Session, key: int, by: Identity) -> Rater:
    """Find a rater that somebody may know of: oneself, any for who runs cycles but of the own review."""
    rater = raters.by_key(session, key)
    if _is_own(session, rater, by):
        return rater
    review = reviews.found(session, rater.review_key)
    own = people.by_key(session, review.appraisee_key).username == by.username
    if own or not scopes.keeps(session, review, by):
        raise NotFound(
            "Expected to find rater {key}, but there is none that {username} may know of", key=key, username=by.username
        )
    return rater
