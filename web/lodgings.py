"""The lodging of an appeal from the result sheet; what came late is kept, and goes along with the request (E-40)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, make_response, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine import clock
from engine.bpmn.documents import Document
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews.cases import appeals, lodgings, windows
from engine.reviews.cases.lodgings import Typed
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import AppealDraft, Review, Verdict
from engine.reviews.organisation import people
from engine.reviews.release import results
from web import appeals as cases
from web import names
from web.addresses import go
from web.documents import uploaded
from web.languages import gettext


@dataclass(frozen=True, slots=True)
class Form:
    """What the form shows: typed before, or nothing yet."""

    key: int
    released: bool
    """Whether there is a result sheet to go back to."""
    window: cases.Window | None
    late: str
    """When the window closed and what time it is; empty while it is open."""
    indicators: tuple[tuple[str, str], ...]
    sought: tuple[tuple[str, str], ...]
    draft: AppealDraft | None
    papers: tuple[Document, ...]
    """What was uploaded with the draft and is still there."""


blueprint = Blueprint("lodgings", __name__)


class Lodging(View):
    """The lodging of an appeal."""

    def get(self, key: int) -> str:
        """Ask what the appeal is about, or why it is late."""
        by = auth.caller()
        return render_template("lodge.html", form=form(self.session, _own(self.session, key, by), by))

    def post(self, key: int) -> Any:
        """Lodge it; what is late without a reason is kept as it was typed, and asks for the reason."""
        review, by, sent = reviews.found(self.session, key), auth.caller(), request.form
        papers = [*uploaded(self.session, "evidence"), *_kept(self.session, review, by)]
        typed = Typed(
            grounds=sent.get("grounds", ""),
            items=tuple(sent.getlist("items")),
            remedy=sent.get("remedy", ""),
            sought=_sought(sent.get("sought", "")),
        )
        reason = sent.get("late_reason", "")
        if not reason.strip() and lodgings.is_late(self.session, review, by=by):
            lodgings.keep(self.session, review, typed, papers, by=by)
            return self._asked_again(review, by)
        appeal = appeals.lodge(
            self.session,
            review,
            grounds=typed.grounds,
            items=typed.items,
            remedy=typed.remedy,
            sought=typed.sought,
            late_reason=reason,
            documents=papers,
            by=by,
        )
        flash(gettext("Your request is with HR.") if appeal.late_reason else gettext("Your appeal is lodged."))
        return go(url_for("web.appeals.case", key=appeal.key))

    def _asked_again(self, review: Review, by: Identity) -> Response:
        """Answer below the form, or where no script runs with the page, that it is late and what was typed is kept."""
        self.session.flush()
        shown = form(self.session, review, by)
        fragment = request.headers.get("HX-Request-Type") == "partial"
        page = render_template("parts/late.html" if fragment else "lodge.html", form=shown)
        return make_response(page, 409)


blueprint.add_url_rule("/reviews/<key:key>/appeal", view_func=Lodging.as_view("lodge"))


def form(session: Session, review: Review, by: Identity) -> Form:
    """Read what the form of an appeal shows."""
    closed = windows.over_since(session, review)
    kept = lodgings.draft(session, review)
    keys = _kept(session, review, by)
    return Form(
        key=review.key,
        released=_is_released(session, review),
        window=cases.window(session, review, by=by),
        late=_late(session, review, closed) if closed else "",
        indicators=tuple(
            (one.id, names.either(one.name, one.name_en)) for one in reviews.template(session, review).indicators
        ),
        sought=tuple((one.value, gettext(text)) for one, text in cases.SOUGHT.items()),
        draft=kept,
        papers=tuple(session.scalars(select(Document).where(Document.key.in_(keys)))),
    )


def _is_released(session: Session, review: Review) -> bool:
    newest = results.newest(session, review)
    return newest is not None and newest.released_at is not None


def _late(session: Session, review: Review, closed: datetime) -> str:
    """Say to the second when the window closed and what time it is, by the cycle's zone (E-40)."""
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    ended, now = (f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" for at in (closed, clock.now(session)))
    return gettext("It closed at {ended}, and it is {now} ({zone}).").format(ended=ended, now=now, zone=zone)


def _kept(session: Session, review: Review, by: Identity) -> list[int]:
    """Name the documents that were uploaded with what was kept, as far as they are still there."""
    draft = lodgings.draft(session, review)
    keys = [int(key) for key in draft.documents] if draft else []
    there = select(Document.key).where(Document.key.in_(keys), Document.uploaded_by == by.username)
    return list(session.scalars(there))


def _sought(text: str) -> Verdict:
    return Verdict(text) if text in set(Verdict) else Verdict.CORRECTED


def _own(session: Session, key: int, by: Identity) -> Review:
    """Find the own review whose result may be appealed against.

    Raises:
        NotFound: there is none.
    """
    review = reviews.found(session, key)
    if people.by_key(session, review.appraisee_key).username != by.username:
        raise NotFound(
            "Expected to find review {key}, but there is none that {username} may appeal in",
            key=key,
            username=by.username,
        )
    return review
