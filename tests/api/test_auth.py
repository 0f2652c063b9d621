"""Who asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

import api
from api.auth import TOKEN, TOKEN_HEADER, USERNAME, Verified
from engine import db, identity

Client = Callable[[str], FlaskClient]


@pytest.fixture
def app(people: None) -> Flask:
    """Return an application of one's own, to which addresses are added."""
    app = api.create_app()
    app.testing = True
    return app


@pytest.fixture
def logged_in(app: Flask) -> FlaskClient:
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie[USERNAME] = "root"
        cookie[TOKEN] = "the token"
    return browser


def test_nobody_acts_without_an_identity(nobody: FlaskClient) -> None:
    answer = nobody.get("/v2/topology")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_pages_script_is_not_answered_with_the_browsers_password_dialogue(nobody: FlaskClient) -> None:
    answer = nobody.get("/v2/topology", headers={"Sec-Fetch-Mode": "cors"})

    assert answer.status_code == 401
    assert not answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    "credentials", [("ann", "wrong"), ("nobody", ""), ("", ""), ("ann\0", "ann's password"), ("安", "密码")]
)
def test_wrong_credentials_are_refused(nobody: FlaskClient, credentials: tuple[str, str]) -> None:
    answer = nobody.get("/v2/topology", auth=credentials)

    assert answer.status_code == 401


def test_a_session_identifies_a_person(logged_in: FlaskClient) -> None:
    answer = logged_in.get("/v2/topology")

    assert answer.status_code == 200


def test_a_session_changes_nothing_without_its_token(logged_in: FlaskClient) -> None:
    without = logged_in.put("/v2/clock", json={"timestamp": 0})
    wrong = logged_in.put("/v2/clock", json={"timestamp": 0}, headers={TOKEN_HEADER: "another"})
    right = logged_in.put("/v2/clock", json={"timestamp": 0}, headers={TOKEN_HEADER: "the token"})

    assert [without.status_code, wrong.status_code, right.status_code] == [403, 403, 204]


def test_the_session_of_a_disabled_account_is_worth_nothing(logged_in: FlaskClient) -> None:
    with db.transaction() as session:
        session.get_one(identity.Account, "root").disabled = True

    answer = logged_in.get("/v2/topology")

    assert answer.status_code == 401


def test_a_password_is_verified_slowly_only_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    authenticate = identity.authenticate

    def counted(*arguments: object) -> object:
        verified.append("once")
        return authenticate(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(identity, "authenticate", counted)

    for _ in range(3):
        assert client("ann").get("/v2/topology").status_code == 200

    assert verified == ["once"]


def test_a_changed_password_ends_what_was_verified(client: Client) -> None:
    ann = client("ann")
    assert ann.get("/v2/topology").status_code == 200
    with db.transaction() as session:
        identity.register(session, "ann", password="another password")

    answer = ann.get("/v2/topology")

    assert answer.status_code == 401


def test_a_disabled_account_ends_what_was_verified(client: Client) -> None:
    ann = client("ann")
    assert ann.get("/v2/topology").status_code == 200
    with db.transaction() as session:
        session.get_one(identity.Account, "ann").disabled = True

    answer = ann.get("/v2/topology")

    assert answer.status_code == 401


def test_a_page_finds_out_by_itself_who_asks(app: Flask, nobody: FlaskClient) -> None:
    @app.get("/inbox")
    def inbox() -> str:
        return "log in first"

    answer = nobody.get("/inbox")

    assert answer.text == "log in first"


def test_verified_credentials_are_told_apart_by_their_parts() -> None:
    verified = Verified()
    verified.remember("ab", "c", "hash")

    assert verified.knows("ab", "c", "hash")
    assert not verified.knows("a", "bc", "hash")
