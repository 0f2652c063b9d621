"""Refusals as pages, as fragments for htmx and as problem details for islands."""

from __future__ import annotations

import json

from flask import make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from engine.errors import Conflict, Forbidden, Incident, Invalid, NotFound, Problem, Refusal
from web.languages import gettext

STATUS: dict[type[Refusal], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422, Incident: 500}


def refused(refusal: Refusal) -> Response:
    """Answer one of the five refusals."""
    status = next(number for kind, number in STATUS.items() if isinstance(refusal, kind))
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    return _answer(status, refusal.message, problems)


def failed(error: HTTPException) -> Response:
    """Answer what the web framework itself refuses, and a failure nobody foresaw."""
    return _answer(error.code or 500, _sentence(error.code or 500))


def _answer(status: int, sentence: str, problems: tuple[Problem, ...] = ()) -> Response:
    if request.accept_mimetypes.best in {"application/json", "application/problem+json"}:
        return _problem_details(status, sentence, problems)
    fragment = request.headers.get("HX-Request-Type") == "partial"
    template = "parts/refusal.html" if fragment else "refusal.html"
    page = render_template(template, status=status, title=_title(status), sentence=sentence, problems=problems)
    return make_response(page, status)


def _problem_details(status: int, sentence: str, problems: tuple[Problem, ...]) -> Response:
    body = {
        "title": _title(status),
        "status": status,
        "detail": sentence,
        "problems": [{"message": problem.message, "where": problem.where} for problem in problems],
    }
    return Response(json.dumps(body), status, content_type="application/problem+json")


def _title(status: int) -> str:
    titles = {
        403: gettext("You may not do this"),
        404: gettext("Nothing found here"),
        409: gettext("Not possible any more"),
        422: gettext("Something needs to be put right"),
    }
    if status >= 500:
        return gettext("This went wrong on our side")
    return titles.get(status, gettext("This request cannot be answered"))


def _sentence(status: int) -> str:
    if status == 404:
        return gettext("Expected to show this page, but there is none, or none that you may know of.")
    if status >= 500:
        return gettext("Expected to answer, but the server failed. Nothing was changed.")
    return gettext("Expected to answer, but the request is not one that this page takes.")
