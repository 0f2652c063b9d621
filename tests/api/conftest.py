"""People, and two ways to ask: Flask's test client and a real server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from waitress.server import create_server
from werkzeug.datastructures import Authorization

import api
from engine import db, identity

PASSWORDS = {"ann": "ann's password", "bo": "bo's password", "root": "root's password"}

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords that are verified in no time; their hashes say how."""

Client = Callable[[str], FlaskClient]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return the URL of a fresh SQLite file: what is the same on every database is tried on one."""
    return sqlite_url


@pytest.fixture
def people(database: db.Database) -> None:
    groups: dict[str, set[str]] = {"root": {identity.OPERATORS}, "ann": {"sales"}, "bo": set()}
    with db.transaction() as session:
        for username, password in PASSWORDS.items():
            account = identity.register(session, username, password=None, groups=frozenset(groups[username]))
            account.password_hash = QUICK.hash(password)


@pytest.fixture
def app(people: None) -> Flask:
    app = api.create_app()
    app.testing = True
    return app


@pytest.fixture
def nobody(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client(app: Flask) -> Client:
    """Return a client that sends somebody's name and password."""

    def as_(username: str) -> FlaskClient:
        asking = app.test_client()
        credentials = Authorization("basic", {"username": username, "password": PASSWORDS[username]})
        asking.environ_base["HTTP_AUTHORIZATION"] = credentials.to_header()
        return asking

    return as_


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """Serve the application over real HTTP; return its address."""
    app.testing = False  # its failures are answered, as in service
    server = create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(server.close)  # in its own thread, which ends with its last connection
    thread.join(timeout=5)
    server.task_dispatcher.shutdown()
