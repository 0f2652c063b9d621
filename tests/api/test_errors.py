"""The one grammar of refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

import api
from api.auth import open_to_all
from engine.errors import Conflict, Forbidden, Incident, Invalid, NotFound, Problem

Client = Callable[[str], FlaskClient]


@pytest.fixture
def app(people: None) -> Flask:
    """Return an application of one's own, to which addresses are added."""
    app = api.create_app()
    app.testing = True
    return app


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound("Expected to find cycle 1, but there is none"), 404),
        (Forbidden("Expected to release cycle 1, but ann is not HR"), 403),
        (Conflict("Expected to release cycle 1, but it is released"), 409),
        (Invalid("Expected to publish cycle 1, but 10 points are missing"), 422),
        (Incident("Expected to go on, but the operation failed"), 500),
        (OperationalError("SELECT 1", {}, Exception("gone")), 503),
        (StaleDataError("somebody was faster"), 409),
        (DataError("INSERT", {}, Exception("U+0000")), 422),
    ],
)
def test_each_refusal_has_its_status(app: Flask, nobody: FlaskClient, refusal: Exception, status: int) -> None:
    @app.get("/api/refusing")
    @open_to_all
    def refusing() -> None:
        raise refusal

    answer = nobody.get("/api/refusing")

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == status
    assert answer.json["detail"].startswith("Expected to ")
    assert answer.json["instance"] == "/api/refusing"


def test_an_invalid_answer_lists_every_problem_with_its_place(app: Flask, nobody: FlaskClient) -> None:
    @app.get("/api/refusing")
    @open_to_all
    def refusing() -> None:
        raise Invalid("Expected to deploy a.bpmn, but there are errors", [Problem("No name.", "a.bpmn#x", "no-name")])

    answer = nobody.get("/api/refusing")

    assert answer.json is not None
    assert answer.json["problems"] == [{"message": "No name.", "where": "a.bpmn#x", "code": "no-name"}]


def test_a_failure_shows_no_internals(app: Flask, nobody: FlaskClient) -> None:
    app.testing = False

    @app.get("/api/failing")
    @open_to_all
    def failing() -> None:
        raise ZeroDivisionError("a secret")

    answer = nobody.get("/api/failing")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_an_unknown_address_is_a_problem_too(client: Client) -> None:
    answer = client("ann").get("/v2/nothing-here")

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["detail"] == "Expected to GET /v2/nothing-here, but there is nothing at this address"


def test_a_wrong_method_names_the_right_ones(client: Client) -> None:
    answer = client("ann").delete("/v2/topology")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_wrong_field_is_named_with_its_path(client: Client) -> None:
    answer = client("ann").post("/v2/process-instances/search", json={"filter": {"startDate": {"$gt": "today"}}})

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["detail"] == "Expected to search process instances, but what was sent does not fit"
    assert [problem["where"] for problem in answer.json["problems"]] == ["filter.startDate"]


def test_a_body_that_is_not_said_to_be_json_is_refused(client: Client) -> None:
    answer = client("root").put("/v2/clock", data='{"timestamp": 5}', content_type="text/plain")

    assert answer.status_code == 400


def test_v2_answers_only_what_camunda_documents(client: Client) -> None:
    unknown = client("root").post("/v2/process-instances", json={"processDefinitionId": "unknown"})

    assert unknown.status_code == 400
    assert unknown.json is not None
    assert "there is none" in unknown.json["detail"]


def test_a_body_too_large_is_refused(app: Flask, client: Client) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100

    answer = client("root").put("/v2/clock", json={"timestamp": "5" * 200})

    assert answer.status_code == 400
