"""Databases for tests: this process is bound to one, whose clock can be moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

from engine import db, settings

SECRET = "a secret for tests"
"""What signs the history of databases that are copied: the copies are read with it too."""

_dialects: dict[str, Dialect] = {}
_statements: LRUCache[object, object] = LRUCache(5_000)


@event.listens_for(Engine, "engine_connect")
def _compile_once(connection: Connection) -> None:
    """Let all databases of a kind use the SQL of a statement that one of them has compiled.

    Most tests bind a database of their own and ask each statement once: compiling it took half of their time.
    """
    connection.dialect = _dialects.setdefault(connection.dialect.name, connection.dialect)
    connection.execution_options(compiled_cache=_statements)


@contextmanager
def bound(url: str, directory: Path, **more: str) -> Iterator[db.Database]:
    """Bind this process to a database whose clock can be moved."""
    environment = {"REVIEWFLOW_DATABASE_URL": url, "REVIEWFLOW_CONTROLLED_CLOCK": "1", **more}
    try:
        yield db.bind(settings.load(environment, directory=directory))
    finally:
        db.unbind()
