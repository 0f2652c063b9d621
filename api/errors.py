"""Where every refusal is answered: one payload, RFC 9457's problem details, for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, request
from marshmallow import Schema, fields
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchAddress

from engine import db, exact_json
from engine.errors import Conflict, Forbidden, Incident, Invalid, NotFound, Problem, Refusal
from engine.findings import Finding

STATUSES: Mapping[type[Refusal], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422, Incident: 500}

EVERYWHERE = frozenset({401, 403, 405, 500, 503})
"""Statuses that any operation of /v2 may answer, documented or not: security, and the server's own troubles."""


RETRY_AFTER = "5"
"""Seconds after which a client may try again what the database had no time for."""


SPEAKER = "reviewflow.speaker"
"""Where the app keeps how a problem is said; the texts belong to the pages, which stand above this layer."""


class ProblemItemSchema(Schema):
    """One thing that is wrong with what was sent, and where."""

    message = fields.String(required=True, metadata={"description": "A sentence for the person who can mend it"})
    where = fields.String(required=True, metadata={"description": "An element id, a field's path or file:line"})
    code = fields.String(required=True, metadata={"description": "A stable name of the rule that was broken"})
    severity = fields.String(metadata={"description": "Of a finding in a file: error, or warning"})
    page = fields.String(metadata={"description": "Where the rule is explained: an address on this server"})
    resource = fields.String(metadata={"description": "Of a finding: the file"})
    element_id = fields.String(data_key="elementId", metadata={"description": "Of a finding: the element"})
    line = fields.Integer(metadata={"description": "Of a finding: the line in the expression, if it is in one"})
    column = fields.Integer(metadata={"description": "Of a finding: the column in the expression"})


class ProblemSchema(Schema):
    """A refusal, as RFC 9457 says it."""

    type = fields.String(required=True, metadata={"example": "about:blank"})
    title = fields.String(required=True, metadata={"example": "Conflict"})
    status = fields.Integer(required=True, metadata={"example": 409})
    detail = fields.String(
        required=True, metadata={"example": "Expected to complete user task 42, but it is already completed"}
    )
    instance = fields.String(required=True, metadata={"example": "/v2/user-tasks/42/completion"})
    problems = fields.List(fields.Nested(ProblemItemSchema))


def register(app: Flask) -> None:
    """Answer refusals, HTTP errors and the database's silence in one grammar."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(OperationalError, _answer_unreachable)
    app.register_error_handler(StaleDataError, _answer_overtaken)
    app.register_error_handler(DataError, _answer_unkeepable)


def speak(app: Flask, say: Callable[[Problem], str]) -> None:
    """Let the app say what is wrong in the language that a request asks for; without this it is English."""
    app.extensions[SPEAKER] = say


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of one of the five ways to say no."""
    return next(status for kind, status in STATUSES.items() if isinstance(refusal, kind))


def machine_reads() -> bool:
    """Whether this request is for the API; pages identify and refuse in their own way."""
    return request.path.startswith(("/api/", "/v2/", "/health"))


def answer_refusal(refusal: Refusal) -> Response:
    """Answer one of the five ways to say no."""
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    if isinstance(refusal, Incident) and refusal.element_id:
        problems = (Problem(refusal.message, refusal.element_id, "incident"),)
    return _problem(status_of(refusal), refusal.message, problems)


def answer_http_error(error: HTTPException) -> Response | HTTPException:
    """Answer an error that Flask or the argument parser raised; pages answer their own."""
    if not machine_reads():
        return error
    messages = getattr(error, "data", {}).get("messages")
    if messages is not None:
        problems = tuple(_field_problems(messages))
        return _problem(error.code or 500, f"Expected to {_intent()}, but what was sent does not fit", problems)
    answer = _problem(error.code or 500, f"Expected to {_intent()}, but {_reason(error)}")
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            answer.headers[name] = value
    return answer


def _answer_unreachable(error: OperationalError) -> Response:
    current_app.logger.error("The database did not answer", exc_info=error)
    reason = "the database is busy with other changes" if db.busy(error) else "the database does not answer now"
    answer = _problem(503, f"Expected to {_intent()}, but {reason}; nothing was changed, try again")
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _answer_overtaken(_error: StaleDataError) -> Response:
    return _problem(409, f"Expected to {_intent()}, but somebody was faster")


def _answer_unkeepable(error: DataError) -> Response:
    """Answer what only the database noticed, such as U+0000 in a file's name or in a cell of a table."""
    current_app.logger.warning("The database cannot keep what was sent: %s", error.orig)
    return _problem(422, f"Expected to {_intent()}, but the database cannot keep what was sent")


def item(problem: Problem) -> dict[str, object]:
    """Write a problem, and of a finding where its rule is explained."""
    told: dict[str, object] = {"message": said(problem), "where": problem.where, "code": problem.code}
    if isinstance(problem, Finding):
        told |= {"severity": problem.severity, "page": problem.page, "resource": problem.resource}
        told |= {"elementId": problem.element} if problem.element else {}
        told |= {"line": problem.line, "column": problem.column} if problem.line else {}
    return told


def _problem(status: int, detail: str, problems: tuple[Problem, ...] = ()) -> Response:
    status = _documented(status)
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": said(Problem(detail)),
        "instance": request.path,
    }
    if problems:
        body["problems"] = list(map(item, problems))
    return Response(exact_json.dumps(body), status, content_type="application/problem+json")


def said(problem: Problem) -> str:
    """Say a problem in the language of the request."""
    say: Callable[[Problem], str] | None = current_app.extensions.get(SPEAKER)
    return say(problem) if say else problem.message


def _documented(status: int) -> int:
    """Fold a status into 400 where Camunda documents no such answer for the operation."""
    if not request.path.startswith("/v2/") or status in EVERYWHERE:
        return status
    allowed = getattr(_operation(), "refusals", None)
    if allowed is None:
        return 400 if status == 422 else status
    return status if status in allowed else 400


def _operation() -> Any:
    """Return the view method that serves this request, or None."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(getattr(view, "view_class", None), request.method.lower(), None)


def _intent() -> str:
    """Say what was asked for, in the words of the operation's own docstring."""
    words = (getattr(_operation(), "__doc__", None) or "").split("\n")[0].rstrip(".")
    return words[0].lower() + words[1:] if words else f"{request.method} {request.path}"


def _reason(error: HTTPException) -> str:
    if isinstance(error, NoSuchAddress):
        return "there is nothing at this address"
    if isinstance(error, MethodNotAllowed):
        return f"this address serves only {', '.join(sorted(error.valid_methods or ()))}"
    if error.code == 500:
        return "the server failed; the failure is logged"
    words = (error.description or error.name).split("\n")[0].rstrip(".")
    return words[0].lower() + words[1:]


def _field_problems(messages: object, path: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Turn the parser's nested messages into a flat list, each with the field's path."""
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            known = not path and name in {"json", "files", "form", "query", "_schema"}
            yield from _field_problems(below, path if known else (*path, str(name)))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        yield Problem(str(message), ".".join(step for step in path if step != "_schema"), "does-not-fit")
