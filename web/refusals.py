"""Refusals as pages, as fragments for htmx and as problem details for islands."""

from __future__ import annotations

import json

from flask import Response, current_app, g, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from api.errors import RETRY_AFTER, status_of
from engine import db
from engine.bpmn.standstills import Standstill
from engine.errors import Invalid, Problem, Refusal
from web import sentences, typed
from web.languages import gettext


def refused(refusal: Refusal) -> Response:
    """Answer one of the five refusals."""
    status = status_of(refusal)
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    said = _standing_still() if isinstance(refusal, Standstill) else _said(refusal.message)
    return _answer(status, said, original="" if said else refusal.message, problems=problems)


def _standing_still() -> str:
    """Say to whoever wanted to complete a task that it is not their fault, and what to do."""
    return gettext(
        "The process cannot go on from this step, and that is not your fault. Nothing was changed, and those who can "
        "mend it have been told. What you have entered is still in the form: send it again later."
    )


def failed(error: HTTPException) -> Response:
    """Answer what the web framework itself refuses, and a failure nobody foresaw."""
    code = error.code or 500
    return _answer(code, _sentence(code), expired=code == 403)


def unreachable(error: OperationalError) -> Response:
    """Answer for a database that does not."""
    current_app.logger.error("The database did not answer", exc_info=error)
    if db.busy(error):
        sentence = gettext("The database is busy with other changes. Nothing was changed; try again.")
    else:
        sentence = gettext("The database does not answer now. Nothing was changed; try again.")
    answer = _answer(503, sentence)
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def overtaken(_error: StaleDataError) -> Response:
    """Answer whoever came second."""
    return _answer(409, gettext("Somebody was faster. Load the page again to see what has changed."))


def _answer(
    status: int, sentence: str, *, original: str = "", problems: tuple[Problem, ...] = (), expired: bool = False
) -> Response:
    """Answer with a sentence in the reader's language; with the English original where there is none."""
    if request.accept_mimetypes.best in {"application/json", "application/problem+json"}:
        return _problem_details(status, sentence or original, problems)
    fragment = request.headers.get("HX-Request-Type") == "partial"
    template = "parts/refusal.html" if fragment else "refusal.html"
    texts = {"title": _title(status), "sentence": sentence, "original": original}
    kept = typed.Typed() if status == 413 else typed.kept()
    page = render_template(template, status=status, problems=problems, typed=kept, expired=expired, **texts)
    return make_response(page, status)


def _said(sentence: str) -> str:
    """Say the sentence in the reader's language; empty where it is not known there."""
    return sentences.told(sentence) if sentences.speaks(sentence) else ""


def _problem_details(status: int, sentence: str, problems: tuple[Problem, ...]) -> Response:
    body = {
        "title": _title(status),
        "status": status,
        "detail": sentence,
        "problems": [{"message": sentences.said(problem), "where": problem.where} for problem in problems],
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
    if status == 403 and g.identity is None:
        return gettext(
            "You are no longer logged in. What you typed is still here: "
            "log in again in another tab, come back and send it."
        )
    if status == 403:
        return gettext(
            "You have logged in anew since this page was loaded. Nothing was changed, and what you typed is still here."
        )
    if status == 404:
        return gettext("There is nothing at this address, or nothing that you may know of.")
    if status == 413:
        return gettext("What was sent is too large.")
    if status >= 500:
        return gettext("The server failed. Nothing was changed.")
    return gettext("The request is not one that this page takes.")
