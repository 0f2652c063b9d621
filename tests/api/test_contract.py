"""The API answers as its own document says, whatever is asked: schemathesis makes up the requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import BoundedSemaphore

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.datastructures import Authorization

from api import waiting

At = Callable[[str], Callable[[str], FlaskClient]]

EXAMPLES = 20

CREDENTIALS = Authorization("basic", {"username": "root", "password": "root's password"}).to_header()

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]


@pytest.fixture
def nobody_waits(one_app: Flask) -> Iterator[None]:
    """Take every place of those who wait for jobs, so that no made-up request waits for a minute."""
    places: BoundedSemaphore = one_app.extensions[waiting.EXTENSION]
    for _ in range(waiting.MOST):
        places.acquire()
    yield
    for _ in range(waiting.MOST):
        places.release()


@pytest.fixture
def document(at: At, one_app: Flask, nobody_waits: None) -> BaseSchema:
    """Read the API's document where a review waits for its appeal."""
    at("signed")
    one_app.testing = False
    return schemathesis.openapi.from_wsgi("/api/openapi.json", one_app, headers={"Authorization": CREDENTIALS})


@pytest.mark.long
def test_every_operation_answers_as_documented(document: BaseSchema) -> None:
    failures = {}

    for found in document.get_all_operations():
        operation = found.ok()
        try:
            ask(operation)
        except (FailureGroup, AssertionError) as failure:
            failures[operation.label] = str(failure)

    assert failures == {}


def ask(operation: APIOperation) -> None:
    """Send an operation what its schema allows and what it does not, and hold its answers against the document."""

    @given(case=operation.as_strategy() | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    def run(case: Case) -> None:
        case.call_and_validate(checks=CHECKS, headers={"Authorization": CREDENTIALS})

    run()
