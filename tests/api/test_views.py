"""The request is the transaction, and an idempotency key lets it act once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import func, select

import api
from api.views import View
from engine import db, identity
from engine.errors import Conflict

Client = Callable[[str], FlaskClient]


@pytest.fixture
def app(people: None) -> Flask:
    """Return an application of one's own, to which addresses are added."""
    app = api.create_app()
    app.testing = True
    return app


class Accounts(View):
    """A resource whose every change can be counted: it makes accounts."""

    def post(self) -> tuple[dict[str, str], int]:
        """Make an account."""
        name = f"made-{self.session.scalar(select(func.count()).select_from(identity.Account))}"
        identity.register(self.session, name, password=None)
        if request.args.get("refuse"):
            raise Conflict("Expected to make an account, but you asked for a refusal")
        return {"made": name}, 201


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a fresh database, once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def making(app: Flask) -> None:
    app.add_url_rule("/api/accounts", view_func=Accounts.as_view("accounts"))


def made() -> int:
    with db.reading() as session:
        count = select(func.count()).where(identity.Account.username.startswith("made-"))
        return session.scalars(count).one()


def test_a_refused_request_leaves_nothing_behind(making: None, client: Client) -> None:
    answer = client("ann").post("/api/accounts?refuse=1")

    assert answer.status_code == 409
    assert made() == 0


def test_a_request_sent_twenty_times_acts_once_and_answers_the_same(making: None, client: Client) -> None:
    answers = [client("ann").post("/api/accounts", headers={"Idempotency-Key": "k1"}) for _ in range(20)]

    assert made() == 1
    assert {(answer.status_code, answer.data, answer.content_type) for answer in answers} == {
        (201, answers[0].data, "application/json")
    }


def test_without_a_key_every_request_acts(making: None, client: Client) -> None:
    for _ in range(2):
        client("ann").post("/api/accounts")

    assert made() == 2


def test_two_people_may_use_the_same_key(making: None, client: Client) -> None:
    for username in ("ann", "bo"):
        client(username).post("/api/accounts", headers={"Idempotency-Key": "k1"})

    assert made() == 2


@pytest.mark.parametrize("other", [{"json": {"other": 1}}, {"query_string": {"other": "1"}}])
def test_a_key_is_refused_for_another_request(making: None, client: Client, other: dict[str, Any]) -> None:
    client("ann").post("/api/accounts", headers={"Idempotency-Key": "k1"})

    answer = client("ann").post("/api/accounts", headers={"Idempotency-Key": "k1"}, **other)

    assert answer.status_code == 422
    assert made() == 1


def test_a_refused_request_may_be_sent_again_under_its_key(making: None, client: Client) -> None:
    refused = client("ann").post("/api/accounts?refuse=1", headers={"Idempotency-Key": "k1"})
    again = client("ann").post("/api/accounts", headers={"Idempotency-Key": "k1"})

    assert [refused.status_code, again.status_code] == [409, 201]


def test_the_same_files_are_the_same_request_whatever_their_boundary(making: None, client: Client) -> None:
    for name in ("a.bpmn", "a.bpmn", "b.bpmn"):
        client("ann").post(
            "/api/accounts", data={"resources": (BytesIO(b"<x/>"), name)}, headers={"Idempotency-Key": name}
        )

    assert made() == 2


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_has_1_to_255_characters(making: None, client: Client, key: str) -> None:
    answer = client("ann").post("/api/accounts", headers={"Idempotency-Key": key})

    assert answer.status_code == 422


def test_of_racing_requests_with_one_key_one_acts(making: None, client: Client) -> None:
    answers: list[bytes] = []

    def ask() -> None:
        answers.append(client("ann").post("/api/accounts", headers={"Idempotency-Key": "k1"}).data)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made() == 1
    assert len(answers) == 8
    assert len(set(answers)) == 1
