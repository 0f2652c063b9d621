"""Recordings: handed in with an own appeal or a review that is not over, with what must be said of them."""

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
from engine.reviews import access
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
        back = (url_for("web.appeals.case", key=appeal.key), gettext("Appeal"))
        return _page(self.session, url_for(".of_appeal", key=appeal.key), back)

    def post(self, key: int) -> Response:
        """Hand it in."""
        by = auth.caller()
        appeal = _own(self.session, key, by)
        evidence.attach_recording_to_appeal(self.session, appeal, _declared(self.session, by), by=by)
        flash(gettext("The recording is handed in; it is erased after its last day."))
        return go(url_for("web.appeals.case", key=key))


class OfReview(View):
    """The recordings of a review, from its appraisee and its superior."""

    def get(self, key: int) -> str:
        """Ask for the recording and what must be said of it."""
        review = _reviewed(self.session, key, auth.caller())
        back = (url_for("web.reviews.review", key=review.key), gettext("Review"))
        return _page(self.session, url_for(".of_review", key=review.key), back)

    def post(self, key: int) -> Response:
        """Hand it in."""
        by = auth.caller()
        review = _reviewed(self.session, key, by)
        evidence.attach_recording(self.session, review, _declared(self.session, by), by=by)
        flash(gettext("The recording is handed in; it is erased after its last day."))
        return go(url_for("web.reviews.review", key=key))


blueprint.add_url_rule("/appeals/<key:key>/recordings", view_func=OfAppeal.as_view("of_appeal"))
blueprint.add_url_rule("/reviews/<key:key>/recordings", view_func=OfReview.as_view("of_review"))


def _page(session: Session, address: str, back: tuple[str, str]) -> str:
    latest = calendars.today(session) + timedelta(days=365)
    return render_template("recording.html", address=address, back=back, latest=latest.isoformat())


def _declared(session: Session, by: Identity) -> int:
    """Keep the recording that was sent, with what was said of it."""
    files = uploaded(session, "file")
    if len(files) != 1:
        problem = Problem(Sentence("Choose one recording"), "file", "no-file")
        raise Invalid("Expected to hand a recording in, but there is not one file", [problem])
    recordings.declare(session, files[0], _said(), by=by)
    return files[0]


def _reviewed(session: Session, key: int, by: Identity) -> Review:
    visible = select(Review).where(Review.key == key, access.scorecards(session, by))
    review = session.scalar(visible)
    if review is None:
        raise NotFound(
            "Expected to find review {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    return review


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
