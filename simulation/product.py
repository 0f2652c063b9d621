"""The running product as its users have it: requests in their own names, a clock that is moved, a worker.

Nothing is called past HTTP but the worker's rounds, and one thing for which there is no request: to hand out passwords.
"""

from __future__ import annotations

import io
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy import text as sql
from werkzeug.datastructures import Authorization

import api
import engine.reviews.operations  # noqa: F401 - the diagrams call them by name
from engine import cli, db, migrations, settings, worker
from engine.identity import Account

ADMIN = "admin"
PAGE = 1000

_quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords that are verified in no time; their hashes say how."""


class RefusedError(Exception):
    """What the product answers where it will not do what is asked."""

    def __init__(self, asked: str, status: int, sentence: str, problems: list[dict[str, str]]) -> None:
        super().__init__(f"{asked}: {status} {sentence} {problems or ''}".strip())
        self.status = status
        self.sentence = sentence
        self.problems = problems


@dataclass
class Meter:
    """What the product was asked and what it did in the database.

    Attributes:
        seconds: how long the requests of a kind took, by method and shape of the address.
        statements: how many SQL statements were sent.
    """

    requests: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    statements: int = 0

    def note(self, asked: str, took: float) -> None:
        """Count a request."""
        shape = "/".join("#" if part.isdigit() else part for part in asked.partition("?")[0].split("/"))
        self.requests[shape] += 1
        self.seconds[shape] += took


class Product:
    """The product on the database that this process is bound to."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._clients: dict[str, FlaskClient] = {}
        self._now: datetime | None = None
        self.meter = Meter()
        event.listen(db.bound().pool, "before_cursor_execute", self._count)

    def ask(self, username: str, method: str, path: str, body: object = None) -> Any:
        """Send a request in somebody's name; return what is answered.

        Raises:
            RefusedError: the answer is no.
        """
        sent = {} if body is None else {"data": _written(body), "content_type": "application/json"}
        return self._send(username, method, path, **sent)

    def bring(self, username: str, path: str, name: str, content: bytes, **query: str) -> Any:
        """Send a file in somebody's name.

        Raises:
            RefusedError: the answer is no.
        """
        data = {"file": (io.BytesIO(content), name)}
        return self._send(username, "POST", path, data=data, query_string=query)

    def deploy(self, folder: Path) -> None:
        """Deploy the diagrams, tables and forms that are shipped, as the operator."""
        files = [path for path in (folder / "processes").rglob("*") if path.suffix in (".bpmn", ".dmn")]
        files += (folder / "forms").glob("*.form")
        names = {path: path.relative_to(folder).as_posix() for path in sorted(files)}
        sent = {name: (io.BytesIO(path.read_bytes()), name) for path, name in names.items()}
        self._send(ADMIN, "POST", "/v2/deployments", data=sent)

    def search(self, username: str, noun: str, **asked: object) -> list[Any]:
        """Search a noun of the engine, page after page."""
        found: list[Any] = []
        while True:
            page = {"from": len(found), "limit": PAGE}
            answer = self.ask(username, "POST", f"/v2/{noun}/search", {"filter": asked, "page": page})
            found += answer["items"]
            if len(answer["items"]) < PAGE:
                return found

    @property
    def now(self) -> datetime:
        """The instant at which the clock stands."""
        if self._now is None:
            raise LookupError("The clock has not been set")
        return self._now

    def set_clock(self, instant: datetime) -> None:
        """Let it be `instant`, and let happen what is due by then, after what is due before."""
        if self._now is not None:
            self.settle()
        self._now = instant
        self.ask(ADMIN, "PUT", "/v2/clock", {"timestamp": int(instant.timestamp() * 1000)})
        self.settle()

    def settle(self) -> None:
        """Let the worker do all that is due."""
        worker.work_once()
        if not db.bound().sqlite:
            while worker.work_once() or _carried():
                time.sleep(0.01)

    def sweep(self) -> None:
        """Let the worker do what it does every minute: seal the history, drop what is over."""
        worker.seal_history()
        worker.expire_messages()
        worker.forget_answers()

    def hand_out_passwords(self) -> None:
        """Give everybody who has no password one, as a directory would."""
        with db.transaction() as session:
            for account in session.scalars(select(Account).where(Account.password_hash.is_(None))):
                account.password_hash = _quick.hash(_password(account.username))

    def _send(self, username: str, method: str, path: str, **sent: Any) -> Any:
        begun = time.perf_counter()
        answer = self._client(username).open(path, method=method, **sent)
        self.meter.note(f"{method} {path}", time.perf_counter() - begun)
        answer.request.environ["wsgi.input"].close()  # a large body is a file, which Flask's client leaves open
        if answer.status_code >= 400:
            told = answer.get_json(silent=True) or {}
            sentence = str(told.get("message") or told.get("detail") or told)
            raise RefusedError(f"{username}: {method} {path}", answer.status_code, sentence, told.get("problems", []))
        return read(answer.data) if answer.is_json and answer.data else answer.data

    def _client(self, username: str) -> FlaskClient:
        if username not in self._clients:
            client = self._clients[username] = self._app.test_client()
            credentials = Authorization("basic", {"username": username, "password": _password(username)})
            client.environ_base["HTTP_AUTHORIZATION"] = credentials.to_header()
        return self._clients[username]

    def _count(self, *_: object) -> None:
        self.meter.statements += 1


@contextmanager
def running(url: str, directory: Path) -> Iterator[Product]:
    """Run the product on an empty database, with its worker; give it back with its tables made."""
    environment = {
        "REVIEWFLOW_DATABASE_URL": url,
        "REVIEWFLOW_CONTROLLED_CLOCK": "1",
        "REVIEWFLOW_ADMIN_PASSWORD": _password(ADMIN),
    }
    database = db.bind(settings.load(environment, directory=directory))
    try:
        migrations.upgrade(database)
        cli.register_admin(database)
        with _carrying():
            yield Product(api.create_app(database.settings))
    finally:
        db.unbind()


@contextmanager
def _carrying() -> Iterator[None]:
    """Have chores carried, where procrastinate does that."""
    if db.bound().sqlite:
        yield
        return
    stop = Event()
    thread = Thread(target=worker.run, args=(stop,), name="worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _carried() -> bool:
    """Whether procrastinate still has something in hand."""
    with db.reading() as session:
        waiting = session.scalar(sql("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"))
    return bool(waiting)


def _password(username: str) -> str:
    return f"{username}'s password"


def read(text: str | bytes) -> Any:
    """Read JSON, its numbers exactly."""
    return json.loads(text, parse_float=Decimal)


def _written(body: object) -> str:
    return json.dumps(body, default=float, ensure_ascii=False)
