"""The browser client: server-rendered pages with islands for diagrams and forms."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, redirect, url_for
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from api import auth, errors
from engine.errors import Refusal
from web import (
    actuals,
    appeals,
    arrangements,
    assets,
    awards,
    boards,
    calibrations,
    case_files,
    changes,
    check_ins,
    courses,
    cycles,
    dates,
    deals,
    diagnoses,
    differences,
    documents,
    drafts,
    duties,
    enrolment,
    extensions,
    figures,
    findings,
    follow_ups,
    goals,
    grade_mappings,
    guidelines,
    holidays,
    identities,
    inbox,
    incidents,
    key_results,
    kinships,
    languages,
    letters,
    library,
    lodgings,
    migrations,
    names,
    navigation,
    notices,
    numbers,
    panels,
    papers,
    people,
    persons,
    plan_requests,
    plan_rules,
    plan_steps,
    plans,
    prints,
    processes,
    raters,
    reasons,
    recordings,
    refusals,
    regulations,
    releases,
    reopenings,
    results,
    reviews,
    rosters,
    rules,
    sentences,
    sessions,
    settlements,
    suggestions,
    tasks,
    terms,
    timings,
    vetoes,
)

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

PARTS = (
    actuals,
    appeals,
    arrangements,
    awards,
    boards,
    calibrations,
    case_files,
    changes,
    check_ins,
    courses,
    cycles,
    deals,
    diagnoses,
    differences,
    documents,
    drafts,
    duties,
    enrolment,
    extensions,
    figures,
    findings,
    follow_ups,
    goals,
    grade_mappings,
    guidelines,
    holidays,
    inbox,
    incidents,
    key_results,
    kinships,
    languages,
    library,
    letters,
    lodgings,
    migrations,
    notices,
    panels,
    papers,
    people,
    persons,
    plan_requests,
    plan_rules,
    plan_steps,
    plans,
    prints,
    processes,
    raters,
    recordings,
    regulations,
    releases,
    reopenings,
    results,
    reviews,
    rosters,
    rules,
    sessions,
    settlements,
    suggestions,
    tasks,
    terms,
    timings,
    vetoes,
)


def register(app: Flask) -> None:
    """Give the app its pages. Sessions, tokens and identities are the API's (`api.auth`)."""
    languages.install(app)
    errors.speak(app, sentences.answered)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(_pages())
    app.register_error_handler(HTTPException, _fail)


def _pages() -> Blueprint:
    """Build the blueprint that holds every page: who asks, from where, and how a refusal looks is settled here."""
    pages = Blueprint("web", __name__, template_folder="templates")
    pages.before_request(identities.identify)
    pages.after_request(_protect)
    pages.register_error_handler(Refusal, refusals.refused)
    pages.register_error_handler(HTTPException, refusals.failed)
    pages.register_error_handler(OperationalError, refusals.unreachable)
    pages.register_error_handler(StaleDataError, refusals.overtaken)
    for name, write in (("instant", dates.instant), ("number", numbers.number), ("fixed", numbers.fixed)):
        pages.app_template_filter(name)(write)
    pages.app_template_filter("local")(names.local)
    pages.app_template_filter("reason")(reasons.said)
    pages.app_template_filter("said")(sentences.said)
    pages.app_context_processor(_frame)
    pages.add_url_rule("/", "start", _start)
    for part in PARTS:
        pages.register_blueprint(part.blueprint)
    return pages


def _start() -> AnyResponse:
    return redirect(url_for("web.inbox.index"))


def _frame() -> dict[str, object]:
    """What every template may use."""
    return {
        "assets": assets,
        "auth": auth,
        "languages": languages,
        "names": names,
        "navigation": navigation,
        "notices": notices,
    }


def _fail(error: HTTPException) -> AnyResponse | HTTPException:
    """Answer an address that there is none of: people get a page, machines the API's answer."""
    if errors.machine_reads():
        return errors.answer_http_error(error)
    identities.recognise()
    return _protect(refusals.failed(error))


def _protect(response: Response) -> Response:
    """Say what a page may load (no script but ours), and that no copy of it is kept."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
