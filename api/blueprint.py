"""flask-smorest's Api and Blueprint, answering in this house's grammar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import flask_smorest
from flask import Request
from marshmallow import RAISE, Schema
from webargs.core import missing
from webargs.flaskparser import FlaskParser, abort, is_json_request

from api import errors, wire
from engine.errors import Invalid

Method = TypeVar("Method", bound=Callable[..., Any])

PROBLEM_TYPE = "application/problem+json"


class ExactParser(FlaskParser):
    """The parser of requests: numbers stay exact, and what is not understood is refused rather than passed over."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 - as the parser declares it
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
        "files": RAISE,
    }

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Return what the address asks.

        Raises:
            Invalid: it holds the character U+0000, which PostgreSQL cannot keep or compare.
        """
        if b"%00" in req.query_string:
            raise Invalid("Expected to read the query, but it holds the character U+0000, which cannot be stored")
        return super().load_querystring(req, schema)

    def _raw_load_json(self, req: Request) -> Any:
        """Return the body's JSON, or `missing` where there is no body or only null."""
        body = req.get_data(cache=True)
        if body and not is_json_request(req):
            abort(415)
        value = wire.read(body) if body else None
        return missing if value is None else value


class CamundaParser(ExactParser):
    """The parser for /v2, whose clients know no 422."""

    DEFAULT_VALIDATION_STATUS = 400


class Api(flask_smorest.Api):
    """The API's document. Errors are answered by `api.errors`."""

    ERROR_SCHEMA = errors.ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def handle_http_exception(self, error: Any) -> Any:
        """Answer an error as `api.errors` does."""
        return errors.answer_http_error(error)


class Blueprint(flask_smorest.Blueprint):
    """The resources of one noun."""

    ARGUMENTS_PARSER = ExactParser()

    def refuses(self, *statuses: int) -> Callable[[Method], Method]:
        """Say with which statuses a method may refuse; stands innermost. Under /v2 it can answer no others."""

        def decorate(method: Method) -> Method:
            method.refusals = frozenset(statuses)  # type: ignore[attr-defined] # read by api.errors
            for status in statuses:
                method = self.alt_response(status, schema=errors.ProblemSchema, content_type=PROBLEM_TYPE)(method)
            return method

        return decorate


class CamundaBlueprint(Blueprint):
    """The resources of one of the engine's nouns."""

    ARGUMENTS_PARSER = CamundaParser()
