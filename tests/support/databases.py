"""Databases for tests: this process is bound to one, whose clock can be moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine import db, settings


@contextmanager
def bound(url: str, directory: Path, **more: str) -> Iterator[db.Database]:
    """Bind this process to a database whose clock can be moved."""
    environment = {"REVIEWFLOW_DATABASE_URL": url, "REVIEWFLOW_CONTROLLED_CLOCK": "1", **more}
    try:
        yield db.bind(settings.load(environment, directory=directory))
    finally:
        db.unbind()
