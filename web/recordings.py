"""Recordings: handed in with an own appeal that is not over, with what must be said of them."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine import calendars
from engine.errors import Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cases import evidence, recordings
from engine.reviews.cases.recordings import Declaration
from engine.reviews.models import PENDING, Appeal, Person, Review
from engine.reviews.sentences import Sentence
from web.addresses import go
from web.documents import uploaded
from web.languages import gettext

blueprint = Blueprint("recordings", __name__)


class OfAppeal(View):
    """The recordings of an appeal."""

    def get(self, key: int) -> str:
        """Ask for the recording and what must be said of it."""
        appeal = _own(self.session, key, auth.caller())
        latest = calendars.today(self.session) + timedelta(days=365)
        return render_template("recording.html", key=appeal.key, latest=latest.isoformat())

    def post(self, key: int) -> Response:
        """Hand it in."""
        by = auth.caller()
        appeal = _own(self.session, key, by)
        files = uploaded(self.session, "file")
        if len(files) != 1:
            problem = Problem(Sentence("Choose one recording"), "file", "no-file")
            raise Invalid("Expected to hand a recording in, but there is not one file", [problem])
        recordings.declare(self.session, files[0], _said(), by=by)
        evidence.attach_to_appeal(self.session, appeal, files, by=by)
        flash(gettext("The recording is handed in; it is erased after its last day."))
        return go(url_for("web.appeals.case", key=key))


blueprint.add_url_rule("/appeals/<key:key>/recordings", view_func=OfAppeal.as_view("of_appeal"))


def _own(session: Session, key: int, by: Identity) -> Appeal:
    own = (
        select(Appeal)
        .join(Review, Review.key == Appeal.review_key)
        .join(Person, Person.key == Review.appraisee_key)
        .where(Appeal.key == key, Person.username == by.username, Appeal.state.in_(PENDING))
    )
    appeal = session.scalar(own)
    if appeal is None:
        raise NotFound("Expected to find appeal {key}, but there is none of yours that is not over", key=key)
    return appeal


def _said() -> Declaration:
    told = {name: request.form.get(name, "") for name in ("purpose", "heard", "notice")}
    given = request.form.get("kept_until", "")
    try:
        return Declaration(**told, kept_until=date.fromisoformat(given))
    except ValueError as error:
        problem = Problem(Sentence("{text} is no date", text=given), "kept_until", "bad-date")
        raise Invalid("Expected to hand a recording in, but its last day is not clear", [problem]) from error
