"""People, two ways to ask (Flask's test client and a real server), and a review at the places where tests begin."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from camunda_orchestration_sdk import CamundaClient
from flask import Flask
from flask.testing import FlaskClient
from rehearsed import QUICK, Places, play
from serving import serving
from werkzeug.datastructures import Authorization

import api
from engine import db, identity, settings

GROUPS = {"root": {identity.OPERATORS}, "ann": {"sales"}, "bo": set[str]()}

Client = Callable[[str], FlaskClient]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return the URL of a fresh SQLite file: what is the same on every database is tried on one."""
    return sqlite_url


@pytest.fixture(scope="session")
def hashes() -> dict[str, str]:
    return {username: QUICK.hash(f"{username}'s password") for username in GROUPS}


@pytest.fixture
def people(database: db.Database, hashes: dict[str, str]) -> None:
    with db.transaction() as session:
        for username, password_hash in hashes.items():
            account = identity.register(session, username, password=None, groups=frozenset(GROUPS[username]))
            account.password_hash = password_hash


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Return the application once for all tests that take it as it is: it knows no database before it is asked."""
    return api.create_app(settings.load({}, directory=tmp_path_factory.mktemp("app")))


@pytest.fixture
def app(one_app: Flask, people: None) -> Flask:
    one_app.testing = True
    return one_app


@pytest.fixture
def nobody(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client(app: Flask) -> Client:
    """Return a client that sends somebody's name and password."""
    return lambda username: asking(app, username)


def asking(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    credentials = Authorization("basic", {"username": username, "password": f"{username}'s password"})
    client.environ_base["HTTP_AUTHORIZATION"] = credentials.to_header()
    return client


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Return what serves an application over real HTTP and tells its address."""
    with ExitStack() as running:

        def start(app: Flask) -> str:
            app.testing = False  # its failures are answered, as in service
            return running.enter_context(serving(app))

        yield start


@pytest.fixture
def served(app: Flask, serve: Callable[[Flask], str]) -> str:
    """Serve the application over real HTTP; return its address."""
    return serve(app)


@pytest.fixture
def sdk(served: str) -> Iterator[Callable[[str], CamundaClient]]:
    """Return Camunda's client, as somebody configures it."""
    opened: list[CamundaClient] = []

    def as_(username: str) -> CamundaClient:
        opened.append(
            CamundaClient(
                configuration={
                    "CAMUNDA_REST_ADDRESS": served,
                    "CAMUNDA_AUTH_STRATEGY": "BASIC",
                    "CAMUNDA_BASIC_AUTH_USERNAME": username,
                    "CAMUNDA_BASIC_AUTH_PASSWORD": f"{username}'s password",
                }
            )
        )
        return opened[-1]

    yield as_
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def places(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Play one review from its launch to its appeal, and keep the database at each place."""
    return play(sqlite_template, tmp_path_factory.mktemp("places"))


@pytest.fixture
def at(places: Places, one_app: Flask, tmp_path: Path) -> Iterator[Callable[[str], Client]]:
    """Return what opens the review at a place: `at("voting")("li.na")` is li.na's client there."""
    one_app.testing = True

    def open_at(place: str) -> Client:
        copy = shutil.copyfile(places.path(place), tmp_path / f"{place}.sqlite")
        environment = {"REVIEWFLOW_DATABASE_URL": f"sqlite:///{copy}", "REVIEWFLOW_CONTROLLED_CLOCK": "1"}
        db.bind(settings.load(environment, directory=tmp_path))
        return lambda username: asking(one_app, username)

    yield open_at
    db.unbind()
