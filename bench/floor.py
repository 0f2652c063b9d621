"""The database's own floor: the same statements, replayed with the bare driver on a copy of the same database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, ExecutionContext
from sqlalchemy.engine.interfaces import DBAPICursor

from engine import db

Statement = tuple[str, Any, bool]
"""Text, parameters, whether they are many."""

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Timings:
    """Seconds per unit of work, of the engine and of the floor, and how many units."""

    what: str
    engine: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    units: int = 0
    rows: int = 0

    def line(self) -> str:
        """Return the row of the table: medians in milliseconds, and the ratio."""
        ours, bare = median(self.engine) * 1e3, median(self.floor) * 1e3
        rows = self.rows / self.units
        return f"{self.what:<12} {self.units:>6} {rows:>6.1f} {ours:>10.3f} {bare:>10.3f} {ours / bare:>7.1f}"


HEADER = f"{'what':<12} {'n':>6} {'stmts':>6} {'engine ms':>10} {'floor ms':>10} {'ratio':>7}"


class Floor:
    """Records what the engine writes, or reads, and replays it on a copy."""

    def __init__(self, copy: Path) -> None:
        with sqlite3.connect(copy) as target:
            _raw(db.bound().pool.connect()).backup(target)
        target.close()
        self._connection = sqlite3.connect(copy, isolation_level=None)
        for pragma in db.PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")

    def measure(self, timings: Timings, work: Callable[[], int], *, reading: bool = False) -> None:
        """Do a transaction of the engine, then replay it bare; `work` returns how many units it did."""
        with recorded(reading=reading) as statements:
            begun = time.perf_counter()
            units = work()
            took = time.perf_counter() - begun
        timings.engine.append(took / units)
        timings.floor.append(self._replay(statements, reading=reading) / units)
        timings.units += units
        timings.rows += len(statements)

    def _replay(self, statements: list[Statement], *, reading: bool) -> float:
        begun = time.perf_counter()
        self._connection.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
        for text, parameters, many in statements:
            if many:
                self._connection.executemany(text, parameters)
            else:
                self._connection.execute(text, parameters).fetchall()
        self._connection.execute("COMMIT")
        return time.perf_counter() - begun


@contextmanager
def recorded(*, reading: bool) -> Iterator[list[Statement]]:
    """Record the statements of the engine's transactions: what they write, or for a reading one what it reads."""
    statements: list[Statement] = []

    def note(_c: Connection, _k: DBAPICursor, text: str, parameters: Any, _x: ExecutionContext, many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's signature
        if text.startswith("SELECT" if reading else WRITES):
            statements.append((text, parameters, many))

    pool = db.bound().pool
    event.listen(pool, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(pool, "before_cursor_execute", note)


def _raw(connection: Connection) -> sqlite3.Connection:
    found: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
    return found
