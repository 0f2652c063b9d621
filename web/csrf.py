"""Proof that a request which changes something came from a page of ours."""

from __future__ import annotations

import hmac
import secrets

from flask import request, session

from engine.errors import Forbidden

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "X-CSRF-Token"
FIELD = "csrf_token"


def token() -> str:
    """Answer the session's token, made at the first call."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def verify() -> None:
    """Check that an unsafe request carries the session's token, in the header or in the form.

    Raises:
        Forbidden: it carries none, or another session's.
    """
    if request.method in SAFE:
        return
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    kept = str(session.get("csrf", ""))
    if not kept or not hmac.compare_digest(sent.encode(), kept.encode()):
        raise Forbidden("Expected to accept what was sent, but the page it came from has expired: load it again")
