"""Logging in and out."""

from __future__ import annotations

import time
from collections import defaultdict

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import auth
from engine import db, identity
from web.addresses import own_address
from web.languages import gettext, remember

blueprint = Blueprint("sessions", __name__)


class Failures:
    """Failed attempts to log in, in this process alone: with several processes each allows as many."""

    MOST = 5
    SECONDS = 60
    ACCOUNTS = 10_000

    def __init__(self) -> None:
        self._times: defaultdict[str, list[float]] = defaultdict(list)

    def too_many(self, username: str) -> bool:
        """Whether an account must wait: it failed five times within the last minute."""
        return len(self._recent(username)) >= self.MOST

    def note(self, username: str) -> None:
        """Remember that an attempt failed just now."""
        if len(self._times) >= self.ACCOUNTS:
            self._times.clear()
        self._times[username] = [*self._recent(username), time.monotonic()]

    def forget(self, username: str) -> None:
        """Begin anew, after a login."""
        self._times.pop(username, None)

    def _recent(self, username: str) -> list[float]:
        since = time.monotonic() - self.SECONDS
        return [moment for moment in self._times.get(username, ()) if moment > since]


_failures = Failures()


@blueprint.get("/login")
def login() -> str:
    """Ask for name and password."""
    return render_template("login.html", next=request.args.get("next", ""))


@blueprint.post("/login")
def enter() -> Response | tuple[str, int]:
    """Begin a session for whoever gives the right name and password."""
    username = request.form.get("username", "")[:256]
    if _failures.too_many(username):
        return _refused(username, gettext("Too many attempts failed. Wait a minute, then try again."), 429)
    with db.reading() as reader:
        person = identity.authenticate(reader, username, request.form.get("password", ""))
    if person is None:
        _failures.note(username)
        return _refused(username, gettext("Name or password is wrong."), 422)
    _failures.forget(username)
    auth.begin_session(person)
    remember(person.username)
    return redirect(own_address(request.form.get("next", "")))


@blueprint.post("/logout")
def leave() -> Response:
    """End the session; the page has forgotten what was typed and not submitted."""
    auth.end_session()
    g.identity = None
    return redirect(url_for("web.sessions.login"))


def _refused(username: str, sentence: str, status: int) -> tuple[str, int]:
    address = request.form.get("next", "")
    return render_template("login.html", next=address, username=username, sentence=sentence), status
