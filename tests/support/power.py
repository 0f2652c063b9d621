"""Power cuts: the process dies before a chosen SQL statement, and only what the disk holds then is left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url

from engine import db, settings


class PowerCut(BaseException):
    """The process is dead. Nobody catches this but the test."""


@contextmanager
def cut_before(statement: int) -> Iterator[None]:
    """Cut the power before the n-th statement; the end of a transaction counts as one, and after it nothing is lost."""
    pool, left = db.bound().pool, [statement]

    def count(connection: Any, *_told: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            _keep_disk()
            raise PowerCut

    for moment in ("before_cursor_execute", "commit"):
        event.listen(pool, moment, count)
    try:
        yield
    finally:
        for moment in ("before_cursor_execute", "commit"):
            event.remove(pool, moment, count)
    _keep_disk()
    raise PowerCut  # everything is done, and nobody has heard of it


def come_back() -> None:
    """Start a new process on what the disk held when the power was cut."""
    found = db.bound().settings
    db.unbind()
    if found.sqlite:
        path = _file(found)
        for name in ("", "-wal"):
            path.with_name(path.name + name).unlink(missing_ok=True)
            if _kept(path, name).exists():
                _kept(path, name).replace(path.with_name(path.name + name))
    db.bind(found)


def _keep_disk() -> None:
    """Keep the database file and its log as they are now: what a dying process would undo is not undone."""
    if db.bound().sqlite:
        path = _file(db.bound().settings)
        for name in ("", "-wal"):
            _kept(path, name).unlink(missing_ok=True)
            if path.with_name(path.name + name).exists():
                shutil.copyfile(path.with_name(path.name + name), _kept(path, name))


def _file(found: settings.Settings) -> Path:
    return Path(make_url(found.database_url).database or "")


def _kept(path: Path, name: str) -> Path:
    return path.with_name(f"kept-{path.name}{name}")
