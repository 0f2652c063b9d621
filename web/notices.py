"""Notices: what somebody was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine import db
from engine.bpmn.instances import ZONE
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.models import Notice, Person
from web import names
from web.addresses import go
from web.dates import Deadline, instant
from web.languages import N_, gettext

TEXTS = {
    "task-due": N_("This task is due: {name}"),
    "deadline-moved": N_("The working calendar has changed: {name} is now due {after}, not {before}"),
    "result-released": N_("Your result is released."),
    "result-withheld": N_("Your result is not released with the others: {reason}"),
    "actuals-rejected": N_("Finance did not confirm the actual values: {comment}"),
    "appeal-decided": N_("Your appeal is decided."),
    "rating-handed-on": N_("A rating was handed on to you."),
    "calibration-convened": N_("You sit in a calibration session."),
    "result-calibrated": N_("A result that you rated as superior was calibrated; you see it once it is released."),
    "result-returned": N_("A calibration sends a review back to you: {reason}"),
}


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice."""

    key: int
    text: str
    at: str
    read: bool
    address: str
    """What it is about; empty where there is no page."""


blueprint = Blueprint("notices", __name__)


class Index(View):
    """The own notices."""

    def get(self) -> str:
        """List them, the newest first."""
        return render_template("notices.html", lines=read_all(self.session, by=auth.caller()))


class Reading(View):
    """The reading of a notice."""

    def post(self, key: int) -> Response:
        """Mark it as read."""
        notices.mark_read(self.session, key, by=auth.caller())
        return go(url_for(".index"))


blueprint.add_url_rule("/notices", view_func=Index.as_view("index"))
blueprint.add_url_rule("/notices/<key:key>/read", view_func=Reading.as_view("read"))


def read_all(session: Session, *, by: Identity) -> list[NoticeLine]:
    """Read somebody's notices; an account that is nobody's has none."""
    rows = session.scalars(_own(by).order_by(Notice.key.desc()).limit(200))
    return [
        NoticeLine(
            key=notice.key,
            text=_text(notice),
            at=instant(notice.written_at, ZoneInfo(ZONE)),
            read=notice.read_at is not None,
            address=_address(notice.kind, notice.details),
        )
        for notice in rows
    ]


def unread() -> int:
    """Count what whoever asks has not read yet, for the head of every page."""
    person = g.get("identity")
    if person is None:
        return 0
    with db.reading() as session:
        waiting = _own(person).where(Notice.read_at.is_(None)).subquery()
        return session.scalar(select(func.count()).select_from(waiting)) or 0


def _own(by: Identity) -> Select[Notice]:
    return select(Notice).join(Person, Person.key == Notice.person_key).where(Person.username == by.username)


def _text(notice: Notice) -> str:
    """Say a notice in the request's language; what has no text of its own is named by its kind."""
    details = {name: names.local(value) if isinstance(value, str) else value for name, value in notice.details.items()}
    if notice.kind == "deadline-moved":
        details |= {name: Deadline.of(notice.details[name], ZoneInfo(ZONE)).text for name in ("before", "after")}
    return gettext(TEXTS[notice.kind]).format(**details) if notice.kind in TEXTS else notice.kind


def _address(kind: str, details: Mapping[str, Any]) -> str:
    if kind in ("task-due", "deadline-moved"):
        return url_for("web.tasks.task", key=int(details["task"]))
    if kind == "result-released":
        return url_for("web.results.result", key=int(details["review"]))
    if kind == "calibration-convened":
        return url_for("web.calibrations.session", key=int(details["calibration"]))
    if kind == "appeal-decided" and "appeal" in details:
        return url_for("web.appeals.case", key=int(details["appeal"]))
    return url_for("web.reviews.review", key=int(details["review"])) if "review" in details else ""
