"""Who asks: HTTP Basic for clients, a session cookie for people; no request acts without an identity."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request, session
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from api import errors
from engine import db, identity
from engine.errors import NotFound
from engine.identity import Identity

USERNAME = "username"
"""Where the session cookie keeps who logged in."""

TOKEN = "csrf"  # noqa: S105 - the name of a field
"""Where the session cookie keeps what a page must send back with every change."""

TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header
TOKEN_FIELD = "csrf_token"  # noqa: S105 - the name of a form field

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

View = TypeVar("View", bound=Callable[..., Any])


def register(app: Flask) -> None:
    """Find out who asks before anything else happens; pages find out for themselves."""
    app.extensions["reviewflow-verified"] = Verified()
    app.before_request(_identify)


def open_to_all(view: View) -> View:
    """Let a view be seen without an identity."""
    view.open_to_all = True  # type: ignore[attr-defined] # a mark on the function
    return view


def caller() -> Identity:
    """Return who asks."""
    asked: Identity = g.identity
    return asked


def logged_in() -> Identity | None:
    """Return who this request's session belongs to; None without one, or when the account has been disabled since."""
    if USERNAME not in session:
        return None
    with db.reading() as reader:
        return _by_session(reader)


def begin_session(person: Identity) -> None:
    """Let the browser that asks act for somebody from now on, with a new token."""
    end_session()
    session[USERNAME] = person.username


def end_session() -> None:
    """Forget whom the browser acts for, and the token of its pages."""
    session.pop(USERNAME, None)
    session.pop(TOKEN, None)


def token() -> str:
    """Return what a page of this session must send back with every change; made at the first call."""
    if TOKEN not in session:
        session[TOKEN] = secrets.token_urlsafe(24)
    return str(session[TOKEN])


def expect_token() -> None:
    """Refuse a change that another site may have made the browser ask for."""
    sent = request.headers.get(TOKEN_HEADER) or request.form.get(TOKEN_FIELD) or ""
    if not hmac.compare_digest(sent.encode(), str(session.get(TOKEN, "")).encode()) or not sent:
        abort(403, f"the header {TOKEN_HEADER} does not carry this session's token")


class Verified:
    """Passwords that were verified a moment ago, so that a busy client does not pay for argon2 at every request.

    Only a keyed digest is kept, in this process alone. It covers the stored hash: after a change it is known no longer.
    """

    SECONDS = 300
    MOST = 10_000

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until: dict[bytes, float] = {}

    def knows(self, *credentials: str) -> bool:
        """Whether these credentials were verified within the last minutes."""
        return self._until.get(self._digest(credentials), 0) > time.monotonic()

    def remember(self, *credentials: str) -> None:
        """Note that these credentials have been verified."""
        if len(self._until) >= self.MOST:
            self._until.clear()
        self._until[self._digest(credentials)] = time.monotonic() + self.SECONDS

    def _digest(self, credentials: tuple[str, ...]) -> bytes:
        message = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in credentials)
        return hmac.digest(self._key, message, "sha256")


def _identify() -> None:
    """Keep who asks in `g.identity`, and refuse who is unknown or whose page did not send its token back."""
    if not errors.machine_reads():
        return
    g.identity = _asker()
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "open_to_all", False):
        return
    if g.identity is None:
        raise Unauthorized("who asks is not known", www_authenticate=_challenge())
    if request.authorization is None and request.method not in SAFE:
        expect_token()


def _asker() -> Identity | None:
    if request.authorization is None and USERNAME not in session:
        return None
    with db.reading() as reader:
        return _by_session(reader) if request.authorization is None else _by_password(reader)


def _by_password(reader: Session) -> Identity | None:
    asked = request.authorization
    if asked is None or asked.type != "basic" or not asked.username or "\0" in asked.username:
        return None
    account = reader.get(identity.Account, asked.username)
    credentials = (asked.username, asked.password or "", (account.password_hash if account else None) or "")
    verified: Verified = current_app.extensions["reviewflow-verified"]
    if account is not None and not account.disabled and verified.knows(*credentials):
        return identity.identity_of(reader, asked.username)
    found = identity.authenticate(reader, asked.username, asked.password or "")
    if found is not None:
        verified.remember(*credentials)
    return found


def _by_session(reader: Session) -> Identity | None:
    try:
        return identity.identity_of(reader, session[USERNAME])
    except NotFound:  # the account has been disabled since
        return None


def _challenge() -> WWWAuthenticate:
    """Ask for a password, but not in a browser's own dialogue when it is a page's script that asks."""
    script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    return WWWAuthenticate("session" if script else "basic", {"realm": "reviewflow"})
