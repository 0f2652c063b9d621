"""What was done on a database, and what it led to: done again on the same database, the outcome is taken from here.

The same database is one with the same content, byte for byte; so whatever a test did to its own database in between, by
whatever way, is never overlooked: what follows is then done, and not remembered.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing
from functools import partial, wraps
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from engine import db, keys

MOST = 64
"""How many outcomes are kept, each a file of two megabytes: those that were last asked for."""


class Memory:
    """The outcomes of steps on SQLite files, kept in a directory; one for all tests of a process."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._numbers = directory, count(1)
        self._outcomes: OrderedDict[tuple[str, ...], Path] = OrderedDict()
        self._within = False

    def play(self, step: str, act: Callable[[], object]) -> None:
        """Do something to the bound database, or put what it led to in its place."""
        before = None if self._within else _content()
        if before is None:
            act()
        elif outcome := self._outcomes.get((*before, step)):
            self._outcomes.move_to_end((*before, step))
            _put(outcome)
        else:
            self._do(act)
            self._keep((*before, step))

    def _do(self, act: Callable[[], object]) -> None:
        """Do a step; the smaller ones within it are not remembered."""
        self._within = True
        try:
            act()
        finally:
            self._within = False

    def _keep(self, step: tuple[str, ...]) -> None:
        if _content() is not None:
            path = self._directory / f"{next(self._numbers)}.sqlite"
            self._outcomes[step] = shutil.copyfile(_file(), path)
        while len(self._outcomes) > MOST:
            self._outcomes.popitem(last=False)[1].unlink()


def remembered(method: Callable[..., None]) -> Callable[..., None]:
    """Let a method that does something to the bound database use its object's `memory`, if it has one."""

    @wraps(method)
    def played(self: Any, *given: object, **named: object) -> None:
        act = partial(method, self, *given, **named)
        if self.memory is None:
            act()
        else:
            self.memory.play(f"{method.__name__}{given!r}{sorted(named.items())!r}", act)

    return played


def _file() -> Path:
    return Path(make_url(db.bound().settings.database_url).database or "")


def _content() -> tuple[str, str] | None:
    """Return what stands for the bound database's content and secret, or nothing while somebody reads or writes it."""
    with closing(sqlite3.connect(_file())) as connection:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        return None
    return hashlib.sha256(_file().read_bytes()).hexdigest(), hashlib.sha256(db.bound().settings.secret_key).hexdigest()


def _put(outcome: Path) -> None:
    """Put a database in the place of the bound one, of which nobody has a connection then."""
    db.bound().pool.dispose()
    for log in ("-wal", "-shm"):
        _file().with_name(_file().name + log).unlink(missing_ok=True)
    shutil.copyfile(outcome, _file())
    keys.forget()  # the number lent to this process is none of this database's
