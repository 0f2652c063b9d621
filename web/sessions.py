"""Logging in and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from engine import db, identity
from engine.errors import NotFound
from web.addresses import own_address
from web.languages import gettext

blueprint = Blueprint("sessions", __name__)
OPEN = frozenset({"web.sessions.login", "web.sessions.enter", "web.languages.choose"})


@blueprint.get("/login")
def login() -> str:
    """Ask for name and password."""
    return render_template("login.html", next=request.args.get("next", ""))


@blueprint.post("/login")
def enter() -> Response | tuple[str, int]:
    """Begin a session for whoever gives the right name and password."""
    username = request.form.get("username", "")
    with db.reading() as reading:
        person = identity.authenticate(reading, username, request.form.get("password", ""))
    address = request.form.get("next", "")
    if person is None:
        sentence = gettext("Name or password is wrong.")
        return render_template("login.html", next=address, username=username, sentence=sentence), 422
    _forget()
    session["username"] = person.username
    return redirect(own_address(address))


@blueprint.post("/logout")
def leave() -> Response:
    """End the session."""
    _forget()
    return redirect(url_for("web.sessions.login"))


def identify() -> Response | None:
    """Find out who asks; send whoever is not logged in to the login page."""
    g.identity = _person()
    if g.identity or request.endpoint in OPEN:
        return None
    if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
        return Response(status=401, headers={"HX-Redirect": url_for("web.sessions.login")})
    return redirect(url_for("web.sessions.login", next=request.full_path.rstrip("?")))


def _person() -> identity.Identity | None:
    username = session.get("username")
    if username is None:
        return None
    try:
        with db.reading() as reading:
            return identity.identity_of(reading, username)
    except NotFound:
        _forget()
        return None


def _forget() -> None:
    """Empty the session but for the language: a new session has a new token."""
    for name in session.keys() - {"language"}:
        del session[name]
