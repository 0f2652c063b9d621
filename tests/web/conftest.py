"""The demo company's pages, asked by people who have logged in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from databases import SECRET, bound
from demonstration import Demonstration
from flask import Flask
from flask.testing import FlaskClient
from memory import Memory
from sqlalchemy import select
from werkzeug.test import TestResponse

import api
import web
from engine import db, identity, settings
from web import assets, catalogues, sessions

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords that are verified in no time; their hashes say how."""


@dataclass(frozen=True)
class Visitor:
    """Somebody at a browser that runs no scripts."""

    client: FlaskClient

    def reads(self, path: str, status: int = 200, **headers: str) -> str:
        """Return what a page says, tags left out."""
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == status
        return words(answer)

    def token(self) -> str:
        """Return what the session's pages must send back."""
        page = self.client.get("/login").get_data(as_text=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found
        return found[1]

    def sends(self, path: str, /, **fields: object) -> TestResponse:
        """Send a form as htmx does."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
        return self.client.post(path, data={"csrf_token": self.token(), **fields}, headers=headers)

    def answers(self, path: str, variables: dict[str, object], **headers: str) -> TestResponse:
        """Submit a form's answers as its island does."""
        sent = {"X-CSRF-Token": self.token(), "Accept": "application/json, application/problem+json", **headers}
        return self.client.post(path, json={"variables": variables}, headers=sent)


At = Callable[..., Visitor]


def words(answer: TestResponse) -> str:
    """Return a page's text with single spaces."""
    return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.get_data(as_text=True), flags=re.DOTALL).split())


@pytest.fixture(scope="session")
def company_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare a database with the demo company, once; everybody's password is the own username."""
    directory = tmp_path_factory.mktemp("company")
    path = directory / "company.sqlite"
    shutil.copyfile(sqlite_template, path)
    with bound(f"sqlite:///{path}", directory, REVIEWFLOW_SECRET_KEY=SECRET):
        Demonstration().prepare()
        with db.transaction() as session:
            identity.register(session, "admin", password=None, groups=frozenset({identity.OPERATORS}))
            for account in session.scalars(select(identity.Account)):
                account.password_hash = QUICK.hash(account.username)
    return path


@pytest.fixture
def company(company_template: Path, tmp_path: Path, memory: Memory) -> Iterator[Demonstration]:
    """The demo company with its drafted cycle."""
    path = tmp_path / "company.sqlite"
    shutil.copyfile(company_template, path)
    with bound(f"sqlite:///{path}", tmp_path, REVIEWFLOW_SECRET_KEY=SECRET):
        yield Demonstration(memory)


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Make the application once for all tests: it knows no database before it is asked, and compiles its pages once."""
    catalogues.compile_all()
    return api.create_app(settings.load({}, directory=tmp_path_factory.mktemp("app")), pages=web.register)


@pytest.fixture
def app(one_app: Flask, company: Demonstration, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application on the company's database, with its pages, which need no built assets to be read."""
    monkeypatch.setattr(assets, "entry", lambda: ("main.js", []))
    monkeypatch.setattr(sessions, "_failures", sessions.Failures())
    return one_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not logged in."""
    return app.test_client()


@pytest.fixture
def at(app: Flask) -> At:
    """Log somebody in, in a language."""

    def log_in(username: str, language: str = "en") -> Visitor:
        visitor = Visitor(app.test_client())
        form = {"csrf_token": visitor.token(), "username": username, "password": username}
        assert visitor.client.post("/login", data=form).status_code == 302
        chosen = visitor.client.post(f"/language/{language}", data={"csrf_token": visitor.token()})
        assert chosen.status_code == 302
        return visitor

    return log_in
