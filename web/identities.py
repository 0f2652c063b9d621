"""Who asks for a page: whoever logged in with this browser; anybody else is sent to the login page."""

from __future__ import annotations

from flask import g, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from api import auth

OPEN = frozenset({"web.sessions.login", "web.sessions.enter", "web.languages.choose"})


ANONYMOUS = frozenset(
    {
        "web.diagnoses.survey",
        "web.diagnoses.thanks",
        "web.suggestions.index",
        "web.suggestions.read",
        "web.suggestions.reply",
    }
)
"""Where nobody looks who asks, and no token of a session is due: what is sent there is nobody's (0023, 0034)."""


def identify() -> Response | None:
    """Find out who asks, and refuse a change that did not come from a page of ours."""
    if request.endpoint in ANONYMOUS:
        g.identity = None
        return None
    recognise()
    if request.method not in auth.SAFE:
        auth.expect_token()
    if g.identity or request.endpoint in OPEN:
        return None
    if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
        return Response(status=401, headers={"HX-Redirect": url_for("web.sessions.login")})
    return redirect(url_for("web.sessions.login", next=request.full_path.rstrip("?")))


def recognise() -> None:
    """Keep who asks in `g.identity`, where `auth.caller` finds it."""
    g.identity = auth.logged_in()
