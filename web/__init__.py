"""The browser client: server-rendered pages with islands for diagrams and forms."""

from __future__ import annotations

from flask import Blueprint, Flask, Response
from werkzeug.exceptions import HTTPException

from engine.errors import Refusal
from web import assets, csrf, dates, languages, navigation, numbers, refusals, sessions

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def register(app: Flask) -> None:
    """Give the app its pages. The app's secret key must be set; its session cookie is made strict enough here."""
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
    languages.install(app)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(_pages())


def _pages() -> Blueprint:
    """Build the blueprint that holds every page: who asks, from where, and how a refusal looks is settled here."""
    pages = Blueprint("web", __name__, template_folder="templates")
    pages.before_request(sessions.identify)
    pages.before_request(csrf.verify)
    pages.after_request(_protect)
    pages.register_error_handler(Refusal, refusals.refused)
    pages.register_error_handler(HTTPException, refusals.failed)
    pages.app_template_filter("instant")(dates.instant)
    pages.app_template_filter("number")(numbers.number)
    pages.app_template_filter("fixed")(numbers.fixed)
    pages.app_context_processor(_frame)
    for part in (languages.blueprint, sessions.blueprint):
        pages.register_blueprint(part)
    return pages


def _frame() -> dict[str, object]:
    """What every template may use."""
    return {"assets": assets, "csrf": csrf, "languages": languages, "navigation": navigation}


def _protect(response: Response) -> Response:
    """Say what a page may load (no script but ours), and that no copy of it is kept."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
